import type { Slot, Stage, TaskTiming } from './task-timing.js';

/** Enough for the tasks of a layer; more are made anew. */
const mostKnown = 1024;

/**
 * Timings of tasks that work for some cycles and then take `drain`, by those cycles: a program has very many tasks of
 * few lengths, and each timing is made once.
 */
export function workTimings(drain: Stage, slots: readonly Slot[]): (cycles: number) => TaskTiming {
  const known = new Map<number, TaskTiming>();
  return cycles => {
    let timing = known.get(cycles);
    if (timing === undefined) {
      timing = { stages: [{ kind: 'work', cycles }, drain], slots };
      if (known.size === mostKnown) known.clear();
      known.set(cycles, timing);
    }
    return timing;
  };
}
