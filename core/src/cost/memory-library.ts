import type { Platform } from '../chip/index.js';

export type Family = Platform['family'];
export type FpgaFamily = Exclude<Family, 'asic'>;

/**
 * A RAM primitive of a family in one mode, as Yosys 0.23 offers it to its memory mapper for one write port and one
 * read port on the same clock. The mapper takes what costs least; the costs are its own.
 */
export interface RamPrimitive {
  /** Cell type. */
  readonly name: string;
  readonly kind: 'block' | 'distributed';
  /** Address bits at the first of `widths`; each later width has one fewer. */
  readonly addressBits: number;
  /** Data bits of a word, ascending. */
  readonly widths: readonly number[];
  /** Words are padded to a multiple of this, or of the data width where that is smaller; 0: of the data width. */
  readonly paddingBits: number;
  readonly cost: number;
  /** Whether data bits that stay unused cost nothing. */
  readonly costByBits: boolean;
  /** Whether reading a word while it is written gives the old word without help; else gates around it see to that. */
  readonly readsOldWord: boolean;
  /** Block RAMs that one takes, in the family's own units: 36 Kb (xcup), 18 Kb (ecp5), 4 Kb (ice40). */
  readonly bram: number;
  /** LUTs that one takes. */
  readonly lut: number;
}

/** Costs that the mapper adds for gates around the primitives. */
export const gateCosts = {
  /** Per data bit and slice of the depth beyond the first, and per slice where there are several. */
  multiplexer: 0.5,
  /** Once per memory, for the initial value of the data register or the register itself. */
  dataRegister: 2,
  /** Once per memory, where the old word must be kept by hand; includes the data register. */
  oldWord: 14,
  /** Per bit of a memory that becomes flip-flops. */
  flipFlopBit: 1,
} as const;

function block(
  name: string,
  addressBits: number,
  widths: readonly number[],
  cost: number,
  bram: number,
  readsOldWord: boolean,
  paddingBits: number,
): RamPrimitive {
  return { name, kind: 'block', addressBits, widths, paddingBits, cost, costByBits: false, readsOldWord, bram, lut: 0 };
}

function distributed(
  name: string,
  addressBits: number,
  width: number,
  cost: number,
  costByBits: boolean,
  lut: number,
): RamPrimitive {
  return {
    name,
    kind: 'distributed',
    addressBits,
    widths: [width],
    paddingBits: 0,
    cost,
    costByBits,
    readsOldWord: true,
    bram: 0,
    lut,
  };
}

/** Primitives in the order in which equal costs are decided. */
export const memoryLibrary: Readonly<Record<FpgaFamily, readonly RamPrimitive[]>> = {
  xcup: [
    distributed('RAM64M8', 6, 7, 16, true, 8),
    distributed('RAM32M16', 5, 14, 16, true, 8),
    block('RAMB36E2', 15, [1, 2, 4, 9, 18, 36, 72], 257, 1, true, 9),
    block('RAMB18E2', 14, [1, 2, 4, 9, 18, 36], 129, 0.5, true, 9),
  ],
  ecp5: [
    // Four LUT4 of two slices hold the bits, two of a third one drive the write port.
    distributed('TRELLIS_DPR16X4', 4, 4, 4, false, 6),
    block('DP16KD', 14, [1, 2, 4, 9, 18, 36], 128, 1, false, 9),
  ],
  ice40: [block('SB_RAM40_4K', 11, [2, 4, 8, 16], 64, 1, false, 1)],
};
