import { ChipError, type ResolvedGraph } from '@autodnnchip/core';
import type { CompiledGraph } from './compile-graph.js';
import { status, type SimulationState } from './simulation-state.js';

const shownMembers = 12;

/** All nodes that have not finished wait for one another: the error that shows a cycle of them. */
export function deadlockError(compiled: CompiledGraph, state: SimulationState, graph: ResolvedGraph): ChipError {
  const { taker, giver, edgeOfPlace, placeCount, nodeCount } = compiled;
  /** By node: a place that it waits for, with another node that has not finished at its other end. */
  const blockedBy = new Int32Array(nodeCount).fill(-1);
  for (let place = 0; place < placeCount; place++) {
    if (state.tokens[place] < 0 && giver[place] >= 0 && state.status[giver[place]] !== status.done)
      blockedBy[taker[place]] = place;
  }
  const seen = new Set<number>();
  let node = blockedBy.findIndex(place => place >= 0);
  while (node >= 0 && !seen.has(node)) {
    seen.add(node);
    node = blockedBy[node] < 0 ? -1 : giver[blockedBy[node]];
  }
  const members: number[] = [];
  if (node >= 0) {
    const first = node;
    do {
      members.push(node);
      node = giver[blockedBy[node]];
    } while (node !== first);
  }
  const describe = (member: number): string => {
    const place = blockedBy[member];
    const edge = graph.edges[edgeOfPlace[place]];
    const other = graph.nodes[giver[place]].id;
    const { id } = graph.nodes[member];
    const missing = `${-state.tokens[place]} more ${state.tokens[place] === -1 ? 'token' : 'tokens'}`;
    if (place < graph.edges.length) return `${id} waits for ${missing} of edge ${edge.id} from ${other}`;
    return `${id} waits for room for ${missing} on edge ${edge.id} (capacity ${edge.capacityTokens}) to ${other}`;
  };
  const unfinished = graph.nodes.filter((_, index) => state.status[index] !== status.done).map(({ id }) => id);
  const names = members.map(member => graph.nodes[member].id);
  const cycle =
    members.length === 0
      ? `${unfinished.slice(0, shownMembers).join(', ')} wait for tokens that never come`
      : `${[...shorten(names), names[0]].join(' -> ')}: ${shorten(members.map(describe)).join('; ')}`;
  return new ChipError(
    'ADC3309',
    `The graph ${graph.name} deadlocks at cycle ${state.now / graph.ticksPerCycle}, with ${unfinished.length} of ${nodeCount} nodes unfinished. ${cycle}`,
    {
      location: { node: names[0] ?? unfinished[0] },
      hint: 'Give an edge of the cycle more capacity or initial tokens, or change the order in which states consume and produce.',
    },
  );
}

function shorten(parts: readonly string[]): readonly string[] {
  return parts.length <= shownMembers
    ? parts
    : [...parts.slice(0, shownMembers - 1), `… ${parts.length - shownMembers} more …`, parts[parts.length - 1]];
}
