import { resolveChipGraph, type GraphPrediction, type GraphPredictionRequest, type GraphPredictionResponse, type GraphPredictor, type ResolvedGraph } from '@autodnnchip/core';
import { coarseBounds } from './coarse/coarse-bounds.js';
import { compileGraph } from './fine/compile-graph.js';
import { simulateGraph } from './fine/simulate-graph.js';
import { Timeline } from './fine/timeline.js';
import { graphActivity, summarize } from './summarize.js';

/** Predicts a graph in either mode. */
export function predictGraph({ graph, mode, traceEvents }: GraphPredictionRequest): GraphPredictionResponse {
  const resolved = resolveChipGraph(graph);
  return mode === 'coarse' ? { prediction: predictCoarse(resolved) } : predictFine(resolved, traceEvents);
}

export function createGraphPredictor(): GraphPredictor {
  return { predictGraph };
}

/** Exact for the graph: an event-driven run of its state machines. */
export function predictFine(graph: ResolvedGraph, traceEvents?: number): GraphPredictionResponse {
  const compiled = compileGraph(graph);
  const timeline = traceEvents === undefined ? undefined : new Timeline(traceEvents);
  const result = simulateGraph(compiled, graph, timeline === undefined ? {} : { timeline });
  const activity = graphActivity(graph);
  const prediction: GraphPrediction = {
    mode: 'fine',
    ...summarize(graph, activity, result.latencyCycles, (node) => ({
      waitInputCycles: result.waitInputCycles[node], waitOutputCycles: result.waitOutputCycles[node],
      waitResourceCycles: result.waitResourceCycles[node], finishCycle: result.finishCycle[node],
    })),
    simulation: { states: compiled.stateCount, simulatedExecutions: result.simulatedExecutions, totalExecutions: activity.totalExecutions },
  };
  return timeline === undefined ? { prediction } : {
    prediction, trace: { json: timeline.toChromeTrace(compiled, graph), complete: timeline.complete },
  };
}

/** Bounds from formulas: the fine mode's latency lies between them. */
export function predictCoarse(graph: ResolvedGraph): GraphPrediction {
  const activity = graphActivity(graph);
  const bounds = coarseBounds(graph, activity);
  return { mode: 'coarse', ...summarize(graph, activity, bounds.lowerCycles, () => ({})), latencyUpperBoundCycles: bounds.upperCycles };
}
