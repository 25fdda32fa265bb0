import { requantizeLatencyCycles } from '@autodnnchip/core/engine';

import type { ConvEngineValues } from './conv-values.js';

/** Requantisation steps of a pixel: the fewest cycles between pixels. */
export function convStepsPerPixel({
  outputParallelism,
  channelBlock,
  convRequantizeDivider,
}: ConvEngineValues): number {
  return (outputParallelism / channelBlock) * convRequantizeDivider;
}

/**
 * From the cycle of a task's last step to its done pulse: buffer 2, padding 1, multiplier 1, adder tree, accumulator 1,
 * capture 1, requantisation steps, operand alignment 2, requantiser, output word 1.
 */
export function convDrainCycles(configuration: ConvEngineValues): number {
  const adderLevels = Math.max(1, Math.ceil(Math.log2(configuration.channelBlock)));
  return 5 + adderLevels + convStepsPerPixel(configuration) + 2 + requantizeLatencyCycles + 1;
}
