/**
 * The chip's instructions. One is one task of one unit. Units take their instructions in program order and finish them
 * in that order; an instruction starts when every unit has finished at least the number of instructions that `waits` names.
 * `instruction-format.ts` gives each field its bits; `docs/accel-shared.md` says what each unit does with them.
 */

/** Instructions that must have been finished, per unit, since the program's start. */
export interface Waits {
  load: number;
  conv: number;
  lane: number;
  store: number;
}

interface InstructionBase {
  /** Index into the schedule's layers. */
  layer: number;
  waits: Waits;
}

export type LoadTarget = 'activation' | 'weight' | 'convParameter' | 'laneInput' | 'laneWeight' | 'laneParameter' | 'laneTable' | 'program';

/** A box of words in external memory: planes of rows of words. Addresses and strides in bytes, multiples of channelBlock. */
export interface MemoryBox {
  address: number;
  rowWords: number;
  rowCount: number;
  rowStride: number;
  planeCount: number;
  planeStride: number;
}

export interface LoadInstruction extends InstructionBase, MemoryBox {
  unit: 'load';
  target: LoadTarget;
  /** First row or word of the target buffer. */
  bufferBase: number;
}

/** Output pixels of a tile and the window that slides over its input. */
export interface WindowFields {
  outputWidth: number;
  outputHeight: number;
  /** Size of the input tile in the buffer; outside it `paddingValue` is read. */
  inputWidth: number;
  inputHeight: number;
  kernelWidth: number;
  kernelHeight: number;
  strideX: number;
  strideY: number;
  dilationX: number;
  dilationY: number;
  /** Columns and rows of padding before the tile's first input column and row. */
  paddingX: number;
  paddingY: number;
  /** Signed 8-bit value of padding. */
  paddingValue: number;
}

export interface OutputFields {
  /** First word in the engine's output buffer. */
  outputBase: number;
  /** Words between output planes (channel blocks). */
  outputPlaneStride: number;
  /** Signed output zero point and clamp range. */
  zeroPoint: number;
  low: number;
  high: number;
}

export interface ConvInstruction extends InstructionBase, WindowFields, OutputFields {
  unit: 'conv';
  activationBase: number;
  /** Words between input rows and between input channel blocks in the activation buffer. */
  activationRowStride: number;
  activationPlaneStride: number;
  /** Input channel blocks. */
  blocks: number;
  /** Times that the whole window is run over, each with the next weights (2 for 9-bit weights split in two). */
  repeat: number;
  weightBase: number;
  parameterBase: number;
  partialSumBase: number;
  /** 1: accumulators start from the partial sums of these pixels. */
  accumulateIn: number;
  /** 1: accumulators go to the partial sums; nothing is requantised or written to the output buffer. */
  accumulateOut: number;
}

export type LaneOperation = 'multiply' | 'sum' | 'maximum' | 'shift';
export type LaneResult = 'requantize' | 'pass' | 'table';

export interface LaneInstruction extends InstructionBase, WindowFields, OutputFields {
  unit: 'lane';
  operation: LaneOperation;
  result: LaneResult;
  /** Groups of laneBlocks channel blocks, one after another. */
  groups: number;
  inputBase: number;
  /** Rows of the lane input buffer between input rows, and between groups. */
  inputRowStride: number;
  inputGroupStride: number;
  /** Operands read per window position (2 for an addition), `operandStride` buffer rows apart. */
  operands: number;
  operandStride: number;
  weightBase: number;
  parameterBase: number;
  /** Table slot, 0 or 1. */
  table: number;
  /** result 'table': clamp(roundHalfEven((a * multiplier + table[b]) / 2^shift)). Unsigned 26 bit. */
  multiplier: number;
  shift: number;
}

export interface StoreInstruction extends InstructionBase, MemoryBox {
  unit: 'store';
  source: 'conv' | 'lane';
  bufferBase: number;
  /** 1: this ends the layer; when it is finished the counters are recorded. */
  layerEnd: number;
}

/** Ends the program: done once every unit has finished. */
export interface HaltInstruction extends InstructionBase {
  unit: 'halt';
}

export type Instruction = LoadInstruction | ConvInstruction | LaneInstruction | StoreInstruction | HaltInstruction;
