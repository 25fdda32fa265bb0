import { isLoop, type ChipGraph, type GraphState, type GraphStep } from '@autodnnchip/core';

export interface ReferenceResult {
  /** Undefined: nothing can run any more before all nodes are done. */
  readonly latencyCycles: number | undefined;
  readonly nodes: readonly {
    readonly busyCycles: number; readonly waitInputCycles: number; readonly waitOutputCycles: number; readonly waitResourceCycles: number; readonly finishCycle: number;
  }[];
}

interface Channel {
  tokens: number;
  room: number;
}

/** A graph without sub-graphs, cycle by cycle and as plainly as it can be written: what the fine mode is held against. */
export function simulateCycleByCycle(graph: ChipGraph): ReferenceResult {
  const channels = new Map<string, Channel>();
  for (const edge of graph.edges) {
    const tokens = edge.initialTokens ?? 0;
    channels.set(edge.id!, { tokens, room: (edge.capacity?.value ?? Infinity) - tokens });
  }
  const nodes = graph.nodes.map((node) => ({
    id: node.id, states: unroll(node.steps!), position: 0, cyclesLeft: 0,
    busyCycles: 0, waitInputCycles: 0, waitOutputCycles: 0, waitResourceCycles: 0, finishCycle: -1,
  }));
  const holders = new Map<string, string>();
  let ended: (typeof nodes)[number][] = [];
  for (let cycle = 0; ; cycle++) {
    for (const node of ended) {
      const state = node.states[node.position];
      for (const [id, count] of Object.entries(state.produces ?? {})) channels.get(id)!.tokens += count;
      for (const [id, count] of Object.entries(state.consumes ?? {})) channels.get(id)!.room += count;
      holders.delete(state.resource ?? `own ${node.id}`);
      node.position++;
      if (node.position === node.states.length) node.finishCycle = cycle;
    }
    ended = [];
    if (nodes.every(({ finishCycle }) => finishCycle >= 0)) return { latencyCycles: cycle, nodes };
    let running = 0;
    for (const node of nodes) {
      if (node.finishCycle >= 0) continue;
      const state = node.states[node.position];
      const resource = state.resource ?? `own ${node.id}`;
      if (node.cyclesLeft === 0) {
        const consumed = Object.entries(state.consumes ?? {});
        const produced = Object.entries(state.produces ?? {});
        if (consumed.some(([id, count]) => channels.get(id)!.tokens < count)) {
          node.waitInputCycles++;
          continue;
        }
        if (produced.some(([id, count]) => channels.get(id)!.room < count)) {
          node.waitOutputCycles++;
          continue;
        }
        if (holders.has(resource)) {
          node.waitResourceCycles++;
          continue;
        }
        for (const [id, count] of consumed) channels.get(id)!.tokens -= count;
        for (const [id, count] of produced) channels.get(id)!.room -= count;
        holders.set(resource, node.id);
        node.cyclesLeft = state.cycles;
      }
      running++;
      node.busyCycles++;
      node.cyclesLeft--;
      if (node.cyclesLeft === 0) ended.push(node);
    }
    if (running === 0) return { latencyCycles: undefined, nodes };
  }
}

function unroll(steps: readonly GraphStep[]): readonly GraphState[] {
  return steps.flatMap((step) => (isLoop(step) ? Array.from({ length: step.repeat }, () => unroll(step.steps)).flat() : [step]));
}
