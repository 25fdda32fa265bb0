import {
  meanPowerMilliwatts,
  type BrokenLimit,
  type Platform,
  type Prediction,
  type ResourceEstimate,
} from '@autodnnchip/core';

/** What of the platform a design takes too much of, the worst first; empty when it fits. */
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

/** Resources and power alike. External memory is not part of the chip. */
export function brokenLimits(prediction: Prediction, platform: Platform): readonly BrokenLimit[] {
  const broken = brokenResourceLimits(prediction.resources, platform);
  const available = platform.limits.powerMilliwatts;
  if (available === undefined) return broken;
  const outside = prediction.blocks.find(({ id }) => id === 'externalMemory')?.energyPicojoules ?? 0;
  const used = meanPowerMilliwatts(
    prediction.energyPicojoules - outside,
    prediction.latencyCycles,
    prediction.clockMegahertz,
  );
  return used <= available ? broken : [...broken, { resource: 'mW', used, available }];
}

/** What a design needs over what there is: above 1. */
export function excessOf({ used, available }: BrokenLimit): number {
  return used / available;
}

/** A sentence without its subject: `needs 400 DSP, Ultra96 has 360`. */
export function limitText({ resource, used, available }: BrokenLimit, platform: Platform): string {
  return `needs ${round(used)} ${resource}, ${platform.title} has ${round(available)}`;
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
