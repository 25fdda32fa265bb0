import type { ConvEngineCoefficients } from './engine-logic.js';

/**
 * Written by `bench/synthesis/accel-shared-fit.ts`: least squares of relative errors over all engines and
 * 10 whole chips a family of `bench/synthesis/accel-shared-sweep.json`, synthesised with Yosys 0.23, flattened.
 */
export const convEngineCoefficients: Readonly<Record<'xcup' | 'ecp5', ConvEngineCoefficients>> = {
  xcup: {
    lutBase: 1085,
    lutPerRequantizer: 360.6,
    lutPerSelectedBit: 0.4181,
    lutPerOutput: 0.4303,
    ffBase: 860.4,
    ffPerTreeLevel: 28,
    ffPerRequantizer: 392.5,
  },
  ecp5: {
    lutBase: 1334,
    lutPerRequantizer: 569.4,
    lutPerSelectedBit: 1.443,
    lutPerOutput: 36.85,
    ffBase: 1169,
    ffPerTreeLevel: 10.13,
    ffPerRequantizer: 568.5,
  },
};
