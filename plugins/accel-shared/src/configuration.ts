import type { Configuration } from '@autodnnchip/core';
import type { EngineDefinition } from '@autodnnchip/core/engine';

/**
 * Parameters of the accel_shared chassis. `docs/accel-shared.md` draws the blocks that these size.
 * A *word* is `channelBlock` bytes: the channels of one pixel that are stored, moved and multiplied together.
 */
export interface ChassisValues {
  /** Input channels multiplied per cycle and bytes per word; a multiple of 4 and of `busBytes`. */
  readonly channelBlock: number;
  /** AXI data bus, bytes: 4, 8, 16 or 32; divides `channelBlock`. */
  readonly busBytes: number;
  /** Longest AXI burst, beats: a power of two, burstBeats * busBytes at most 4096. */
  readonly burstBeats: number;
  /** Read bursts in flight. */
  readonly outstandingReads: number;
  /** Instructions that each unit's queue holds. */
  readonly queueDepth: number;
  /** Instructions per program block; two blocks fit in the instruction buffer. */
  readonly programBlock: number;
}

/** A chip: the chassis' parameters and, under the keys of `parameterKey`, those of its engines. */
export interface AccelSharedConfiguration extends ChassisValues {
  /** Engines of the chip, in the order of their units. */
  readonly engines: readonly EngineDefinition[];
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
