import type { ElementType, OperatorKind, TensorData, UnsupportedOperator } from '@autodnnchip/core';

import type { HostMove } from './host-moves.js';

/**
 * A network as the chip runs it: storages in external memory and hardware layers that read and write them.
 * Values are signed bytes everywhere: uint8 tensors and their zero points are stored minus 128.
 */
export interface LoweredNetwork {
  readonly name: string;
  /** Bytes per word that the layouts are made for. */
  readonly channelBlock: number;
  readonly tensors: readonly LoweredTensor[];
  readonly layers: readonly LoweredLayer[];
  readonly inputs: readonly HostInput[];
  readonly outputs: readonly HostOutput[];
  /** Operators that the chip cannot run; not empty: the network cannot be scheduled. */
  readonly unsupported: readonly UnsupportedOperator[];
  /** True when constants are known by shape only: such a network has no weight image. */
  readonly weightless: boolean;
}

/** A feature map in external memory: [blocks][height][width][channelBlock] signed bytes. */
export interface LoweredTensor {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly blocks: number;
  readonly role: 'input' | 'output' | 'intermediate';
}

/** A range of channel blocks of a tensor. Parts of a concatenation are views of one tensor. */
export interface TensorView {
  /** Index into `LoweredNetwork.tensors`. */
  readonly tensor: number;
  readonly blockBase: number;
  readonly blocks: number;
  /** Logical channel of each physical channel of the view; -1: it only fills its block. */
  readonly channelMap: Int32Array;
}

/** How the values of a network input or output lie in its view. */
export interface HostLayout {
  readonly height: number;
  readonly width: number;
  readonly blocks: number;
  readonly channelBlock: number;
  readonly channelMap: Int32Array;
  /** Subtracted from a value before it is stored: 128 for uint8, 0 for int8. */
  readonly offset: number;
  /** Stored in channels that only fill a block and in unfolded padding. */
  readonly paddingValue: number;
  /** Inputs whose kernel columns have become channels: physical channel kx * channels + c. */
  readonly unfold?: UnfoldedColumns;
}

/** Column x of the layout holds source columns x * strideX + kx * dilationX - paddingLeft, for kx < kernelWidth. */
export interface UnfoldedColumns {
  readonly channels: number;
  readonly sourceWidth: number;
  readonly kernelWidth: number;
  readonly strideX: number;
  readonly dilationX: number;
  readonly paddingLeft: number;
}

/** Conversion between float values and quantised ones: a step of the host. Zero point and range as in the network. */
export interface HostQuantization {
  readonly scale: number;
  readonly zeroPoint: number;
  readonly elementType: 'int8' | 'uint8';
}

export interface HostInput {
  /** Network input that the values come from. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Type of the values that the host gives. */
  readonly elementType: ElementType;
  /** Present when the host quantises. */
  readonly quantize?: HostQuantization | undefined;
  /** How the host rearranges the array before it writes the feature map; absent: not at all. */
  readonly moves?: readonly HostMove[] | undefined;
  readonly view: TensorView;
  readonly layout: HostLayout;
}

export interface HostOutput {
  /** Network output that the values become. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly elementType: ElementType;
  /** Present when the host dequantises. */
  readonly dequantize?: HostQuantization | undefined;
  /** How the host rearranges the feature map [1, channels, rows, columns] after reading it; absent: not at all. */
  readonly moves?: readonly HostMove[] | undefined;
  readonly view: TensorView;
  readonly layout: HostLayout;
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

interface LoweredLayerBase {
  /** The network operator that the layer computes (the last one, when several are fused). */
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

/** K-groups [groupBase, groupBase + groups) of output blocks read input blocks [blockBase, blockBase + blocks) of the view. */
export interface ConvPartition {
  readonly groupBase: number;
  readonly groups: number;
  readonly blockBase: number;
  readonly blocks: number;
}

export interface ConvLayer extends LoweredLayerBase {
  readonly engine: 'conv';
  readonly input: TensorView;
  /** Times that the window is run over with another part of the weights (int8 parts whose sum is the weight). */
  readonly repeat: number;
  /** One for a dense convolution; several when groups of output channels need only some of the input blocks. */
  readonly partitions: readonly ConvPartition[];
  readonly weights: WeightSource;
  readonly requantization: Requantization;
}

/** One sweep over the same input: window shifted by an offset, output in a block range of its own. */
export interface LaneVariant {
  readonly offsetY: number;
  readonly offsetX: number;
  /** First block of this sweep's output, counted from the output view's first. */
  readonly outputBlock: number;
}

export interface LaneLayer extends LoweredLayerBase {
  readonly engine: 'lane';
  readonly operation: 'multiply' | 'sum' | 'maximum' | 'shift';
  readonly result: 'requantize' | 'pass' | 'table';
  /** Operands, all of the same size; the window reads one value of each. */
  readonly inputs: readonly TensorView[];
  readonly variants: readonly LaneVariant[];
  /** Operation 'multiply'. */
  readonly weights?: WeightSource;
  /** Result 'requantize'. */
  readonly requantization?: Requantization;
  /** Result 'table'. */
  readonly table?: LaneTable;
}

export type LoweredLayer = ConvLayer | LaneLayer;

/** result = clamp(roundHalfEven((a * multiplier + entries[b]) / 2^shift)), b as unsigned byte. */
export interface LaneTable {
  readonly multiplier: number;
  readonly shift: number;
  readonly entries: Int32Array;
}

/**
 * Weights K C R S of a network, as the image builder reads them: `data[(k * channels + c) * kernelHeight * kernelWidth + ...]`.
 * `channels` are those of one group.
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
