import { mapMemory, type FpgaFamily, type RamMapping } from '@autodnnchip/core';
import type { BufferOutputs } from '@autodnnchip/core/engine';

import { chipOf, programBufferWords } from '../chip/chip.js';
import { registerMap } from '../chip/register-map.js';
import type { AccelSharedConfiguration } from '../configuration.js';

/** Memories of one kind; all read two cycles after the address (`rtl-templates/lib/sync_ram_1r1w.sv`). */
export interface ChipMemory {
  readonly id: string;
  readonly widthBits: number;
  readonly depth: number;
  readonly count: number;
  /** Of a buffer: its engine's number, and what follows the memory there. */
  readonly engine?: number;
  readonly outputs?: BufferOutputs;
}

/** Rows of a layer's record (`rtl-templates/control/layer_recorder.sv`). */
const recordRows = 4;

/**
 * Memories of the chassis: the engines' buffers, the instruction buffer, the records. What an engine keeps to itself is
 * in its own resources.
 */
export function chipMemories(c: AccelSharedConfiguration, recordLayers: number): readonly ChipMemory[] {
  const word = 8 * c.channelBlock;
  return [
    ...chipOf(c).engines.flatMap(({ unit }, engine) =>
      chipOf(c).engineBuffers[engine].map(
        ({ id, depth, banks, storedBits = word, copies = 1, outputs }): ChipMemory => ({
          id: `${unit}.${id}`,
          widthBits: storedBits,
          depth,
          count: banks * copies,
          engine,
          ...(outputs === undefined ? {} : { outputs }),
        }),
      ),
    ),
    { id: 'program', widthBits: word, depth: programBufferWords(c), count: 1 },
    {
      id: 'records',
      widthBits: (32 * registerMap(chipOf(c)).recordWords) / recordRows,
      depth: recordRows * recordLayers,
      count: 1,
    },
  ];
}

/** Bits of all memories, those of the engines included. */
export function memoryBits(c: AccelSharedConfiguration, recordLayers: number): number {
  const own = chipOf(c).engineMemories.reduce(
    (sum, memories) => memories.reduce((bits, { widthBits, depth }) => bits + widthBits * depth, sum),
    0,
  );
  return chipMemories(c, recordLayers).reduce(
    (bits, { widthBits, depth, count }) => bits + widthBits * depth * count,
    own,
  );
}

/**
 * How Yosys maps a chip's memory: `sync_ram_1r1w` never reads a word while it is written and leaves the style to the
 * tool.
 */
export function mapChipMemory(widthBits: number, depth: number, family: FpgaFamily): RamMapping {
  return mapMemory({ widthBits, depth, style: 'auto', readDuringWrite: false }, family);
}

/** Bits of an address that reaches every word. */
export function addressBitsFor(depth: number): number {
  return Math.max(1, Math.ceil(Math.log2(depth)));
}
