import { bufferAddressBits, coordinateBits, wrappedAddress, type TaskField } from './task-fields.js';

/**
 * Fields of a window that slides over a tile in a buffer, for engines with the shared `window_sequencer`. Loops, inner
 * first: block, kernel column, kernel row, repeat, output column, output row, group. Addresses count rows of the
 * buffer. Start coordinates are two's complement, and steps are worked out beforehand: no multiplier is needed to walk
 * the window.
 */
export interface WindowTask {
  /** Steps at one window position: input channel blocks, or operands. */
  readonly blocks: number;
  readonly kernelWidth: number;
  readonly kernelHeight: number;
  /** Times that the window is run over at one output position, each with the next weights. */
  readonly repeat: number;
  readonly outputWidth: number;
  readonly outputHeight: number;
  /** Times that the whole tile is run over, each with its own part of the buffer. */
  readonly groups: number;
  /** Size of the input tile in the buffer; outside of it the padding value is read. */
  readonly inputWidth: number;
  readonly inputHeight: number;
  /** Column and row of the first window position; negative where padding comes first. */
  readonly startX: number;
  readonly startY: number;
  readonly strideX: number;
  readonly strideY: number;
  readonly dilationX: number;
  readonly dilationY: number;
  /** Address of the first window position, in the tile or (with padding) before it. */
  readonly startAddress: number;
  /** From one block to the next: the words of a plane of the tile. */
  readonly blockStep: number;
  /** `dilationY` rows of the tile. */
  readonly kernelRowStep: number;
  /** `strideY` rows of the tile. */
  readonly outputRowStep: number;
  readonly groupStep: number;
  readonly weightBase: number;
}

/**
 * The window's fields in the order in which `window_sequencer` takes them; `operand` and `weight` name the buffers that
 * they address.
 */
export function windowFields(operand: string, weight: string): readonly TaskField[] {
  const address = (name: keyof WindowTask, addresses: string, description: string): TaskField => ({
    name,
    bits: bufferAddressBits,
    addresses,
    description,
  });
  const count = (name: keyof WindowTask, bits: number, description: string): TaskField => ({ name, bits, description });
  return [
    count('blocks', 13, 'steps at one window position'),
    count('kernelWidth', 8, 'window columns'),
    count('kernelHeight', 8, 'window rows'),
    count('repeat', 2, 'times that the window is run over at one output position'),
    count('outputWidth', coordinateBits, 'output columns of the tile'),
    count('outputHeight', coordinateBits, 'output rows of the tile'),
    count('groups', 13, 'times that the whole tile is run over'),
    count('inputWidth', coordinateBits, 'input columns of the tile'),
    count('inputHeight', coordinateBits, 'input rows of the tile'),
    { name: 'startX', bits: coordinateBits, signed: true, description: 'input column of the first window position' },
    { name: 'startY', bits: coordinateBits, signed: true, description: 'input row of the first window position' },
    count('strideX', 8, 'input columns from one output column to the next'),
    count('strideY', 8, 'input rows from one output row to the next'),
    count('dilationX', 8, 'input columns from one window column to the next'),
    count('dilationY', 8, 'input rows from one window row to the next'),
    address('startAddress', operand, 'address of the first window position'),
    address('blockStep', operand, 'addresses from one step to the next'),
    address('kernelRowStep', operand, 'addresses from one window row to the next'),
    address('outputRowStep', operand, 'addresses from one output row to the next'),
    address('groupStep', operand, 'addresses from one group to the next'),
    address('weightBase', weight, 'first row of the weights'),
  ];
}

/** Where a window begins whose tile lies at `base`: on the first position, or as far before it as padding reaches. */
export function windowStart(base: number, rowStride: number, paddingX: number, paddingY: number): number {
  return wrappedAddress(base - paddingY * rowStride - paddingX);
}

/** Output positions of a task, all groups together. */
export function windowPositions({ groups, outputWidth, outputHeight }: WindowTask): number {
  return groups * outputWidth * outputHeight;
}

/** Steps at one output position. */
export function windowSteps({ repeat, kernelWidth, kernelHeight, blocks }: WindowTask): number {
  return repeat * kernelHeight * kernelWidth * blocks;
}

/** What no planner gives: a window or an output of nothing. */
export function windowFault({
  outputWidth,
  outputHeight,
  kernelWidth,
  kernelHeight,
  strideX,
  strideY,
  blocks,
  repeat,
  groups,
}: WindowTask): string | undefined {
  if (Math.min(blocks, repeat, groups) < 1) return 'it computes nothing';
  return Math.min(outputWidth, outputHeight, kernelWidth, kernelHeight, strideX, strideY) < 1
    ? 'its window or its output is empty'
    : undefined;
}
