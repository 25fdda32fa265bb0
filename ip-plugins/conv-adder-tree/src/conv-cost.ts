import type { TransferCost } from '@autodnnchip/core/engine';

import type { ConvEngineValues } from './conv-values.js';
import { convDrainCycles } from './conv-pipeline.js';

/** Instructions that one computation brings along, dispatched one after another. */
const instructionsPerTask = 2.5;

/** Estimated cycles for choosing tilings. */
export interface ConvCost extends TransferCost {
  /** Cycles of a task of `steps` that does or does not continue partial sums. */
  task(steps: number, accumulates: boolean): number;
  /** Cycles from a task's last step to its end. */
  readonly drain: number;
}

export function convCost(configuration: ConvEngineValues, transfer: TransferCost): ConvCost {
  const drain = convDrainCycles(configuration);
  const dispatch = instructionsPerTask * transfer.dispatch;
  // No third task begins before the first has drained.
  return {
    ...transfer,
    drain,
    task: (steps, accumulates) => Math.max(steps + 1 + (accumulates ? drain : 0), (steps + drain) / 2, dispatch),
  };
}
