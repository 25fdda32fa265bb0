import type { ElementType, UnsupportedOperator } from '@autodnnchip/core';
import type { TensorView, Work } from '@autodnnchip/core/engine';

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

/** What an engine said of a work, or of one of several forms that the operator may take. */
export interface EngineAnswer {
  /** Unit of the engine. */
  readonly engine: string;
  readonly form: Work['form'];
  /** Cycles of its bid, those of copies that it needs included. */
  readonly cycles?: number;
  /** Why it does not run the work. */
  readonly refused?: string;
  /** It is installed, and not on this chip. */
  readonly isAbsent?: true;
}

/** A work with the engine that runs it. */
export interface LoweredLayer {
  readonly work: Work;
  /** Unit of the engine, by number and by name. */
  readonly unit: number;
  readonly engine: string;
  /** What all engines said, the winner's first. */
  readonly answers: readonly EngineAnswer[];
}
