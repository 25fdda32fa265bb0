import { ChipError } from '@autodnnchip/core';

import { chipOf } from '../chip/chip.js';
import type { LoweredNetwork } from '../lowering/index.js';
import type { Schedule } from './schedule.js';

/** Bytes of the weights region: what the engines write of all layers, in the orders of `docs/accel-shared.md`. */
export function buildWeightImage(lowered: LoweredNetwork, schedule: Schedule): Uint8Array {
  if (lowered.weightless) {
    throw new ChipError('ADC3203', `${lowered.name} came without its weights: it can be predicted, not built.`, {
      hint: 'Give the model file with its weights.',
    });
  }
  const {
    configuration,
    memory: { weights },
  } = schedule;
  const { engines } = chipOf(configuration);
  const image = new Uint8Array(weights.bytes);
  for (const [index, { work, unit }] of lowered.layers.entries()) {
    const { plan, constants } = schedule.layers[index];
    engines[unit - 1].writeConstants(
      work,
      plan,
      image,
      constants.map(address => address - weights.address),
    );
  }
  return image;
}
