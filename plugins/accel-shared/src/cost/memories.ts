import { mapMemory, type FpgaFamily, type RamMapping } from '@autodnnchip/core';

import { chipOf } from '../chip/chip.js';
import { registerMap } from '../chip/register-map.js';
import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';

/** Memories of one kind; all read two cycles after the address (`rtl-templates/lib/sync_ram_1r1w.sv`). */
export interface ChipMemory {
  readonly id: 'activation' | 'weight' | 'convParameter' | 'convOutput' | 'laneInput' | 'laneWeight' | 'laneParameter' | 'laneTable' | 'laneOutput' | 'program' | 'records';
  readonly widthBits: number;
  readonly depth: number;
  readonly count: number;
}

/** Rows of a layer's record (`rtl-templates/control/layer_recorder.sv`). */
const recordRows = 4;

/** Words of both slots of the look-up tables. */
const tableDepth = 512;

/** Memories of the chassis. The partial sums are the convolution engine's own. */
export function chipMemories(c: AccelSharedConfiguration, recordLayers: number): readonly ChipMemory[] {
  const word = 8 * c.channelBlock;
  return [
    { id: 'activation', widthBits: word, depth: c.activationDepth, count: 1 },
    { id: 'weight', widthBits: word, depth: c.weightDepth, count: c.outputParallelism },
    { id: 'convParameter', widthBits: word, depth: c.convParameterDepth, count: 8 / c.convRequantizeDivider },
    { id: 'convOutput', widthBits: word, depth: c.convOutputDepth, count: 1 },
    { id: 'laneInput', widthBits: word, depth: c.laneInputDepth, count: c.laneBlocks },
    { id: 'laneWeight', widthBits: word, depth: c.laneWeightDepth, count: c.laneMultiply === 0 ? 0 : c.laneBlocks },
    { id: 'laneParameter', widthBits: word, depth: c.laneParameterDepth, count: 8 / c.laneRequantizeDivider },
    { id: 'laneTable', widthBits: 32, depth: tableDepth, count: c.channelBlock / c.laneRequantizeDivider },
    { id: 'laneOutput', widthBits: word, depth: c.laneOutputDepth, count: 1 },
    { id: 'program', widthBits: word, depth: 2 * c.programBlock * instructionWords(c), count: 1 },
    { id: 'records', widthBits: 32 * registerMap(chipOf(c)).recordWords / recordRows, depth: recordRows * recordLayers, count: 1 },
  ];
}

/** Bits of all memories, partial sums included. */
export function memoryBits(configuration: AccelSharedConfiguration, recordLayers: number): number {
  const partialSums = 32 * configuration.outputParallelism * configuration.partialSumDepth;
  return chipMemories(configuration, recordLayers).reduce((bits, { widthBits, depth, count }) => bits + widthBits * depth * count, partialSums);
}

/** How Yosys maps a chip's memory: `sync_ram_1r1w` never reads a word while it is written and leaves the style to the tool. */
export function mapChipMemory(widthBits: number, depth: number, family: FpgaFamily): RamMapping {
  return mapMemory({ widthBits, depth, style: 'auto', readDuringWrite: false }, family);
}

/** Bits of an address that reaches every word. */
export function addressBitsFor(depth: number): number {
  return Math.max(1, Math.ceil(Math.log2(depth)));
}
