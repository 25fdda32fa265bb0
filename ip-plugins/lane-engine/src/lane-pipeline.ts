import { requantizeLatencyCycles } from '@autodnnchip/core/engine';

import type { LaneEngineValues } from './lane-values.js';

/** Requantisation steps of a pixel: the fewest cycles between pixels. */
export function laneStepsPerPixel({ laneBlocks, laneRequantizeDivider }: LaneEngineValues): number {
  return laneBlocks * laneRequantizeDivider;
}

/** From the cycle of a task's last step to its done pulse: as in the convolution engine, without an adder tree. */
export function laneDrainCycles(configuration: LaneEngineValues): number {
  return 5 + laneStepsPerPixel(configuration) + 2 + requantizeLatencyCycles + 1;
}
