import type { ResolvedGraph } from '@autodnnchip/core';
import { programOffsets, startOfExecution, type StateOffsets } from './program-offsets.js';

/** Moments of a run that a bound is known for, and what depends on what. */
export interface Moments {
  readonly count: number;
  readonly nodeOf: Int32Array;
  /** By moment: the one that follows in its node (-1: none), and busy cycles until then. */
  readonly next: Int32Array;
  readonly gap: Float64Array;
  /** By moment, into `arcTo`: moments of other nodes that cannot come before it. */
  readonly arcStart: Int32Array;
  readonly arcTo: Int32Array;
  /** States that run on resources which several nodes use. */
  readonly uses: readonly { readonly resource: number; readonly firstStart: number; readonly lastEnd: number }[];
}

/** States that move tokens over an edge, on one side of it. */
interface Movers {
  readonly states: StateOffsets[];
  readonly tokens: number[];
}

/** Ends come before the starts that lie at the same offset. */
const end = 0;
const start = 1;

export function placeMoments(graph: ResolvedGraph): Moments {
  const { nodes, edges } = graph;
  const offsets = nodes.map(({ steps }) => programOffsets(steps));
  const producers: Movers[] = edges.map(() => ({ states: [], tokens: [] }));
  const consumers: Movers[] = edges.map(() => ({ states: [], tokens: [] }));
  for (const program of offsets) {
    for (const place of program) {
      for (const { edge, tokens } of place.state.produces) add(producers[edge], place, tokens);
      for (const { edge, tokens } of place.state.consumes) add(consumers[edge], place, tokens);
    }
  }
  const shared = sharedResources(graph);
  const keys: Map<number, number>[] = nodes.map(() => new Map<number, number>());
  /** A moment by twice its offset and kind; numbers are given when all of a node are known. */
  const note = (node: number, offset: number, kind: number): number => {
    const key = 2 * offset + kind;
    keys[node].set(key, 0);
    return key;
  };
  const arcs: { from: number; fromKey: number; to: number; toKey: number }[] = [];
  for (const [index, { from, to, initialTokens, producedTokens, consumedTokens }] of edges.entries()) {
    if (from < 0 || to < 0 || producedTokens === 0) continue;
    const producer = producers[index];
    const consumer = consumers[index];
    const missing = consumer.tokens[0] - initialTokens;
    if (missing > 0) {
      const madeBy = endOfToken(producer, missing);
      arcs.push({ from, fromKey: note(from, madeBy, end), to, toKey: note(to, consumer.states[0].firstStart, start) });
    }
    if (consumedTokens - initialTokens === producedTokens) {
      const madeBy = Math.max(...producer.states.map(({ lastEnd }) => lastEnd));
      const takenAt = Math.max(...consumer.states.map(({ lastEnd, state }) => lastEnd - state.cycles));
      arcs.push({ from, fromKey: note(from, madeBy, end), to, toKey: note(to, takenAt, start) });
    }
  }
  const useKeys: { node: number; resource: number; firstStart: number; lastEnd: number }[] = [];
  for (const [node, program] of offsets.entries()) {
    note(node, 0, start);
    note(node, Math.max(...program.map(({ lastEnd }) => lastEnd)), end);
    for (const { state: { resource }, firstStart, lastEnd } of program) {
      if (shared[resource] === 1) useKeys.push({ node, resource, firstStart: note(node, firstStart, start), lastEnd: note(node, lastEnd, end) });
    }
  }
  const { count, nodeOf, next, gap } = number(keys);
  const arcStart = new Int32Array(count + 1);
  for (const { from, fromKey } of arcs) arcStart[keys[from].get(fromKey)! + 1]++;
  for (let moment = 0; moment < count; moment++) arcStart[moment + 1] += arcStart[moment];
  const fill = arcStart.slice();
  const arcTo = new Int32Array(arcs.length);
  for (const { from, fromKey, to, toKey } of arcs) arcTo[fill[keys[from].get(fromKey)!]++] = keys[to].get(toKey)!;
  const uses = useKeys.map(({ node, resource, firstStart, lastEnd }) => (
    { resource, firstStart: keys[node].get(firstStart)!, lastEnd: keys[node].get(lastEnd)! }));
  return { count, nodeOf, next, gap, arcStart, arcTo, uses };
}

function add(movers: Movers, place: StateOffsets, tokens: number): void {
  movers.states.push(place);
  movers.tokens.push(tokens);
}

/** Earliest end, in busy cycles of the node, of the state that makes a token, the first being number 1. */
function endOfToken({ states, tokens }: Movers, token: number): number {
  const [first] = states;
  if (states.length > 1) return first.firstStart + first.state.cycles;
  return startOfExecution(first, Math.ceil(token / tokens[0]) - 1) + first.state.cycles;
}

function sharedResources({ nodes, resources }: ResolvedGraph): Uint8Array {
  const user = new Int32Array(resources.length).fill(-1);
  const shared = new Uint8Array(resources.length);
  for (const [node, { states }] of nodes.entries()) {
    for (const { resource } of states) {
      if (user[resource] >= 0 && user[resource] !== node) shared[resource] = 1;
      user[resource] = node;
    }
  }
  return shared;
}

/** Numbers the moments, those of a node in the order of their offsets; the numbers replace the values of `keys`. */
function number(keys: readonly Map<number, number>[]): Pick<Moments, 'count' | 'nodeOf' | 'next' | 'gap'> {
  const count = keys.reduce((sum, { size }) => sum + size, 0);
  const nodeOf = new Int32Array(count);
  const next = new Int32Array(count).fill(-1);
  const gap = new Float64Array(count);
  let moment = 0;
  for (const [node, map] of keys.entries()) {
    const sorted = [...map.keys()].sort((left, right) => left - right);
    for (const [position, key] of sorted.entries()) {
      nodeOf[moment] = node;
      if (position + 1 < sorted.length) {
        next[moment] = moment + 1;
        gap[moment] = Math.floor(sorted[position + 1] / 2) - Math.floor(key / 2);
      }
      map.set(key, moment++);
    }
  }
  return { count, nodeOf, next, gap };
}
