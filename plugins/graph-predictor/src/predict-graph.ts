import {
  resolveChipGraph,
  technologiesOfPlatforms,
  type Definitions,
  type GraphPrediction,
  type GraphPredictionRequest,
  type GraphPredictionResponse,
  type GraphPredictor,
  type ResolvedGraph,
  type ResolveOptions,
} from '@autodnnchip/core';
import { coarseBounds } from './coarse/coarse-bounds.js';
import { explainGraphPrediction } from './explain-graph.js';
import { compileGraph } from './fine/compile-graph.js';
import { simulateGraph } from './fine/simulate-graph.js';
import { Timeline } from './fine/timeline.js';
import { graphActivity, summarize } from './summarize.js';

/** Predicts a graph in either mode. */
export function predictGraph(
  { graph, mode, traceEvents }: GraphPredictionRequest,
  options: ResolveOptions = {},
): GraphPredictionResponse {
  const resolved = resolveChipGraph(graph, options);
  return mode === 'coarse' ? { prediction: predictCoarse(resolved) } : predictFine(resolved, traceEvents);
}

/** `definitions` has the platforms whose technologies graphs may refer to. */
export function createGraphPredictor(definitions?: Pick<Definitions, 'platforms'>): GraphPredictor {
  const options = definitions === undefined ? {} : { platforms: technologiesOfPlatforms(definitions.platforms) };
  return {
    predictGraph: request => predictGraph(request, options),
    explainGraph: ({ graph, mode }) =>
      explainGraphPrediction(graph, predictGraph({ graph, mode }, options).prediction, options),
  };
}

/** Exact for the graph: an event-driven run of its state machines. */
export function predictFine(graph: ResolvedGraph, traceEvents?: number): GraphPredictionResponse {
  const compiled = compileGraph(graph);
  const timeline = traceEvents === undefined ? undefined : new Timeline(traceEvents);
  const result = simulateGraph(compiled, graph, timeline === undefined ? {} : { timeline });
  const activity = graphActivity(graph);
  const { ticksPerCycle, hyperperiodTicks } = graph;
  const prediction: GraphPrediction = {
    mode: 'fine',
    ...summarize(graph, activity, result.latencyTicks, node => ({
      waitInputCycles: result.waitInputTicks[node] / ticksPerCycle,
      waitOutputCycles: result.waitOutputTicks[node] / ticksPerCycle,
      waitResourceCycles: result.waitResourceTicks[node] / ticksPerCycle,
      ...(hyperperiodTicks === 1 ? {} : { waitClockCycles: result.waitClockTicks[node] / ticksPerCycle }),
      finishCycle: result.finishTick[node] / ticksPerCycle,
    })),
    simulation: {
      states: compiled.stateCount,
      simulatedExecutions: result.simulatedExecutions,
      totalExecutions: activity.totalExecutions,
    },
  };
  return timeline === undefined
    ? { prediction }
    : {
        prediction,
        trace: { json: timeline.toChromeTrace(compiled, graph), complete: timeline.complete },
      };
}

/** Bounds from formulas: the fine mode's latency lies between them. */
export function predictCoarse(graph: ResolvedGraph): GraphPrediction {
  const activity = graphActivity(graph);
  const bounds = coarseBounds(graph, activity);
  return {
    mode: 'coarse',
    ...summarize(graph, activity, bounds.lowerTicks, () => ({})),
    latencyUpperBoundCycles: bounds.upperTicks / graph.ticksPerCycle,
  };
}
