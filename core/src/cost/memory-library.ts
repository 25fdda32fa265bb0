import type { Platform } from '../chip/index.js';

export type Family = Platform['family'];

/**
 * A RAM primitive of a family in one mode, as Yosys 0.23 offers it to its memory mapper for one write port and one
 * read port on the same clock. `cost` and the choice by lowest cost are those of `memory_libmap`.
 */
export interface RamPrimitive {
  readonly name: string;
  readonly kind: 'block' | 'distributed';
  /** Address bits at the first of `widths`; each later width has one fewer. */
  readonly addressBits: number;
  /** Data bits a word, ascending; one that is 0 cannot be used. */
  readonly widths: readonly number[];
  /** Granularity that words are padded to where the data width is larger; 0: the data width itself. */
  readonly paddingBits: number;
  readonly cost: number;
  /** Whether the cost counts used data bits only. */
  readonly costByBits: boolean;
  /** Cost of what the primitive lacks, per memory: [reading during a write never happens, reads then give the old word]. */
  readonly emulationCost: readonly [number, number];
  /** Block RAMs taken by one primitive, in the family's own units. */
  readonly bram: number;
  /** LUTs taken by one primitive. */
  readonly lut: number;
}

/** Extra cost of gates around the primitives, per bit multiplexed and per word demultiplexed. */
export const multiplexerCost = 0.5;

/** Cost of a memory bit in flip-flops. */
export const flipFlopCost = 1;

const oldWordEmulation = 14;
const dataRegisterEmulation = 2;

/** Block RAM of UltraScale+: an 18 Kb half (RAMB18E2) or a full 36 Kb (RAMB36E2). */
function xcupBlock(name: string, addressBits: number, widths: readonly number[], cost: number, bram: number): RamPrimitive {
  return { name, kind: 'block', addressBits, widths, paddingBits: 9, cost, costByBits: false, emulationCost: [2, 2], bram, lut: 0 };
}

function xcupDistributed(name: string, addressBits: number, width: number, lut: number): RamPrimitive {
  return {
    name, kind: 'distributed', addressBits, widths: [width], paddingBits: 0, cost: 16, costByBits: true,
    emulationCost: [dataRegisterEmulation, dataRegisterEmulation], bram: 0, lut,
  };
}

/** Primitives in the order in which equal costs are decided. */
export const memoryLibrary: Readonly<Record<Exclude<Family, 'asic'>, readonly RamPrimitive[]>> = {
  xcup: [
    xcupDistributed('RAM256X1D', 8, 1, 8),
    xcupDistributed('RAM128X1D', 7, 2, 8),
    xcupDistributed('RAM64M8', 6, 7, 8),
    xcupDistributed('RAM32M16', 5, 14, 8),
    xcupBlock('RAMB36E2', 15, [1, 2, 4, 9, 18, 36, 72], 257, 1),
    xcupBlock('RAMB18E2', 14, [1, 2, 4, 9, 18, 36], 129, 0.5),
  ],
  ecp5: [
    {
      name: 'TRELLIS_DPR16X4', kind: 'distributed', addressBits: 4, widths: [4], paddingBits: 0, cost: 4, costByBits: false,
      emulationCost: [dataRegisterEmulation, dataRegisterEmulation], bram: 0, lut: 6,
    },
    {
      name: 'DP16KD', kind: 'block', addressBits: 14, widths: [1, 2, 4, 9, 18, 36], paddingBits: 9, cost: 128, costByBits: false,
      emulationCost: [2, oldWordEmulation], bram: 1, lut: 0,
    },
  ],
  ice40: [
    {
      name: 'SB_RAM40_4K', kind: 'block', addressBits: 11, widths: [2, 4, 8, 16], paddingBits: 0, cost: 64, costByBits: false,
      emulationCost: [2, oldWordEmulation], bram: 1, lut: 0,
    },
  ],
};
