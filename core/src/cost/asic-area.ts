import type { Technology } from '../chip/index.js';
import { figureValue } from './technology-figures.js';

/** Hardware whose area is asked for. */
export interface AsicContent {
  /** Products of two 8-bit operands; a wider multiplier counts as (left bits * right bits) / 64. */
  readonly multipliers8Bit: number;
  /** LUTs that the same RTL takes on UltraScale+, multipliers and memories excluded: a measure of its gates. */
  readonly lut: number;
  readonly ff: number;
  /** Bits of on-chip memories. */
  readonly sramBits: number;
}

/** Area in square millimetres. */
export interface AsicArea {
  readonly logic: number;
  readonly sram: number;
  readonly total: number;
}

/** Memories of at most this many words become flip-flops on an ASIC; deeper ones are SRAM macros. */
export const largestFlipFlopMemoryWords = 16;

const squareMicrometresPerSquareMillimetre = 1e6;

/** Area of standard cells, spread out as placement leaves them, and of SRAM macros. */
export function asicArea(content: AsicContent, technology: Technology): AsicArea {
  const gates =
    content.multipliers8Bit * figureValue(technology, 'gatesPerMultiplier8Bit') +
    content.lut * figureValue(technology, 'gatesPerLut') +
    content.ff * figureValue(technology, 'gatesPerFlipFlop');
  const logic =
    (gates * figureValue(technology, 'areaPerGate')) /
    figureValue(technology, 'placementDensity') /
    squareMicrometresPerSquareMillimetre;
  const sram = (content.sramBits * figureValue(technology, 'areaPerSramBit')) / squareMicrometresPerSquareMillimetre;
  return { logic, sram, total: logic + sram };
}
