import { createRandom } from '@autodnnchip/core';

/** Draws of one case. Whoever shrinks failing cases gives one of its own. */
export interface Draw {
  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  pick<T>(values: readonly T[]): T;
}

/** Draws that a seed determines. */
export function drawFromSeed(seed: number): Draw {
  const random = createRandom(seed);
  return {
    integer: (low, high) => low + random.integer(high - low + 1),
    pick: values => random.pick(values),
  };
}
