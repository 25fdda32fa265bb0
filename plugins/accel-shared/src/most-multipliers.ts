import { mapMultiplier, type Platform } from '@autodnnchip/core';

/** 8-bit multipliers that an engine may have at most; Infinity where nothing of the platform counts them. */
export function mostMultipliers({ family, limits }: Platform): number {
  const counted = limits.multipliers ?? Infinity;
  if (family === 'asic' || limits.fpga === undefined) return counted;
  const { dsp } = mapMultiplier(8, 8, family);
  return dsp === 0 ? counted : Math.min(counted, Math.floor(limits.fpga.dsp / dsp));
}
