import type { TimingPath } from '@autodnnchip/core';

/**
 * What may decide the engine's clock. None of it depends on the engine's parameters, since every level of the adder
 * tree has its register: the size of the chip around the paths counts.
 */
export const convEnginePaths: readonly TimingPath[] = [
  // requantize_f32, stage 6: a significand with its rounding carry, and the lower bits of the scale's.
  { title: 'product of the requantiser', product: [25, 17] },
  { title: 'product of activation and weight', product: [8, 8] },
];
