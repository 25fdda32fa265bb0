import type { ChassisCoefficients } from './chassis-logic.js';

/**
 * Written by `bench/synthesis/accel-shared-fit.ts`: least squares of relative errors over all engines and
 * 10 whole chips a family of `bench/synthesis/accel-shared-sweep.json`, synthesised with Yosys 0.23, flattened.
 */
export const chassisCoefficients: Readonly<Record<'xcup' | 'ecp5', ChassisCoefficients>> = {
  xcup: { lutBase: 2248, ffBase: 1839, ffPerAddressBit: 4.24 },
  ecp5: { lutBase: 3641, ffBase: 1843, ffPerAddressBit: 3.425 },
};
