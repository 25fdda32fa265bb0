import type { SynthesisTarget } from '@autodnnchip/core';

/** What one cell takes of the device. */
export interface CellCost {
  readonly lut?: number;
  /** Part of `lut` that works as memory or shift register. */
  readonly lutram?: number;
  readonly ff?: number;
  readonly dsp?: number;
  /** In the family's own units: 36 Kb (xcup), 18 Kb (ecp5), 4 Kb (ice40). */
  readonly bram?: number;
  /** Carry cells of the family: CARRY4, CCU2C, SB_CARRY. */
  readonly carry?: number;
}

/** Counts of a synthesised design. */
export interface CellTotals {
  readonly lut: number;
  readonly lutram: number;
  readonly ff: number;
  readonly dsp: number;
  readonly bram: number;
  readonly carry: number;
  /** Cell types that no rule covers: they are in `cells` but in none of the totals. */
  readonly uncounted: readonly string[];
}

const free: CellCost = {};

function memoryLuts(lut: number): CellCost {
  return { lut, lutram: lut };
}

function each(names: readonly string[], cost: CellCost): Readonly<Record<string, CellCost>> {
  return Object.fromEntries(names.map(name => [name, cost]));
}

/**
 * UltraScale+. A LUT of any size counts as one, an inverter too: Yosys does not pack two small functions into one LUT6
 * with two outputs, nor inverters into what follows, so the sum is an upper bound of what a packer would report.
 * The multiplexers MUXF7 to MUXF9 come with the LUTs. A CARRY4 is half a CARRY8; it takes no LUT of its own.
 */
const xcup: Readonly<Record<string, CellCost>> = {
  ...each(['LUT1', 'LUT2', 'LUT3', 'LUT4', 'LUT5', 'LUT6', 'INV'], { lut: 1 }),
  LUT6_2: { lut: 1 },
  ...each(
    ['MUXF5', 'MUXF6', 'MUXF7', 'MUXF8', 'MUXF9', 'BUFG', 'BUFGCTRL', 'IBUF', 'OBUF', 'OBUFT', 'IOBUF', 'GND', 'VCC'],
    free,
  ),
  CARRY4: { carry: 1 },
  CARRY8: { carry: 2 },
  ...each(['FDRE', 'FDSE', 'FDCE', 'FDPE', 'FDRE_1', 'FDSE_1', 'FDCE_1', 'FDPE_1', 'LDCE', 'LDPE'], { ff: 1 }),
  DSP48E2: { dsp: 1 },
  RAMB36E2: { bram: 1 },
  RAMB18E2: { bram: 0.5 },
  ...each(['SRL16E', 'SRLC16E', 'SRLC32E', 'RAM32X1S', 'RAM64X1S'], memoryLuts(1)),
  ...each(['RAM32X1D', 'RAM64X1D', 'RAM128X1S'], memoryLuts(2)),
  ...each(['RAM32M', 'RAM64M', 'RAM128X1D', 'RAM256X1S'], memoryLuts(4)),
  ...each(['RAM32M16', 'RAM64M8', 'RAM256X1D', 'RAM512X1S', 'RAM32X16DR8', 'RAM64X8SW'], memoryLuts(8)),
};

/**
 * ECP5. A CCU2C takes the two LUT4 of its slice. Four bits of 16 words (TRELLIS_DPR16X4) take the four LUT4 of two
 * slices, and the two of a third slice, which drives the write port. PFUMX and L6MUX21 join LUTs and come with the
 * slice.
 */
const ecp5: Readonly<Record<string, CellCost>> = {
  LUT4: { lut: 1 },
  ...each(['PFUMX', 'L6MUX21', 'GND', 'VCC', 'VLO', 'VHI', 'IB', 'OB', 'OBZ', 'BB', 'TRELLIS_IO', 'DCCA'], free),
  CCU2C: { lut: 2, carry: 1 },
  TRELLIS_FF: { ff: 1 },
  TRELLIS_DPR16X4: memoryLuts(6),
  MULT18X18D: { dsp: 1 },
  // The adder behind two multipliers of a DSP slice.
  ALU54B: free,
  DP16KD: { bram: 1 },
  PDPW16KD: { bram: 1 },
};

const ice40FlipFlops = ['', 'N'].flatMap(edge =>
  ['', 'E', 'SR', 'R', 'SS', 'S', 'ESR', 'ER', 'ESS', 'ES'].map(kind => `SB_DFF${edge}${kind}`),
);

/** iCE40. SB_CARRY sits beside the LUT of its cell. */
const ice40: Readonly<Record<string, CellCost>> = {
  SB_LUT4: { lut: 1 },
  SB_CARRY: { carry: 1 },
  ICESTORM_LC: { lut: 1, ff: 1 },
  ...each(['SB_GB', 'SB_GB_IO', 'SB_IO'], free),
  ...each(ice40FlipFlops, { ff: 1 }),
  ...each(['SB_RAM40_4K', 'SB_RAM40_4KNR', 'SB_RAM40_4KNW', 'SB_RAM40_4KNRNW'], { bram: 1 }),
  SB_MAC16: { dsp: 1 },
};

export const countingRules: Readonly<Record<Exclude<SynthesisTarget, 'asic'>, Readonly<Record<string, CellCost>>>> = {
  xcup,
  ecp5,
  ice40,
};

/** Adds up cells by the rules of their family. */
export function countCells(
  target: Exclude<SynthesisTarget, 'asic'>,
  cells: Readonly<Record<string, number>>,
): CellTotals {
  const totals = { lut: 0, lutram: 0, ff: 0, dsp: 0, bram: 0, carry: 0 };
  const uncounted: string[] = [];
  const names = Object.keys(totals) as (keyof typeof totals)[];
  for (const [type, count] of Object.entries(cells)) {
    const cost = countingRules[target][type];
    if (cost === undefined) uncounted.push(type);
    else for (const name of names) totals[name] += (cost[name] ?? 0) * count;
  }
  return { ...totals, uncounted };
}
