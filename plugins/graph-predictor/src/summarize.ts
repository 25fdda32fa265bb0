import type { GraphNodePrediction, GraphPrediction, GraphResourcePrediction, ResolvedGraph } from '@autodnnchip/core';

/** What does not depend on when things happen: busy cycles and the energy of being busy. */
export interface GraphActivity {
  /** By node. */
  readonly busyCycles: Float64Array;
  readonly picojoules: Float64Array;
  /** By resource. */
  readonly resourceBusyCycles: Float64Array;
  readonly resourcePicojoules: Float64Array;
  readonly totalBusyCycles: number;
  readonly busyPicojoules: number;
  readonly totalExecutions: number;
}

export function graphActivity({ nodes, resources }: ResolvedGraph): GraphActivity {
  const busyCycles = new Float64Array(nodes.length);
  const picojoules = new Float64Array(nodes.length);
  const resourceBusyCycles = new Float64Array(resources.length);
  const extraPicojoules = new Float64Array(resources.length);
  let totalExecutions = 0;
  for (const [index, { states }] of nodes.entries()) {
    for (const { cycles, executions, resource, picojoules: extra } of states) {
      const busy = cycles * executions;
      busyCycles[index] += busy;
      resourceBusyCycles[resource] += busy;
      extraPicojoules[resource] += extra * executions;
      picojoules[index] += busy * resources[resource].picojoulesPerBusyCycle + extra * executions;
      totalExecutions += executions;
    }
  }
  const resourcePicojoules = resourceBusyCycles.map((busy, index) => busy * resources[index].picojoulesPerBusyCycle + extraPicojoules[index]);
  return {
    busyCycles, picojoules, resourceBusyCycles, resourcePicojoules, totalExecutions,
    totalBusyCycles: busyCycles.reduce((sum, busy) => sum + busy, 0),
    busyPicojoules: resourcePicojoules.reduce((sum, energy) => sum + energy, 0),
  };
}

/** Fields of a node that only the fine mode knows. */
export type NodeWaits = Pick<GraphNodePrediction, 'waitInputCycles' | 'waitOutputCycles' | 'waitResourceCycles' | 'finishCycle'>;

/** The parts that both modes have in common. `waits` gives what else is known of a node. */
export function summarize(graph: ResolvedGraph, activity: GraphActivity, latencyCycles: number,
  waits: (node: number) => NodeWaits): Omit<GraphPrediction, 'mode' | 'simulation' | 'latencyUpperBoundCycles'> {
  const nodes = graph.nodes.map(({ id, class: ipClass }, index): GraphNodePrediction => ({
    id, class: ipClass, busyCycles: activity.busyCycles[index], idleCycles: latencyCycles - activity.busyCycles[index],
    ...waits(index), energyPicojoules: activity.picojoules[index],
  }));
  const resources = graph.resources.map(({ id, class: ipClass }, index): GraphResourcePrediction => ({
    id, class: ipClass, busyCycles: activity.resourceBusyCycles[index], idleCycles: latencyCycles - activity.resourceBusyCycles[index],
    energyPicojoules: activity.resourcePicojoules[index],
  }));
  const { clockHertz } = graph;
  const seconds = clockHertz === undefined ? 0 : latencyCycles / clockHertz;
  const staticEnergyPicojoules = graph.resources.reduce((sum, { staticWatts }) => sum + staticWatts, 0) * seconds * 1e12;
  const energyPicojoules = activity.busyPicojoules + staticEnergyPicojoules;
  return {
    graph: graph.name, latencyCycles,
    ...(clockHertz === undefined ? {} : {
      clockMegahertz: clockHertz / 1e6, latencySeconds: seconds, powerMilliwatts: energyPicojoules * 1e-9 / seconds,
    }),
    energyPicojoules, staticEnergyPicojoules, nodes, resources, bottleneck: leastIdle(nodes), bottleneckResource: leastIdle(resources),
  };
}

function leastIdle(candidates: readonly { readonly id: string; readonly idleCycles: number }[]): string {
  let best = candidates[0];
  for (const candidate of candidates) if (candidate.idleCycles < best.idleCycles) best = candidate;
  return best.id;
}
