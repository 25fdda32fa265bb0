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
  readonly blockStep: number;
  readonly kernelRowStep: number;
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

/** A window over a tile, as planners think of it. */
export interface TileWindow {
  readonly blocks: number;
  readonly repeat: number;
  readonly groups: number;
  readonly outputWidth: number;
  readonly outputHeight: number;
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly kernelWidth: number;
  readonly kernelHeight: number;
  readonly strideX: number;
  readonly strideY: number;
  readonly dilationX: number;
  readonly dilationY: number;
  /** Columns and rows of padding before the tile's first input column and row. */
  readonly paddingX: number;
  readonly paddingY: number;
  /** First address of the tile, and addresses between its rows, blocks and groups. */
  readonly base: number;
  readonly rowStride: number;
  readonly blockStride: number;
  readonly groupStride: number;
  readonly weightBase: number;
}

/**
 * The fields that walk a window. Named one by one: a rest of the window would be a slow object, and programs have very
 * many tasks.
 */
export function windowTask(window: TileWindow): WindowTask {
  const {
    blocks,
    kernelWidth,
    kernelHeight,
    repeat,
    outputWidth,
    outputHeight,
    groups,
    inputWidth,
    inputHeight,
    strideX,
    strideY,
    dilationX,
    dilationY,
    weightBase,
    paddingX,
    paddingY,
    rowStride,
  } = window;
  return {
    blocks,
    kernelWidth,
    kernelHeight,
    repeat,
    outputWidth,
    outputHeight,
    groups,
    inputWidth,
    inputHeight,
    startX: 0 - paddingX,
    startY: 0 - paddingY,
    strideX,
    strideY,
    dilationX,
    dilationY,
    startAddress: wrappedAddress(window.base - paddingY * rowStride - paddingX),
    blockStep: window.blockStride,
    kernelRowStep: dilationY * rowStride,
    outputRowStep: strideY * rowStride,
    groupStep: window.groupStride,
    weightBase,
  };
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
