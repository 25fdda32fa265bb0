import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';

/** Equal memories of the chassis; every one has one write and one read port (`sync_ram_1r1w`). */
export interface ChassisMemory {
  readonly id: string;
  readonly widthBits: number;
  readonly depth: number;
  readonly count: number;
}

/** Layers that the recorder of a chip of middling size holds. */
const recordedLayers = 64;

/** On-chip memories as `accel_shared.sv` instantiates them; the partial sums are part of the convolution engine. */
export function chassisMemories(configuration: AccelSharedConfiguration): readonly ChassisMemory[] {
  const word = 8 * configuration.channelBlock;
  const memory = (id: string, depth: number, count = 1, widthBits = word): ChassisMemory => ({ id, widthBits, depth, count });
  return [
    memory('activation', configuration.activationDepth),
    memory('weight', configuration.weightDepth, configuration.outputParallelism),
    memory('convParameter', configuration.convParameterDepth, 8 / configuration.convRequantizeDivider),
    memory('convOutput', configuration.convOutputDepth),
    memory('laneInput', configuration.laneInputDepth, configuration.laneBlocks),
    memory('laneWeight', configuration.laneWeightDepth, configuration.laneMultiply * configuration.laneBlocks),
    memory('laneParameter', configuration.laneParameterDepth, 8 / configuration.laneRequantizeDivider),
    memory('laneTable', 512, configuration.channelBlock / configuration.laneRequantizeDivider, 32),
    memory('laneOutput', configuration.laneOutputDepth),
    memory('program', 2 * configuration.programBlock * instructionWords(configuration)),
    memory('records', 16 * recordedLayers, 1, 32),
  ];
}

/** Bits of all memories, partial sums included. */
export function memoryBits(configuration: AccelSharedConfiguration): number {
  const partialSums = 32 * configuration.outputParallelism * configuration.partialSumDepth;
  return chassisMemories(configuration).reduce((bits, { widthBits, depth, count }) => bits + widthBits * depth * count, partialSums);
}
