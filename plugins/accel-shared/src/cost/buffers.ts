import { largestFlipFlopMemoryWords, type FpgaFamily } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import { chipMemories, mapChipMemory, type ChipMemory } from './memories.js';

/** What a chip's memories take of an FPGA, with what synthesis makes of the registers around them. */
export interface BufferCells {
  readonly lut: number;
  readonly ff: number;
  readonly bram: number;
  /** Flip-flops of the engines that end up in shift registers here: they are no longer the engines'. */
  readonly fromConvEngine: number;
  readonly fromLaneEngine: number;
}

/**
 * Bits of the memory's output of which a row of plain registers follows in the engine, and how long the row is.
 * `absorbed`: on UltraScale+ the engine has a shift register there already, which takes up the memory's registers.
 */
interface RegisterRow {
  readonly bits: number;
  readonly registers: number;
  readonly absorbed: boolean;
}

function registerRow(id: ChipMemory['id'], c: AccelSharedConfiguration): RegisterRow | undefined {
  switch (id) {
    // Scales wait five cycles in the requantisers.
    case 'convParameter': return { bits: 31 * c.channelBlock / c.convRequantizeDivider, registers: 5, absorbed: true };
    case 'laneParameter': return { bits: 31 * c.channelBlock / c.laneRequantizeDivider, registers: 5, absorbed: true };
    // Entries wait two cycles in the table adders, weights one in the multipliers.
    case 'laneTable': return { bits: 32 * c.channelBlock / c.laneRequantizeDivider, registers: 2, absorbed: false };
    case 'weight': return { bits: 8 * c.channelBlock * c.outputParallelism, registers: 1, absorbed: false };
    default: return undefined;
  }
}

/** Rows of at least this many registers become shift registers (SRL16E). */
const shiftRegisterStages = 3;

/** Signs of scales, which nobody reads. */
function unreadBits(id: ChipMemory['id'], c: AccelSharedConfiguration): number {
  if (id === 'convParameter') return c.channelBlock / c.convRequantizeDivider;
  if (id === 'laneParameter') return c.channelBlock / c.laneRequantizeDivider;
  return 0;
}

/** Memories of the chassis as Yosys maps them. */
export function chipBuffers(c: AccelSharedConfiguration, recordLayers: number, family: FpgaFamily): BufferCells {
  let lut = 0;
  let ff = 0;
  let bram = 0;
  let fromConvEngine = 0;
  let fromLaneEngine = 0;
  for (const { id, widthBits, depth, count } of chipMemories(c, recordLayers)) {
    const mapping = mapChipMemory(widthBits, depth, family);
    lut += count * mapping.lut;
    ff += count * mapping.ff;
    bram += count * mapping.bram;
    const memoryRegisters = mapping.bram > 0 ? 1 : 2;
    ff -= memoryRegisters * unreadBits(id, c);
    const row = family === 'xcup' ? registerRow(id, c) : undefined;
    if (row === undefined) continue;
    if (row.absorbed) ff -= memoryRegisters * row.bits;
    else if (memoryRegisters + row.registers >= shiftRegisterStages) {
      ff -= memoryRegisters * row.bits;
      if (id === 'weight') fromConvEngine += row.registers * row.bits;
      else fromLaneEngine += row.registers * row.bits;
      lut += row.bits;
    }
  }
  return { lut, ff, bram, fromConvEngine, fromLaneEngine };
}

/** The chassis' memories on an ASIC: SRAM macros, whose first data register is their own, and shallow ones in flip-flops. */
export function asicBuffers(c: AccelSharedConfiguration, recordLayers: number): { readonly ff: number; readonly sramBits: number } {
  let ff = 0;
  let sramBits = 0;
  for (const { widthBits, depth, count } of chipMemories(c, recordLayers)) {
    const isDeep = depth > largestFlipFlopMemoryWords;
    if (isDeep) sramBits += count * widthBits * depth;
    ff += count * widthBits * (isDeep ? 1 : depth + 2);
  }
  return { ff, sramBits };
}
