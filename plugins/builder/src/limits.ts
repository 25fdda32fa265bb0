import {
  brokenResourceLimits,
  meanPowerMilliwatts,
  type BrokenLimit,
  type Platform,
  type Prediction,
} from '@autodnnchip/core';

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

/** A sentence without its subject: `needs 400 DSP, Ultra96 has 360`. */
export function limitText({ resource, used, available }: BrokenLimit, platform: Platform): string {
  return `needs ${round(used)} ${resource}, ${platform.title} has ${round(available)}`;
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
