import {
  coordinateBits,
  resultFields,
  windowFields,
  type ResultTask,
  type Task,
  type TaskField,
  type WindowTask,
} from '@autodnnchip/core/engine';

/** One tile of one K-group: `outputParallelism` output channels. */
export interface ConvTask extends WindowTask, ResultTask, Task {
  readonly partialSumBase: number;
  /** 1: accumulators start from the partial sums of these pixels. */
  readonly accumulateIn: number;
  /** 1: accumulators go to the partial sums; nothing is requantised or written to the output buffer. */
  readonly accumulateOut: number;
}

export const convFields: readonly TaskField[] = [
  ...windowFields('activation', 'weight'),
  ...resultFields('parameter', 'output'),
  {
    name: 'partialSumBase',
    bits: coordinateBits,
    addresses: 'partialSum',
    description: 'first row of the partial sums',
  },
  { name: 'accumulateIn', bits: 1, description: '1: accumulators start from partial sums' },
  { name: 'accumulateOut', bits: 1, description: '1: accumulators go to the partial sums' },
];
