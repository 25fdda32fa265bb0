import { graphError, type ResolvedGraph } from '@autodnnchip/core';
import type { GraphActivity } from '../summarize.js';
import { placeMoments, type Moments } from './moments.js';

/** In ticks: cycles, where there is one clock. */
export interface CoarseBounds {
  /** The fine mode's latency is never below this. */
  readonly lowerTicks: number;
  /** The fine mode's latency is never above this: one thing after another. */
  readonly upperTicks: number;
}

/**
 * Bounds of the latency, in time that grows with the text of the graph and not with its cycles. Lower bound: the longer
 * of
 * - the critical path over first and last tokens: a state cannot run before all that its node runs before it, nor
 *   before
 *   the states that make the first or the last of its tokens;
 * - for each resource, all that it has to do, between the earliest time at which it can begin and what has to follow
 *   it. Upper bound: the sum of all busy cycles, because in every cycle of a run that ends some node is busy. With
 *   several clocks all may wait for an edge; one of those then begins within a cycle of its clock, so that each
 *   execution adds less than one.
 */
export function coarseBounds(graph: ResolvedGraph, activity: GraphActivity): CoarseBounds {
  const moments = placeMoments(graph);
  const order = inOrder(moments, graph);
  const earliest = new Float64Array(moments.count);
  const after = new Float64Array(moments.count);
  const { next, gap, arcStart, arcTo } = moments;
  for (const moment of order) {
    const time = earliest[moment];
    const follower = next[moment];
    if (follower >= 0 && earliest[follower] < time + gap[moment]) earliest[follower] = time + gap[moment];
    for (let arc = arcStart[moment]; arc < arcStart[moment + 1]; arc++)
      if (earliest[arcTo[arc]] < time) earliest[arcTo[arc]] = time;
  }
  for (let index = order.length - 1; index >= 0; index--) {
    const moment = order[index];
    const follower = next[moment];
    let rest = follower < 0 ? 0 : after[follower] + gap[moment];
    for (let arc = arcStart[moment]; arc < arcStart[moment + 1]; arc++) rest = Math.max(rest, after[arcTo[arc]]);
    after[moment] = rest;
  }
  let lowerTicks = 0;
  for (let moment = 0; moment < moments.count; moment++)
    lowerTicks = Math.max(lowerTicks, earliest[moment] + after[moment]);
  const head = new Float64Array(graph.resources.length).fill(Infinity);
  const tail = new Float64Array(graph.resources.length).fill(Infinity);
  for (const { resource, firstStart, lastEnd } of moments.uses) {
    head[resource] = Math.min(head[resource], earliest[firstStart]);
    tail[resource] = Math.min(tail[resource], after[lastEnd]);
  }
  for (let resource = 0; resource < head.length; resource++) {
    if (head[resource] !== Infinity)
      lowerTicks = Math.max(lowerTicks, head[resource] + activity.resourceBusyTicks[resource] + tail[resource]);
  }
  return { lowerTicks, upperTicks: activity.totalBusyTicks + activity.mostClockTicks };
}

/** Moments so that each comes behind those that it depends on. */
function inOrder({ count, next, arcStart, arcTo, nodeOf }: Moments, graph: ResolvedGraph): Int32Array {
  const needs = new Int32Array(count);
  for (const follower of next) if (follower >= 0) needs[follower]++;
  for (const to of arcTo) needs[to]++;
  const order = new Int32Array(count);
  let length = 0;
  for (let moment = 0; moment < count; moment++) if (needs[moment] === 0) order[length++] = moment;
  for (let head = 0; head < length; head++) {
    const moment = order[head];
    if (next[moment] >= 0 && --needs[next[moment]] === 0) order[length++] = next[moment];
    for (let arc = arcStart[moment]; arc < arcStart[moment + 1]; arc++)
      if (--needs[arcTo[arc]] === 0) order[length++] = arcTo[arc];
  }
  if (length === count) return order;
  const waiting = [
    ...new Set([...needs].flatMap((need, moment) => (need > 0 ? [graph.nodes[nodeOf[moment]].id] : []))),
  ];
  throw graphError(
    'ADC3309',
    `The graph ${graph.name} can never end: tokens that ${waiting.slice(0, 10).join(', ')} need are made only after they are needed`,
    waiting[0],
  );
}
