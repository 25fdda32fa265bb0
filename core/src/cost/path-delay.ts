import type { TimingPath } from '../chip/index.js';
import type { Family } from './memory-library.js';

/** Delays of a family's cells and wires, nanoseconds. */
interface FamilyDelays {
  /** From the clock edge to a register's output; the set-up time of the next register included. */
  readonly register: number;
  readonly lut: number;
  /** A sum: through the first cell of the carry chain, along the chain per bit, through the last cell. */
  readonly carryIn: number;
  readonly carryPerBit: number;
  readonly carryOut: number;
  readonly multiplier: number;
  /** Operands of more bits are cut into parts, and the products of the parts are added. */
  readonly multiplierOperandBits: number;
  /** A routed net: `base`, and `perRootLut` times the square root of the chip's LUTs, for ways across it grow with its side. */
  readonly netBase: number;
  readonly netPerRootLut: number;
}

/**
 * ECP5, speed grade 6. Cells: the delays that nextpnr-ecp5 0.11 reports, which come from Project Trellis. Nets: two
 * coefficients, fitted by least squares to the `fit` rows of `bench/fmax/sweep.json` (`bench/fmax/fit.ts`).
 */
const families: Partial<Readonly<Record<Family, FamilyDelays>>> = {
  ecp5: {
    register: 0.52, lut: 0.24, carryIn: 0.45, carryPerBit: 0.0355, carryOut: 0.4, multiplier: 3.93, multiplierOperandBits: 18,
    netBase: 0.216, netPerRootLut: 0.028,
  },
};

/** Bits of the first and of the last cell of a carry chain. */
const carryEndBits = 4;

/** What a path takes without and with its wires. */
export interface PathDelay {
  readonly logicNanoseconds: number;
  /** Nets that are routed; what goes from a cell into the register beside it is not. */
  readonly routedNets: number;
}

/** Delay of a path's cells, and its nets; undefined where there are no delays of the family. */
export function pathLogic(path: TimingPath, family: Family): PathDelay | undefined {
  const delays = families[family];
  if (delays === undefined) return undefined;
  const { lutLevels = 0, product, sumBits = 0 } = path;
  let logicNanoseconds = delays.register + lutLevels * delays.lut;
  let routedNets = Math.max(1, lutLevels);
  const add = (bits: number, isFirst: boolean): void => {
    logicNanoseconds += delays.carryIn + Math.max(0, bits - carryEndBits) * delays.carryPerBit + delays.carryOut;
    routedNets += isFirst ? 0 : 1;
  };
  if (product !== undefined) {
    const [wide, narrow] = [Math.max(...product), Math.min(...product)];
    logicNanoseconds += delays.multiplier;
    routedNets += lutLevels === 0 ? 0 : 1;
    const joinedBits = wide + narrow - delays.multiplierOperandBits;
    // One block needs a net to its register; of several, the products above the lowest part's bits are added.
    if (wide > delays.multiplierOperandBits) add(joinedBits, false);
    else if (sumBits === 0) routedNets += 1;
  }
  if (sumBits > 0) add(sumBits, lutLevels === 0 && product === undefined);
  return { logicNanoseconds, routedNets };
}

/** Highest clock at which none of the paths is late, on a chip of `luts` LUTs; undefined where no model covers the family. */
export function highestClockMegahertz(paths: readonly TimingPath[], family: Family, luts: number): number | undefined {
  const delays = families[family];
  if (delays === undefined || paths.length === 0) return undefined;
  const netNanoseconds = delays.netBase + delays.netPerRootLut * Math.sqrt(luts);
  let longest = 0;
  for (const path of paths) {
    const delay = pathLogic(path, family);
    if (delay !== undefined) longest = Math.max(longest, delay.logicNanoseconds + delay.routedNets * netNanoseconds);
  }
  return 1000 / longest;
}
