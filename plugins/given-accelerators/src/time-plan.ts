import type { GraphNodePrediction, GraphPredictor, LayerLimit } from '@autodnnchip/core';
import type { AcceleratorPlan, PlannedNode } from './model.js';

/** What the run of a plan's graph says of one layer. */
export interface LayerTiming {
  /** From the end of all layers before to the end of this one. */
  readonly cycles: number;
  /** Of its nodes, static energy not included. */
  readonly busyPicojoules: number;
  /** That of its busiest node. */
  readonly limitedBy: LayerLimit;
}

export interface PlanTiming {
  readonly start: LayerTiming;
  readonly layers: readonly LayerTiming[];
  readonly latencyCycles: number;
  /** Of resources that take power whether busy or not, over the whole run. */
  readonly staticPicojoules: number;
}

/** Runs the graph of a plan in fine mode, and tells its cycles apart by layer: they add up to the latency. */
export function timePlan(plan: AcceleratorPlan, predictor: GraphPredictor): PlanTiming {
  const nothing: LayerTiming = { cycles: 0, busyPicojoules: 0, limitedBy: 'latency' };
  const { graph } = plan;
  if (graph.nodes.length === 0)
    return { start: nothing, layers: plan.layers.map(() => nothing), latencyCycles: 0, staticPicojoules: 0 };
  const { prediction } = predictor.predictGraph({ graph, mode: 'fine' });
  const byId = new Map(prediction.nodes.map(node => [node.id, node]));
  let end = 0;
  const timingOf = (planned: readonly PlannedNode[]): LayerTiming => {
    let busiest: GraphNodePrediction | undefined;
    let limitedBy: LayerLimit = 'latency';
    let busyPicojoules = 0;
    const begin = end;
    for (const { id, limit } of planned) {
      const node = byId.get(id);
      if (node === undefined) throw new Error(`The graph of ${graph.name} has no node ${id}`);
      busyPicojoules += node.energyPicojoules;
      end = Math.max(end, node.finishCycle ?? 0);
      if (busiest === undefined || node.busyCycles > busiest.busyCycles) {
        busiest = node;
        limitedBy = limit;
      }
    }
    return { cycles: end - begin, busyPicojoules, limitedBy };
  };
  const start = timingOf(plan.start);
  const layers = plan.layers.map(({ nodes }) => timingOf(nodes));
  return {
    start,
    layers,
    latencyCycles: prediction.latencyCycles,
    staticPicojoules: prediction.staticEnergyPicojoules,
  };
}
