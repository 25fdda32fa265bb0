import type { GraphNodePrediction, GraphPrediction, GraphResourcePrediction, ResolvedGraph } from '@autodnnchip/core';

/** What does not depend on when things happen: busy time, in ticks, and the energy of being busy. */
export interface GraphActivity {
  /** By node. */
  readonly busyTicks: Float64Array;
  readonly picojoules: Float64Array;
  /** By resource. */
  readonly resourceBusyTicks: Float64Array;
  readonly resourcePicojoules: Float64Array;
  /** Of all nodes, and how long they can at most have waited for edges of their clocks. */
  readonly totalBusyTicks: number;
  readonly mostClockTicks: number;
  readonly busyPicojoules: number;
  readonly totalExecutions: number;
}

export function graphActivity({ nodes, resources }: ResolvedGraph): GraphActivity {
  const busyTicks = new Float64Array(nodes.length);
  const picojoules = new Float64Array(nodes.length);
  const resourceBusyTicks = new Float64Array(resources.length);
  const resourcePicojoules = new Float64Array(resources.length);
  const extraPicojoules = new Float64Array(resources.length);
  let totalExecutions = 0;
  let mostClockTicks = 0;
  for (const [index, { states }] of nodes.entries()) {
    for (const { cycles, executions, resource, picojoules: extra } of states) {
      const { periodTicks, picojoulesPerBusyCycle } = resources[resource];
      const busyCycles = cycles * executions;
      busyTicks[index] += busyCycles * periodTicks;
      resourceBusyTicks[resource] += busyCycles * periodTicks;
      extraPicojoules[resource] += extra * executions;
      picojoules[index] += busyCycles * picojoulesPerBusyCycle + extra * executions;
      totalExecutions += executions;
      mostClockTicks += (periodTicks - 1) * executions;
    }
  }
  for (const [index, { periodTicks, picojoulesPerBusyCycle }] of resources.entries()) {
    resourcePicojoules[index] =
      (resourceBusyTicks[index] / periodTicks) * picojoulesPerBusyCycle + extraPicojoules[index];
  }
  return {
    busyTicks,
    picojoules,
    resourceBusyTicks,
    resourcePicojoules,
    totalExecutions,
    mostClockTicks,
    totalBusyTicks: busyTicks.reduce((sum, busy) => sum + busy, 0),
    busyPicojoules: resourcePicojoules.reduce((sum, energy) => sum + energy, 0),
  };
}

/** Fields of a node that only the fine mode knows. */
export type NodeWaits = Pick<
  GraphNodePrediction,
  'waitInputCycles' | 'waitOutputCycles' | 'waitResourceCycles' | 'waitClockCycles' | 'finishCycle'
>;

/** The parts that both modes have in common. `waits` gives what else is known of a node. */
export function summarize(
  graph: ResolvedGraph,
  activity: GraphActivity,
  latencyTicks: number,
  waits: (node: number) => NodeWaits,
): Omit<GraphPrediction, 'mode' | 'simulation' | 'latencyUpperBoundCycles'> {
  const { clockHertz, ticksPerCycle } = graph;
  const nodes = graph.nodes.map(({ id, class: ipClass }, index): GraphNodePrediction => ({
    id,
    class: ipClass,
    busyCycles: activity.busyTicks[index] / ticksPerCycle,
    idleCycles: (latencyTicks - activity.busyTicks[index]) / ticksPerCycle,
    ...waits(index),
    energyPicojoules: activity.picojoules[index],
  }));
  const resources = graph.resources.map(
    ({ id, class: ipClass, periodTicks, clockHertz: own = 0 }, index): GraphResourcePrediction => ({
      id,
      class: ipClass,
      ...(periodTicks === ticksPerCycle ? {} : { clockMegahertz: own / 1e6 }),
      busyCycles: activity.resourceBusyTicks[index] / ticksPerCycle,
      idleCycles: (latencyTicks - activity.resourceBusyTicks[index]) / ticksPerCycle,
      energyPicojoules: activity.resourcePicojoules[index],
    }),
  );
  const latencyCycles = latencyTicks / ticksPerCycle;
  const seconds = clockHertz === undefined ? 0 : latencyCycles / clockHertz;
  const staticEnergyPicojoules =
    graph.resources.reduce((sum, { staticWatts }) => sum + staticWatts, 0) * seconds * 1e12;
  const energyPicojoules = activity.busyPicojoules + staticEnergyPicojoules;
  return {
    graph: graph.name,
    latencyCycles,
    ...(clockHertz === undefined
      ? {}
      : {
          clockMegahertz: clockHertz / 1e6,
          latencySeconds: seconds,
          powerMilliwatts: (energyPicojoules * 1e-9) / seconds,
        }),
    energyPicojoules,
    staticEnergyPicojoules,
    nodes,
    resources,
    bottleneck: nodes[mostBusy(activity.busyTicks)].id,
    bottleneckResource: resources[mostBusy(activity.resourceBusyTicks)].id,
  };
}

/** The one with the fewest idle cycles, that is the most busy ones; of several, the first. */
function mostBusy(busyTicks: Float64Array): number {
  let best = 0;
  for (let index = 1; index < busyTicks.length; index++) if (busyTicks[index] > busyTicks[best]) best = index;
  return best;
}
