import type { ResolvedGraph } from '@autodnnchip/core';
import type { GraphActivity } from '../summarize.js';

export interface CoarseBounds {
  readonly lowerCycles: number;
  readonly upperCycles: number;
}

export function coarseBounds(_graph: ResolvedGraph, activity: GraphActivity): CoarseBounds {
  return { lowerCycles: activity.resourceBusyCycles.reduce((most, busy) => Math.max(most, busy), 0), upperCycles: activity.totalBusyCycles };
}
