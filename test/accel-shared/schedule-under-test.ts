import type { MemoryModel, Network, NumericArray } from '@autodnnchip/core';
import {
  buildWeightImage,
  interpretProgram,
  lowerNetwork,
  readOutput,
  scheduleNetwork,
  writeInput,
  type LoweredNetwork,
  type Schedule,
} from '@autodnnchip/plugin-accel-shared';
import { chipEngines, type ChipOfTests } from '../support/chip-engines.js';

/** A middling chip; tests change what they are about. */
export const plainChip: ChipOfTests = {
  engines: chipEngines,
  channelBlock: 8,
  outputParallelism: 16,
  busBytes: 8,
  laneBlocks: 2,
  laneMultiply: 1,
  convRequantizeDivider: 2,
  laneRequantizeDivider: 2,
  activationDepth: 2048,
  weightDepth: 256,
  convParameterDepth: 64,
  partialSumDepth: 64,
  convOutputDepth: 512,
  laneInputDepth: 512,
  laneWeightDepth: 64,
  laneParameterDepth: 64,
  laneOutputDepth: 512,
  burstBeats: 16,
  outstandingReads: 4,
  queueDepth: 4,
  programBlock: 16,
};

/** Sizes that are not powers of two, and buffers that hardly hold a tile. */
export const oddChips: Readonly<Record<string, ChipOfTests>> = {
  'words of 12, three of them': {
    ...plainChip,
    channelBlock: 12,
    outputParallelism: 36,
    busBytes: 4,
    laneBlocks: 1,
    convRequantizeDivider: 4,
    laneRequantizeDivider: 1,
    activationDepth: 700,
    weightDepth: 100,
    convParameterDepth: 37,
    partialSumDepth: 33,
    convOutputDepth: 231,
    laneInputDepth: 301,
    laneWeightDepth: 29,
    laneParameterDepth: 19,
    laneOutputDepth: 133,
    programBlock: 7,
    queueDepth: 2,
  },
  'words of 4, tiny': {
    ...plainChip,
    channelBlock: 4,
    outputParallelism: 4,
    busBytes: 4,
    laneBlocks: 4,
    convRequantizeDivider: 1,
    laneRequantizeDivider: 4,
    activationDepth: 160,
    weightDepth: 61,
    convParameterDepth: 16,
    partialSumDepth: 16,
    convOutputDepth: 64,
    laneInputDepth: 80,
    laneWeightDepth: 25,
    laneParameterDepth: 16,
    laneOutputDepth: 96,
    burstBeats: 4,
    programBlock: 5,
  },
  'words of 20, no lane multipliers': {
    ...plainChip,
    channelBlock: 20,
    outputParallelism: 40,
    busBytes: 4,
    laneMultiply: 0,
    laneBlocks: 2,
    convRequantizeDivider: 1,
    activationDepth: 900,
    weightDepth: 77,
    convOutputDepth: 130,
    laneInputDepth: 123,
    laneOutputDepth: 94,
    programBlock: 11,
  },
  'words of 32, two': {
    ...plainChip,
    channelBlock: 32,
    outputParallelism: 64,
    busBytes: 32,
    laneBlocks: 1,
    weightDepth: 128,
    activationDepth: 1024,
  },
};

export const plainMemory: MemoryModel = {
  readLatencyCycles: 30,
  writeLatencyCycles: 20,
  beatIntervalCycles: 1,
  burstGapCycles: 1,
  sharedBytesPerKilocycle: 0,
};

/** A network mapped onto a chip, with the memory that its program starts from. */
export interface MappedNetwork {
  readonly lowered: LoweredNetwork;
  readonly schedule: Schedule;
  readonly weights: Uint8Array;
}

export function mapNetwork(network: Network, configuration: ChipOfTests): MappedNetwork {
  const lowered = lowerNetwork(network, configuration);
  const schedule = scheduleNetwork(lowered, configuration, plainMemory);
  return { lowered, schedule, weights: buildWeightImage(lowered, schedule) };
}

/** Runs the program on the interpreter; memory that nothing should read is filled with a pattern. */
export function runMapped(
  { lowered, schedule, weights }: MappedNetwork,
  inputs: ReadonlyMap<string, NumericArray>,
  seed?: number,
): Map<string, NumericArray> {
  const { memory, configuration, instructions } = schedule;
  const bytes = new Uint8Array(memory.totalBytes).fill(0x5a);
  bytes.set(weights, memory.weights.address);
  for (const [index, input] of lowered.inputs.entries())
    bytes.set(writeInput(input, inputs.get(input.name) as NumericArray), memory.inputs[index].address);
  interpretProgram(instructions, configuration, bytes, seed === undefined ? {} : { seed });
  return new Map(
    lowered.outputs.map((output, index) => {
      const { address, bytes: length } = memory.outputs[index];
      return [output.name, readOutput(output, bytes.subarray(address, address + length))];
    }),
  );
}
