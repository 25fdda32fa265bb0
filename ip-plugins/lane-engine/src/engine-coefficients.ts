import type { LaneEngineCoefficients } from './engine-logic.js';

/**
 * Written by `bench/synthesis/accel-shared-fit.ts`: least squares of relative errors over all engines and
 * 10 whole chips a family of `bench/synthesis/accel-shared-sweep.json`, synthesised with Yosys 0.23, flattened.
 */
export const laneEngineCoefficients: Readonly<Record<'xcup' | 'ecp5', LaneEngineCoefficients>> = {
  xcup: { lutBase: 1100, lutPerResult: 587.4, lutPerLane: 49.26, ffBase: 1048, ffPerResult: 639.6 },
  ecp5: { lutBase: 1361, lutPerResult: 1000, lutPerLane: 100.3, ffBase: 1428, ffPerResult: 930.2 },
};
