import type { SourcedFigure, Technology } from '../chip/index.js';
import { ChipError } from '../errors/index.js';

/** What a figure of a technology means, and the unit that it must be given in. */
export interface FigureDefinition {
  readonly unit: string;
  readonly meaning: string;
  /** Platforms that must give it: `all`, `fpga` or `asic`; `none` where it counts as 0 when absent. */
  readonly needed: 'all' | 'fpga' | 'asic' | 'none';
}

/**
 * Every figure that predictions take from a technology table. `docs/technology-tables.md` lists the values and sources
 * of the platforms in this repository.
 */
export const technologyFigures = {
  multiplyAccumulate8Bit: {
    unit: 'pJ',
    meaning: 'One product of two 8-bit operands added to a 32-bit accumulator',
    needed: 'all',
  },
  adder32Bit: { unit: 'pJ', meaning: 'One 32-bit addition or comparison', needed: 'all' },
  requantizePerOutput: {
    unit: 'pJ',
    meaning: 'One accumulator scaled by a float32 factor, rounded and clamped to 8 bits',
    needed: 'all',
  },
  registerAccessPerByte: {
    unit: 'pJ/byte',
    meaning: 'One byte written to a pipeline register and read from it',
    needed: 'all',
  },
  sramReadPerByte: {
    unit: 'pJ/byte',
    meaning: 'One byte read from on-chip memory of the reference size and depth',
    needed: 'all',
  },
  sramWritePerByte: {
    unit: 'pJ/byte',
    meaning: 'One byte written to on-chip memory of the reference size and depth',
    needed: 'all',
  },
  sramReferenceBytes: {
    unit: 'byte',
    meaning: 'Size that sramReadPerByte and sramWritePerByte are given for',
    needed: 'all',
  },
  sramMinimumBytes: { unit: 'byte', meaning: 'Smaller memories cost as much as one of this size', needed: 'all' },
  sramSizeExponent: {
    unit: '1',
    meaning: 'Energy per byte grows with (size / reference size) to this power',
    needed: 'all',
  },
  sramReferenceDepth: { unit: 'word', meaning: 'Depth up to which depth does not matter', needed: 'all' },
  sramDepthExponent: {
    unit: '1',
    meaning: 'Above it, energy per byte grows with (depth / reference depth) to this power',
    needed: 'all',
  },
  externalMemoryPerByte: {
    unit: 'pJ/byte',
    meaning: 'One byte read from or written to external memory: device, interface and controller',
    needed: 'all',
  },
  externalMemoryBackground: {
    unit: 'mW',
    meaning: 'Standby and refresh of external memory while the chip runs; not counted where absent',
    needed: 'none',
  },
  clockPerFlipFlopCycle: {
    unit: 'pJ',
    meaning: 'Clock network and clock pin of one flip-flop, each cycle',
    needed: 'all',
  },
  logicPerLutCycle: {
    unit: 'pJ',
    meaning:
      'Control and data path logic outside the operations above: one six-input LUT, or the gates that do its work, each cycle',
    needed: 'all',
  },
  staticDevice: { unit: 'mW', meaning: 'Leakage of the whole device, used or not', needed: 'fpga' },
  staticPerSquareMillimetre: {
    unit: 'mW/mm2',
    meaning: 'Leakage of a square millimetre of logic and memory',
    needed: 'asic',
  },
  areaPerGate: { unit: 'um2', meaning: 'One two-input NAND gate', needed: 'asic' },
  gatesPerLut: { unit: 'gate', meaning: 'Gates that do the work of one six-input LUT', needed: 'asic' },
  gatesPerFlipFlop: { unit: 'gate', meaning: 'One flip-flop, in two-input NAND gates', needed: 'asic' },
  gatesPerMultiplier8Bit: {
    unit: 'gate',
    meaning: 'Product of two signed 8-bit operands, in two-input NAND gates',
    needed: 'asic',
  },
  areaPerSramBit: {
    unit: 'um2',
    meaning: 'One bit of on-chip memory, decoders and sense amplifiers included',
    needed: 'asic',
  },
  placementDensity: { unit: '1', meaning: 'Part of the placed area that cells fill', needed: 'asic' },
} as const satisfies Readonly<Record<string, FigureDefinition>>;

export type FigureName = keyof typeof technologyFigures;

/** A figure with its unit and source; a technology without it is an error that names it. */
export function figure(technology: Technology, name: FigureName): SourcedFigure {
  const found = technology.figures[name];
  if (found !== undefined) return found;
  throw new ChipError('ADC4011', `The technology ${technology.name} gives no figure ${name}`, {
    hint: `Add ${name} (${technologyFigures[name].meaning}, ${technologyFigures[name].unit}) to the technology of the platform.`,
  });
}

/** The value of a figure, in the unit of `technologyFigures`. */
export function figureValue(technology: Technology, name: FigureName): number {
  return figure(technology, name).value;
}
