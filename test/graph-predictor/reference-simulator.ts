import { isLoop, type ChipGraph, type GraphState, type GraphStep } from '@autodnnchip/core';

/** All in ticks. */
export interface ReferenceResult {
  /** Of the graph's clock. */
  readonly ticksPerCycle: number;
  /** Undefined: nothing can run any more before all nodes are done. */
  readonly latency: number | undefined;
  readonly nodes: readonly {
    readonly busy: number;
    readonly waitInput: number;
    readonly waitOutput: number;
    readonly waitResource: number;
    readonly waitClock: number;
    readonly finish: number;
  }[];
}

interface Channel {
  tokens: number;
  room: number;
}

/**
 * A graph without sub-graphs, tick by tick and as plainly as it can be written: what the fine mode is held against.
 * Clocks are whole megahertz; without any a tick is a cycle.
 */
export function simulateTickByTick(graph: ChipGraph): ReferenceResult {
  const megahertz = [graph, ...graph.nodes, ...(graph.resources ?? [])].flatMap(({ clock }) =>
    clock === undefined ? [] : [clock.value],
  );
  let ticksPerMicrosecond = Math.max(1, ...megahertz);
  while (megahertz.some(frequency => ticksPerMicrosecond % frequency !== 0)) ticksPerMicrosecond++;
  const ofGraph = graph.clock?.value ?? ticksPerMicrosecond;
  const cycleTicks = (clock: { readonly value: number } | undefined): number =>
    ticksPerMicrosecond / (clock?.value ?? ofGraph);
  const resourceTicks = new Map((graph.resources ?? []).map(({ id, clock }) => [id, cycleTicks(clock)]));
  const channels = new Map<string, Channel>();
  for (const edge of graph.edges) {
    const tokens = edge.initialTokens ?? 0;
    channels.set(edge.id!, { tokens, room: (edge.capacity?.value ?? Infinity) - tokens });
  }
  const nodes = graph.nodes.map(node => ({
    id: node.id,
    states: unroll(node.steps!),
    position: 0,
    ticksLeft: 0,
    ownTicks: cycleTicks(node.clock),
    busy: 0,
    waitInput: 0,
    waitOutput: 0,
    waitResource: 0,
    waitClock: 0,
    finish: -1,
  }));
  const holders = new Map<string, string>();
  let ended: (typeof nodes)[number][] = [];
  for (let tick = 0; ; tick++) {
    for (const node of ended) {
      const state = node.states[node.position];
      for (const [id, count] of Object.entries(state.produces ?? {})) channels.get(id)!.tokens += count;
      for (const [id, count] of Object.entries(state.consumes ?? {})) channels.get(id)!.room += count;
      holders.delete(state.resource ?? `own ${node.id}`);
      node.position++;
      if (node.position === node.states.length) node.finish = tick;
    }
    ended = [];
    if (nodes.every(({ finish }) => finish >= 0))
      return { ticksPerCycle: cycleTicks(graph.clock), latency: tick, nodes };
    let goingOn = 0;
    for (const node of nodes) {
      if (node.finish >= 0) continue;
      const state = node.states[node.position];
      const resource = state.resource ?? `own ${node.id}`;
      if (node.ticksLeft === 0) {
        const consumed = Object.entries(state.consumes ?? {});
        const produced = Object.entries(state.produces ?? {});
        if (consumed.some(([id, count]) => channels.get(id)!.tokens < count)) {
          node.waitInput++;
          continue;
        }
        if (produced.some(([id, count]) => channels.get(id)!.room < count)) {
          node.waitOutput++;
          continue;
        }
        if (holders.has(resource)) {
          node.waitResource++;
          continue;
        }
        const ticks = state.resource === undefined ? node.ownTicks : resourceTicks.get(state.resource)!;
        if (tick % ticks !== 0) {
          node.waitClock++;
          goingOn++;
          continue;
        }
        for (const [id, count] of consumed) channels.get(id)!.tokens -= count;
        for (const [id, count] of produced) channels.get(id)!.room -= count;
        holders.set(resource, node.id);
        node.ticksLeft = state.cycles * ticks;
      }
      goingOn++;
      node.busy++;
      node.ticksLeft--;
      if (node.ticksLeft === 0) ended.push(node);
    }
    if (goingOn === 0) return { ticksPerCycle: cycleTicks(graph.clock), latency: undefined, nodes };
  }
}

function unroll(steps: readonly GraphStep[]): readonly GraphState[] {
  return steps.flatMap(step =>
    isLoop(step) ? Array.from({ length: step.repeat }, () => unroll(step.steps)).flat() : [step],
  );
}
