import { meanPowerMilliwatts, type Platform, type Prediction, type ResourceEstimate } from '@autodnnchip/core';

/** How a design breaks a limit of its platform. */
export interface BrokenLimit {
  /** What it needs over what there is: above 1. */
  readonly excess: number;
  /** A sentence without its subject: `needs 400 DSP, Ultra96 has 360`. */
  readonly text: string;
}

/** The limit of the platform that a design breaks most; undefined when it fits. */
export function brokenLimit(resources: ResourceEstimate, platform: Platform): BrokenLimit | undefined {
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
  let worst: BrokenLimit | undefined;
  for (const [what, used, limit] of checks) {
    if (used === undefined || limit === undefined || used <= limit) continue;
    const excess = used / limit;
    if (worst === undefined || excess > worst.excess) worst = { excess, text: `needs ${round(used)} ${what}, ${platform.title} has ${round(limit)}` };
  }
  return worst;
}

/** The power limit of the platform, where a design breaks it. External memory is not part of the chip. */
export function brokenPowerLimit(prediction: Prediction, platform: Platform): BrokenLimit | undefined {
  const limit = platform.limits.powerMilliwatts;
  if (limit === undefined) return undefined;
  const outside = prediction.blocks.find(({ id }) => id === 'externalMemory')?.energyPicojoules ?? 0;
  const used = meanPowerMilliwatts(prediction.energyPicojoules - outside, prediction.latencyCycles, prediction.clockMegahertz);
  return used <= limit ? undefined : { excess: used / limit, text: `needs ${round(used)} mW, ${platform.title} allows ${round(limit)}` };
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
