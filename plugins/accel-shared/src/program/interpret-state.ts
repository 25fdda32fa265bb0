import type { AccelSharedConfiguration } from '../configuration.js';

/** Memories of the chip and the external memory, as bytes. */
export interface ChipState {
  readonly configuration: AccelSharedConfiguration;
  readonly memory: Int8Array;
  /** Words. */
  readonly activation: Int8Array;
  /** Rows of outputParallelism words. */
  readonly weight: Int8Array;
  /** Rows of 8 / requantizeDivider words. */
  readonly convParameter: Int8Array;
  readonly laneParameter: Int8Array;
  /** Rows of laneBlocks words. */
  readonly laneInput: Int8Array;
  readonly laneWeight: Int8Array;
  /** Rows of one word. */
  readonly laneTable: Int8Array;
  readonly convOutput: Int8Array;
  readonly laneOutput: Int8Array;
  /** Pixels of outputParallelism accumulators. */
  readonly partialSum: Int32Array;
}

/** Buffers of a configuration; their first content comes from `fill`, since a right program never reads it. */
export function createChipState(configuration: AccelSharedConfiguration, memory: Uint8Array, fill: () => number): ChipState {
  const { channelBlock, outputParallelism, laneBlocks, convRequantizeDivider, laneRequantizeDivider } = configuration;
  const buffer = (words: number): Int8Array => {
    const bytes = new Int8Array(words * channelBlock);
    for (let index = 0; index < bytes.length; index++) bytes[index] = fill();
    return bytes;
  };
  const partialSum = new Int32Array(configuration.partialSumDepth * outputParallelism);
  for (let index = 0; index < partialSum.length; index++) partialSum[index] = fill() * 65537;
  return {
    configuration, partialSum,
    memory: new Int8Array(memory.buffer, memory.byteOffset, memory.byteLength),
    activation: buffer(configuration.activationDepth),
    weight: buffer(configuration.weightDepth * outputParallelism),
    convParameter: buffer(configuration.convParameterDepth * (8 / convRequantizeDivider)),
    laneParameter: buffer(configuration.laneParameterDepth * (8 / laneRequantizeDivider)),
    laneInput: buffer(configuration.laneInputDepth * laneBlocks),
    laneWeight: buffer(configuration.laneWeightDepth * laneBlocks),
    laneTable: buffer(512),
    convOutput: buffer(configuration.convOutputDepth),
    laneOutput: buffer(configuration.laneOutputDepth),
  };
}

/** The n-th byte range of a memory; an error where it lies outside. */
export function checkRange(memory: { readonly length: number }, start: number, length: number, what: string): void {
  if (start < 0 || start + length > memory.length) throw new RangeError(`${what} [${start}, ${start + length}) lies outside 0..${memory.length}`);
}

/** Bias (int32) and scale (float32) of a channel from eight bytes. */
export function readParameter(view: DataView, offset: number): { bias: number; scale: number } {
  return { bias: view.getInt32(offset, true), scale: view.getFloat32(offset + 4, true) };
}
