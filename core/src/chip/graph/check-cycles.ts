import type { FlatEdge } from './flat-edge.js';
import { graphError, listNames } from './graph-errors.js';
import type { ResolvedNode } from './resolved-graph.js';

/**
 * Finds cycles that can never begin: every state in them first needs a token that only a later state of the cycle
 * makes. States are looked at in the order in which they first run, so a node that first produces and then consumes is
 * no problem.
 */
export function checkCycles(nodes: readonly ResolvedNode[], edges: readonly FlatEdge[], stateCount: number): void {
  const waiting = edges.filter(edge => edge.startsWithoutTokens);
  if (waiting.length === 0) return;
  const nodeOf = new Int32Array(stateCount);
  const follows = new Uint8Array(stateCount);
  let state = 0;
  for (const [index, { states }] of nodes.entries()) {
    for (let position = 0; position < states.length; position++, state++) {
      nodeOf[state] = index;
      follows[state] = position === 0 ? 0 : 1;
    }
  }
  const left = removeAllThatCanRun(waiting, follows);
  if (left === undefined) return;
  const before = new Int32Array(stateCount).fill(-1);
  const edgeBefore: (FlatEdge | undefined)[] = [];
  for (let index = 1; index < stateCount; index++) {
    if (left[index] > 0 && follows[index] === 1 && left[index - 1] > 0) before[index] = index - 1;
  }
  for (const edge of waiting) {
    if (left[edge.firstConsumer] === 0 || left[edge.firstProducer] === 0) continue;
    before[edge.firstConsumer] = edge.firstProducer;
    edgeBefore[edge.firstConsumer] = edge;
  }
  const cycle = walkBack(
    left.findIndex(count => count > 0),
    before,
  );
  const names = cycle
    .map(member => nodes[nodeOf[member]].id)
    .filter((name, index, all) => index === 0 || name !== all[index - 1]);
  const members = [...new Set(names)];
  const through = cycle.map(member => edgeBefore[member]?.id).filter(id => id !== undefined);
  throw graphError(
    'ADC3307',
    `A cycle without tokens can never begin: ${[...members, members[0]].join(' -> ')} (edges ${listNames(through)})`,
    members[0],
  );
}

/** Unmet needs by state, or undefined when every state can run once. */
function removeAllThatCanRun(waiting: readonly FlatEdge[], follows: Uint8Array): Int32Array | undefined {
  const stateCount = follows.length;
  const needs = Int32Array.from(follows);
  const outStart = new Int32Array(stateCount + 1);
  for (const { firstConsumer, firstProducer } of waiting) {
    needs[firstConsumer]++;
    outStart[firstProducer + 1]++;
  }
  for (let index = 0; index < stateCount; index++) outStart[index + 1] += outStart[index];
  const consumers = new Int32Array(waiting.length);
  const fill = outStart.slice();
  for (const { firstConsumer, firstProducer } of waiting) consumers[fill[firstProducer]++] = firstConsumer;
  const queue = new Int32Array(stateCount);
  let length = 0;
  for (let index = 0; index < stateCount; index++) if (needs[index] === 0) queue[length++] = index;
  for (let head = 0; head < length; head++) {
    const state = queue[head];
    if (state + 1 < stateCount && follows[state + 1] === 1 && --needs[state + 1] === 0) queue[length++] = state + 1;
    for (let index = outStart[state]; index < outStart[state + 1]; index++) {
      if (--needs[consumers[index]] === 0) queue[length++] = consumers[index];
    }
  }
  return length === stateCount ? undefined : needs;
}

/** Members of the cycle that leads to `start`, in the order in which they would run. */
function walkBack(start: number, before: Int32Array): readonly number[] {
  const seen = new Set<number>();
  let state = start;
  while (!seen.has(state)) {
    seen.add(state);
    state = before[state];
  }
  const cycle = [state];
  for (let other = before[state]; other !== state; other = before[other]) cycle.push(other);
  return cycle.reverse();
}
