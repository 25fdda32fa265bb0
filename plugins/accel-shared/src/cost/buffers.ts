import { largestFlipFlopMemoryWords, type FpgaFamily } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import { chipMemories, mapChipMemory } from './memories.js';

/** What a chip's memories take of an FPGA, with what synthesis makes of the registers around them. */
export interface BufferCells {
  readonly lut: number;
  readonly ff: number;
  readonly bram: number;
  /** By engine: flip-flops of it that end up in shift registers here, and are no longer the engine's. */
  readonly fromEngines: readonly number[];
}

/** Rows of at least this many registers become shift registers (SRL16E). */
const shiftRegisterStages = 3;

/** Memories of the chassis as Yosys maps them. */
export function chipBuffers(c: AccelSharedConfiguration, recordLayers: number, family: FpgaFamily): BufferCells {
  let lut = 0;
  let ff = 0;
  let bram = 0;
  const fromEngines = c.engines.map(() => 0);
  for (const { widthBits, depth, count, engine, outputs } of chipMemories(c, recordLayers)) {
    const mapping = mapChipMemory(widthBits, depth, family);
    lut += count * mapping.lut;
    ff += count * mapping.ff;
    bram += count * mapping.bram;
    if (outputs === undefined || engine === undefined) continue;
    const memoryRegisters = mapping.bram > 0 ? 1 : 2;
    ff -= memoryRegisters * (outputs.unreadBits ?? 0);
    if (family !== 'xcup') continue;
    if (outputs.isShiftRegister) ff -= memoryRegisters * outputs.bits;
    else if (memoryRegisters + outputs.registers >= shiftRegisterStages) {
      ff -= memoryRegisters * outputs.bits;
      fromEngines[engine] += outputs.registers * outputs.bits;
      lut += outputs.bits;
    }
  }
  return { lut, ff, bram, fromEngines };
}

/**
 * The chassis' memories on an ASIC: SRAM macros, whose first data register is their own, and shallow ones in
 * flip-flops.
 */
export function asicBuffers(
  c: AccelSharedConfiguration,
  recordLayers: number,
): { readonly ff: number; readonly sramBits: number } {
  let ff = 0;
  let sramBits = 0;
  for (const { widthBits, depth, count } of chipMemories(c, recordLayers)) {
    const isDeep = depth > largestFlipFlopMemoryWords;
    if (isDeep) sramBits += count * widthBits * depth;
    ff += count * widthBits * (isDeep ? 1 : depth + 2);
  }
  return { ff, sramBits };
}
