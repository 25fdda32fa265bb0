import type { ResourceEstimate } from '../prediction/index.js';
import type { Platform } from './platform.js';

/** A limit of a platform that a chip breaks. */
export interface BrokenLimit {
  /** `DSP`, `mm2 of area`, ... */
  readonly resource: string;
  readonly used: number;
  readonly available: number;
}

/** What of the platform a design or a part of one takes too much of, the worst first; empty when it fits. */
export function brokenResourceLimits(resources: ResourceEstimate, { limits }: Platform): readonly BrokenLimit[] {
  const checks: readonly (readonly [string, number | undefined, number | undefined])[] = [
    ['LUT', resources.lut, limits.fpga?.lut],
    ['FF', resources.ff, limits.fpga?.ff],
    ['DSP', resources.dsp, limits.fpga?.dsp],
    ['BRAM', resources.bram, limits.fpga?.bram],
    ['mm2 of area', resources.areaSquareMillimetres, limits.areaSquareMillimetres],
    ['bytes of SRAM', resources.sramBytes, limits.sramBytes],
    ['multipliers', resources.multipliers, limits.multipliers],
  ];
  const broken: BrokenLimit[] = [];
  for (const [resource, used, available] of checks) {
    if (used !== undefined && available !== undefined && used > available) broken.push({ resource, used, available });
  }
  return broken.length < 2 ? broken : broken.sort((left, right) => excessOf(right) - excessOf(left));
}

/** What a design needs over what there is: above 1. */
export function excessOf({ used, available }: BrokenLimit): number {
  return used / available;
}
