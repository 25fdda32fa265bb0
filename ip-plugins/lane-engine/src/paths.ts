import type { TimingPath } from '@autodnnchip/core';

/** What may decide the engine's clock. */
export const laneEnginePaths: readonly TimingPath[] = [
  // requantize_f32, stage 6, as in the convolution engine.
  { title: 'product of the requantiser', product: [25, 17] },
  // table_add, stage 2: a byte and a multiplier of 26 bits, both with a sign.
  { title: 'product of the table adder', product: [27, 8] },
  // lane_accumulator: comparison for a maximum, choice of what is kept, sum.
  { title: 'accumulation of a window', lutLevels: 3, sumBits: 32 },
];
