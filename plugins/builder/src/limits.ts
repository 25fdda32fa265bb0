import type { Platform, ResourceEstimate } from '@autodnnchip/core';

/** A limit of the platform that a design breaks, as a sentence; undefined when it fits. */
export function brokenLimit(resources: ResourceEstimate, platform: Platform): string | undefined {
  const { limits } = platform;
  const checks: readonly (readonly [string, number | undefined, number | undefined])[] = [
    ['LUT', resources.lut, limits.fpga?.lut],
    ['FF', resources.ff, limits.fpga?.ff],
    ['DSP', resources.dsp, limits.fpga?.dsp],
    ['BRAM', resources.bram, limits.fpga?.bram],
    ['mm2 of area', resources.areaSquareMillimetres, limits.areaSquareMillimetres],
    ['bytes of SRAM', resources.sramBytes, limits.sramBytes],
    ['multipliers', resources.multipliers, limits.multipliers],
  ];
  for (const [what, used, limit] of checks) {
    if (used !== undefined && limit !== undefined && used > limit) return `needs ${round(used)} ${what}, ${platform.title} has ${round(limit)}`;
  }
  return undefined;
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
