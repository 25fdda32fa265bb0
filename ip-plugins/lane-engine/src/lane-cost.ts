import type { TransferCost } from '@autodnnchip/core/engine';

import type { LaneEngineValues } from './lane-values.js';
import { laneDrainCycles } from './lane-pipeline.js';

/** Instructions that one computation brings along, dispatched one after another. */
const instructionsPerTask = 2.5;

/** Estimated cycles for choosing tilings. */
export interface LaneCost extends TransferCost {
  /** Cycles of a task of `steps`. */
  task(steps: number): number;
  /** Cycles from a task's last step to its end. */
  readonly drain: number;
}

export function laneCost(configuration: LaneEngineValues, transfer: TransferCost): LaneCost {
  const drain = laneDrainCycles(configuration);
  const dispatch = instructionsPerTask * transfer.dispatch;
  // No third task begins before the first has drained.
  return { ...transfer, drain, task: steps => Math.max(steps + 1, (steps + drain) / 2, dispatch) };
}
