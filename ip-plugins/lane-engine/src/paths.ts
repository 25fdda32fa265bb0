import type { TimingPath } from '@autodnnchip/core';

/** What may decide the engine's clock; the same with and without multipliers in its lanes. */
export const laneEnginePaths: readonly TimingPath[] = [
  // requantize_f32, stage 6: a significand with its rounding carry, and the lower bits of the scale's.
  { title: 'product of the requantiser', product: [25, 17] },
  // table_add, stage 2: a byte and a multiplier of 26 bits, both with a sign.
  { title: 'product of the table adder', product: [27, 8] },
];
