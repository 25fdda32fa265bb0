import type { DepthwiseWork, MaximumWork, SumWork, TableWork } from '@autodnnchip/core/engine';

import { laneOperationCodes, laneResultCodes } from './lane-task.js';

/** Works that the lane engine runs. */
export type LaneWork = DepthwiseWork | SumWork | MaximumWork | TableWork;

/** How the lanes do each form. */
export const laneForms = {
  depthwise: { operation: laneOperationCodes.multiply, result: laneResultCodes.requantize },
  sum: { operation: laneOperationCodes.sum, result: laneResultCodes.requantize },
  maximum: { operation: laneOperationCodes.maximum, result: laneResultCodes.pass },
  table: { operation: laneOperationCodes.shift, result: laneResultCodes.table },
} as const;

/** Whether results go through the requantisers, and so need biases and scales. */
export function isRequantized({ form }: LaneWork): boolean {
  return laneForms[form].result === laneResultCodes.requantize;
}
