import type { OperatorKind, TensorData } from '../network/index.js';

/** A range of channel blocks of a tensor. Parts of a concatenation are views of one tensor. */
export interface TensorView {
  /** Number of the feature map's storage; not known before the whole network has been laid out. */
  readonly tensor: number;
  readonly blockBase: number;
  readonly blocks: number;
  /** Logical channel of each physical channel of the view; -1: it only fills its block. */
  readonly channelMap: Int32Array;
}

/** Window that slides over the input; sizes in rows and columns of whole feature maps. */
export interface WindowGeometry {
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly paddingTop: number;
  readonly paddingLeft: number;
  /** Stored value that padding reads as. */
  readonly paddingValue: number;
}

interface WorkBase {
  /** The network operator that is computed (the last one, when several are fused). */
  readonly name: string;
  readonly operator: OperatorKind | 'copy';
  /** True multiply-accumulates of the network, padding of channels not counted. */
  readonly multiplyAccumulates: number;
  readonly window: WindowGeometry;
  readonly output: TensorView;
  /** Signed output zero point and clamp range. */
  readonly zeroPoint: number;
  readonly low: number;
  readonly high: number;
}

/** Convolution of any kernel and grouping. */
export interface ConvolutionWork extends WorkBase {
  readonly form: 'convolution';
  readonly inputs: readonly [TensorView];
  readonly weights: WeightSource;
  readonly requantization: Requantization;
}

/** One pass over the same input: window shifted by an offset, output in a block range of its own. */
export interface Sweep {
  readonly offsetY: number;
  readonly offsetX: number;
  /** First block of this sweep's output, counted from the output view's first. */
  readonly outputBlock: number;
}

interface SweptWork extends WorkBase {
  /** Operands, all of the same size. */
  readonly inputs: readonly TensorView[];
  readonly sweeps: readonly Sweep[];
}

/**
 * Convolution of each channel on its own: output channel c * multiplier + j comes of sweep j, where channel c is in the
 * input.
 */
export interface DepthwiseWork extends SweptWork {
  readonly form: 'depthwise';
  readonly weights: WeightSource;
  readonly requantization: Requantization;
}

/** Sum under the window, brought back to bytes. */
export interface SumWork extends SweptWork {
  readonly form: 'sum';
  readonly requantization: Requantization;
}

/** Greatest value under the window; with a window of one position, a move of values. */
export interface MaximumWork extends SweptWork {
  readonly form: 'maximum';
}

/** One operand through a table of 256 entries, or the fixed-point form of an addition of two. */
export interface TableWork extends SweptWork {
  readonly form: 'table';
  readonly table: ValueTable;
}

/**
 * What an engine is asked to do: an operator of the network, or a part or a copy that its surroundings need, said
 * without any engine in mind. Values are signed bytes everywhere: uint8 tensors and their zero points are stored minus
 * 128.
 */
export type Work = ConvolutionWork | DepthwiseWork | SumWork | MaximumWork | TableWork;

export type WorkForm = Work['form'];

/** result = clamp(roundHalfEven((a * multiplier + entries[b]) / 2^shift)), b as unsigned byte. */
export interface ValueTable {
  readonly multiplier: number;
  readonly shift: number;
  readonly entries: Int32Array;
}

/**
 * Weights K C R S of a network, as the image builder reads them: `data[(k * channels + c) * kernelHeight * kernelWidth
 * + ...]`. `channels` are those of one group.
 */
export interface WeightSource {
  /** Undefined: every weight is 1 (or unknown, in a weightless network). */
  readonly data?: TensorData;
  /** One entry, or one per output channel; subtracted from `data`. */
  readonly zeroPoints: Int32Array;
  readonly outputChannels: number;
  readonly channels: number;
  readonly groups: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  /** int8 values that every weight minus its zero point is a sum of: 1, 2 or 3. */
  readonly parts: number;
  /** Kernel columns are channels of the input: physical input channel kx * unfoldedChannels + c. */
  readonly unfoldedChannels?: number;
}

/** How accumulators become bytes: per output channel, a bias that holds the input's zero point, and a float32 scale. */
export type Requantization =
  | {
      readonly kind: 'weights';
      readonly bias?: TensorData;
      /** Stored zero point of the input. */
      readonly inputZeroPoint: number;
      readonly inputScale: number;
      /** One entry, or one per output channel. */
      readonly weightScales: Float32Array;
      readonly outputScale: number;
    }
  | { readonly kind: 'constant'; readonly bias: number; readonly scale: number };
