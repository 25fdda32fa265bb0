import {
  resultFields,
  windowFields,
  type ResultTask,
  type Task,
  type TaskField,
  type WindowTask,
} from '@autodnnchip/core/engine';

/** What a lane does with the operands under its window. */
export const laneOperationCodes = { multiply: 0, sum: 1, maximum: 2, shift: 3 } as const;
/** What becomes of a lane's accumulator. */
export const laneResultCodes = { requantize: 0, pass: 1, table: 2 } as const;

/**
 * All groups of one tile; a group is `laneBlocks` channel blocks. `blocks` of the window are operands, read one after
 * another.
 */
export interface LaneTask extends WindowTask, ResultTask, Task {
  readonly operation: number;
  readonly result: number;
  /** Table slot, 0 or 1. */
  readonly table: number;
  /** Result `table`: clamp(roundHalfEven((a * multiplier + table[b]) / 2^shift)). */
  readonly multiplier: number;
  readonly shift: number;
}

export const laneFields: readonly TaskField[] = [
  ...windowFields('input', 'weight'),
  ...resultFields('parameter', 'output'),
  { name: 'operation', bits: 2, codes: laneOperationCodes, description: 'what is done with the operands' },
  { name: 'result', bits: 2, codes: laneResultCodes, description: 'what becomes of the accumulator' },
  { name: 'table', bits: 1, description: 'slot of the table' },
  { name: 'multiplier', bits: 26, description: 'factor of the first operand of a table addition' },
  { name: 'shift', bits: 5, description: 'bits by which a table addition is shifted back' },
];
