import type { Configuration } from '@autodnnchip/core';
import type { EngineDefinition } from '@autodnnchip/core/engine';

/**
 * Configuration of the accel_shared chassis. `docs/accel-shared.md` draws the blocks that these size.
 * A *word* is `channelBlock` bytes: the channels of one pixel that are stored, moved and multiplied together.
 */
export interface AccelSharedConfiguration {
  /** Engines of the chip, in the order of their units; their parameters stand beside those of the chassis. */
  readonly engines: readonly EngineDefinition[];
  /** Input channels multiplied per cycle and bytes per word; a multiple of 4 and of `busBytes`. */
  readonly channelBlock: number;
  /** Output channels computed per cycle by the convolution engine; a multiple of `channelBlock`. */
  readonly outputParallelism: number;
  /** AXI data bus, bytes: 4, 8, 16 or 32; divides `channelBlock`. */
  readonly busBytes: number;
  /** Channel blocks that the lane engine works on side by side: 1, 2 or 4. */
  readonly laneBlocks: number;
  /** 1 when the lane engine has multipliers (depthwise convolution), 0 when it only pools, adds and looks up. */
  readonly laneMultiply: number;
  /** The convolution engine requantises channelBlock / this many channels per cycle: 1, 2 or 4. */
  readonly convRequantizeDivider: number;
  /** The same for the lane engine. */
  readonly laneRequantizeDivider: number;
  /** Words of the convolution engine's activation buffer. */
  readonly activationDepth: number;
  /** Rows of the weight buffer; a row holds outputParallelism words. */
  readonly weightDepth: number;
  /** Rows of the convolution engine's parameter buffer; a row holds what one requantisation step takes. */
  readonly convParameterDepth: number;
  /** Pixels of the partial-sum memory. */
  readonly partialSumDepth: number;
  /** Words of the convolution engine's output buffer. */
  readonly convOutputDepth: number;
  /** Rows of the lane engine's input buffer; a row holds laneBlocks words. */
  readonly laneInputDepth: number;
  /** Rows of the lane engine's weight buffer. */
  readonly laneWeightDepth: number;
  /** Rows of the lane engine's parameter buffer. */
  readonly laneParameterDepth: number;
  /** Words of the lane engine's output buffer. */
  readonly laneOutputDepth: number;
  /** Longest AXI burst, beats: a power of two, burstBeats * busBytes at most 4096. */
  readonly burstBeats: number;
  /** Read bursts in flight. */
  readonly outstandingReads: number;
  /** Instructions that each unit's queue holds. */
  readonly queueDepth: number;
  /** Instructions per program block; two blocks fit in the instruction buffer. */
  readonly programBlock: number;
}

/** Bytes of an encoded instruction before padding to whole words. */
export const instructionBytes = 64;

/** Words that one instruction takes in memory and in the instruction buffer. */
export function instructionWords(configuration: Pick<AccelSharedConfiguration, 'channelBlock'>): number {
  return Math.ceil(instructionBytes / configuration.channelBlock);
}

/** Layers whose counters the chip of a network of `layerCount` layers can hold: a power of two, at least 16. */
export function recordLayersFor(layerCount: number): number {
  return Math.max(16, 2 ** Math.ceil(Math.log2(Math.max(1, layerCount))));
}

/** The numbers of a configuration, by the names of the parameters. */
export function numbersOf({ engines: _, ...numbers }: AccelSharedConfiguration): Configuration {
  return numbers;
}
