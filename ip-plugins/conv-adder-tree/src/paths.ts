import type { TimingPath } from '@autodnnchip/core';

/**
 * What may decide the engine's clock: none of it depends on the engine's parameters, since every level of the adder tree has its
 * register. The size of the chip around the paths counts, not that of the engine.
 */
export const convEnginePaths: readonly TimingPath[] = [
  // requantize_f32, stage 6: a significand of 25 bits with rounding carry, and the lower 17 bits of the scale's.
  { title: 'product of the requantiser', product: [25, 17] },
  // dot_lane: the kept sum is chosen, the tree's sum added.
  { title: 'accumulation of a window', lutLevels: 1, sumBits: 32 },
  { title: 'product of activation and weight', product: [8, 8] },
];
