import type { ResolvedGraph } from '@autodnnchip/core';
import { programOffsets, startOfExecution, type StateOffsets } from './program-offsets.js';

/** Moments of a run that a bound is known for, and what depends on what. */
export interface Moments {
  readonly count: number;
  readonly nodeOf: Int32Array;
  /** By moment: the one that follows in its node (-1: none), and busy ticks until then. */
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
  readonly first: StateOffsets;
  readonly firstTokens: number;
  /** Whether other states do so too. */
  several: boolean;
  lastStart: number;
  lastEnd: number;
}

/** Ends come before the starts that lie at the same offset. */
const end = 0;
const start = 1;

export function placeMoments(graph: ResolvedGraph): Moments {
  const { nodes, edges, resources } = graph;
  const offsets = nodes.map(({ steps }) => programOffsets(steps, resources));
  const producers = new Array<Movers | undefined>(edges.length);
  const consumers = new Array<Movers | undefined>(edges.length);
  for (const program of offsets) {
    for (const place of program) {
      for (const { edge, tokens } of place.state.produces) producers[edge] = addMover(producers[edge], place, tokens);
      for (const { edge, tokens } of place.state.consumes) consumers[edge] = addMover(consumers[edge], place, tokens);
    }
  }
  const notes = new Notes();
  /** Pairs of notes: the second cannot come before the first. */
  const arcs: number[] = [];
  for (const [index, { from, to, initialTokens, producedTokens, consumedTokens }] of edges.entries()) {
    const producer = producers[index];
    const consumer = consumers[index];
    if (from < 0 || to < 0 || producer === undefined || consumer === undefined) continue;
    const missing = consumer.firstTokens - initialTokens;
    if (missing > 0)
      arcs.push(notes.add(from, endOfToken(producer, missing), end), notes.add(to, consumer.first.firstStart, start));
    if (consumedTokens - initialTokens === producedTokens)
      arcs.push(notes.add(from, producer.lastEnd, end), notes.add(to, consumer.lastStart, start));
  }
  const shared = sharedResources(graph);
  const useNotes: { resource: number; firstStart: number; lastEnd: number }[] = [];
  for (const [node, program] of offsets.entries()) {
    notes.add(node, 0, start);
    notes.add(
      node,
      program.reduce((last, { lastEnd }) => Math.max(last, lastEnd), 0),
      end,
    );
    for (const {
      state: { resource },
      firstStart,
      lastEnd,
    } of program) {
      if (shared[resource] === 1)
        useNotes.push({
          resource,
          firstStart: notes.add(node, firstStart, start),
          lastEnd: notes.add(node, lastEnd, end),
        });
    }
  }
  const { count, nodeOf, next, gap, momentOf } = notes.number(nodes.length);
  const arcStart = new Int32Array(count + 1);
  for (let arc = 0; arc < arcs.length; arc += 2) arcStart[momentOf[arcs[arc]] + 1]++;
  for (let moment = 0; moment < count; moment++) arcStart[moment + 1] += arcStart[moment];
  const fill = arcStart.slice();
  const arcTo = new Int32Array(arcs.length / 2);
  for (let arc = 0; arc < arcs.length; arc += 2) arcTo[fill[momentOf[arcs[arc]]]++] = momentOf[arcs[arc + 1]];
  const uses = useNotes.map(({ resource, firstStart, lastEnd }) => ({
    resource,
    firstStart: momentOf[firstStart],
    lastEnd: momentOf[lastEnd],
  }));
  return { count, nodeOf, next, gap, arcStart, arcTo, uses };
}

function addMover(movers: Movers | undefined, place: StateOffsets, tokens: number): Movers {
  const { lastEnd, ticks } = place;
  if (movers === undefined)
    return { first: place, firstTokens: tokens, several: false, lastStart: lastEnd - ticks, lastEnd };
  movers.several = true;
  movers.lastStart = Math.max(movers.lastStart, lastEnd - ticks);
  movers.lastEnd = Math.max(movers.lastEnd, lastEnd);
  return movers;
}

/** Earliest end, in busy ticks of the node, of the state that makes a token, the first being number 1. */
function endOfToken({ first, firstTokens, several }: Movers, token: number): number {
  const execution = several ? 0 : Math.ceil(token / firstTokens) - 1;
  return startOfExecution(first, execution) + first.ticks;
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

/** Moments as they come up, several times perhaps; `number` puts them in order and makes equal ones one. */
class Notes {
  readonly #nodes: number[] = [];
  readonly #keys: number[] = [];

  /** Notes the end or start at an offset of a node. */
  add(node: number, offset: number, kind: number): number {
    this.#nodes.push(node);
    return this.#keys.push(2 * offset + kind) - 1;
  }

  number(nodeCount: number): Pick<Moments, 'count' | 'nodeOf' | 'next' | 'gap'> & { readonly momentOf: Int32Array } {
    const nodes = this.#nodes;
    const keys = this.#keys;
    const firstOf = new Int32Array(nodeCount + 1);
    for (const node of nodes) firstOf[node + 1]++;
    for (let node = 0; node < nodeCount; node++) firstOf[node + 1] += firstOf[node];
    const sorted = new Int32Array(nodes.length);
    const fill = firstOf.slice();
    for (let note = 0; note < nodes.length; note++) sorted[fill[nodes[note]]++] = note;
    const momentOf = new Int32Array(nodes.length);
    const nodeOf = new Int32Array(nodes.length);
    const next = new Int32Array(nodes.length).fill(-1);
    const gap = new Float64Array(nodes.length);
    let count = 0;
    for (let node = 0; node < nodeCount; node++) {
      const own = sorted.subarray(firstOf[node], firstOf[node + 1]).sort((left, right) => keys[left] - keys[right]);
      for (let position = 0; position < own.length; position++) {
        const before = position === 0 ? -1 : own[position - 1];
        if (before < 0 || keys[own[position]] !== keys[before]) {
          nodeOf[count] = node;
          if (before >= 0) {
            next[count - 1] = count;
            gap[count - 1] = Math.floor(keys[own[position]] / 2) - Math.floor(keys[before] / 2);
          }
          count++;
        }
        momentOf[own[position]] = count - 1;
      }
    }
    return {
      count,
      nodeOf: nodeOf.subarray(0, count),
      next: next.subarray(0, count),
      gap: gap.subarray(0, count),
      momentOf,
    };
  }
}
