import type { TimingPath } from '../chip/index.js';
import type { Family } from './memory-library.js';

/** Delays of a family's cells and wires, nanoseconds. */
interface FamilyDelays {
  /** From the clock edge to a register's output; the set-up time of the next register included. */
  readonly register: number;
  readonly multiplier: number;
  /** Operands of more bits are cut into parts, and the products of the parts are added. */
  readonly multiplierOperandBits: number;
  /** A sum: through the first cell of the carry chain, along the chain per bit, through the last cell. */
  readonly carryIn: number;
  readonly carryPerBit: number;
  readonly carryOut: number;
  /**
   * A net to or from a multiplier block: `base`, and `perRootLut` times the square root of the chip's LUTs. The blocks
   * stand in rows of their own, so the way to them grows with the side of what is placed around them.
   */
  readonly netBase: number;
  readonly netPerRootLut: number;
}

/** Bits of the first and of the last cell of a carry chain. */
const carryEndBits = 4;

/**
 * ECP5, speed grade 6. Cells: the delays that nextpnr-ecp5 0.11 reports, which come from Project Trellis. Nets: two
 * coefficients, fitted by least squares to the `fit` rows of `bench/fmax/sweep.json` (`bench/fmax/fit.ts`).
 */
const families: Partial<Readonly<Record<Family, FamilyDelays>>> = {
  ecp5: {
    register: 0.52,
    multiplier: 3.93,
    multiplierOperandBits: 18,
    carryIn: 0.45,
    carryPerBit: 0.0355,
    carryOut: 0.4,
    netBase: 0.081,
    netPerRootLut: 0.03011,
  },
};

/** What a path takes in its cells, and its nets; what goes from a cell into the register beside it is none. */
export interface PathDelay {
  readonly logicNanoseconds: number;
  readonly routedNets: number;
}

/** Delay of a path's cells, and its nets; undefined where there are no delays of the family. */
export function pathDelay({ product }: TimingPath, family: Family): PathDelay | undefined {
  const delays = families[family];
  if (delays === undefined) return undefined;
  const wide = Math.max(...product);
  const block = delays.register + delays.multiplier;
  // Register to block, block to register.
  if (wide <= delays.multiplierOperandBits) return { logicNanoseconds: block, routedNets: 2 };
  // Register to blocks, blocks to the sum of their products; the register of the sum is beside it.
  const sumBits = product[0] + product[1] - delays.multiplierOperandBits;
  const sum = delays.carryIn + Math.max(0, sumBits - carryEndBits) * delays.carryPerBit + delays.carryOut;
  return { logicNanoseconds: block + sum, routedNets: 2 };
}

/**
 * Highest clock at which none of the paths is late, on a chip of `luts` LUTs; undefined where no model covers the
 * family.
 */
export function highestClockMegahertz(paths: readonly TimingPath[], family: Family, luts: number): number | undefined {
  const delays = families[family];
  if (delays === undefined || paths.length === 0) return undefined;
  const netNanoseconds = delays.netBase + delays.netPerRootLut * Math.sqrt(luts);
  let longest = 0;
  for (const path of paths) {
    const delay = pathDelay(path, family);
    if (delay !== undefined) longest = Math.max(longest, delay.logicNanoseconds + delay.routedNets * netNanoseconds);
  }
  return 1000 / longest;
}
