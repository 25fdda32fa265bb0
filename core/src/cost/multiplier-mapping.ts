import { figureValue } from './technology-figures.js';
import type { Technology } from '../chip/index.js';
import type { FpgaFamily } from './memory-library.js';

/** What a signed multiplier takes of an FPGA. */
export interface MultiplierMapping {
  /** DSP48E2 or MULT18X18D; iCE40 multiplies in LUTs. Equal to Yosys 0.23 wherever it was measured. */
  readonly dsp: number;
  /** LUTs that add partial products, or multiply; an estimate. */
  readonly lut: number;
}

interface MultiplierBlock {
  /** Widest signed operands: of the wider one, of the narrower one. */
  readonly operandBits: readonly [number, number];
  /**
   * Bits of each part of an operand that is too wide, the last part excepted; it takes what remains, up to
   * `operandBits`.
   */
  readonly partBits: number;
  /** Narrower parts are multiplied by LUTs. */
  readonly minimumOperandBits: number;
  readonly minimumProductBits: number;
}

const multiplierBlocks: Readonly<Record<Exclude<FpgaFamily, 'ice40'>, MultiplierBlock>> = {
  xcup: { operandBits: [27, 18], partBits: 17, minimumOperandBits: 2, minimumProductBits: 9 },
  ecp5: { operandBits: [18, 18], partBits: 18, minimumOperandBits: 2, minimumProductBits: 4 },
};

/**
 * How Yosys 0.23 maps a product of two signed operands of `leftBits` and `rightBits`, 2 or more each, onto a family.
 */
export function mapMultiplier(leftBits: number, rightBits: number, family: FpgaFamily): MultiplierMapping {
  if (family === 'ice40') return { dsp: 0, lut: softProductLuts(leftBits, rightBits) };
  const block = multiplierBlocks[family];
  const wideBits = Math.max(leftBits, rightBits);
  const narrowBits = Math.min(leftBits, rightBits);
  const wideParts = operandParts(wideBits, block.operandBits[0], block.partBits);
  const narrowParts = operandParts(narrowBits, block.operandBits[1], block.partBits);
  let dsp = 0;
  let lut = 0;
  for (const narrow of narrowParts) {
    for (const wide of wideParts) {
      const fits = Math.min(wide, narrow) >= block.minimumOperandBits && wide + narrow >= block.minimumProductBits;
      if (fits) dsp += 1;
      else lut += softProductLuts(wide, narrow);
    }
    lut += adderLuts(wideBits, narrow, wideParts.length, block.partBits);
  }
  lut += adderLuts(narrowBits, wideBits, narrowParts.length, block.partBits);
  return { dsp, lut };
}

function operandParts(bits: number, largestBits: number, partBits: number): number[] {
  const parts: number[] = [];
  let rest = bits;
  for (; rest > largestBits; rest -= partBits) parts.push(partBits);
  return [...parts, rest];
}

/** Adders that join the products of `parts` parts of an operand of `bits` with one of `otherBits`. */
function adderLuts(bits: number, otherBits: number, parts: number, partBits: number): number {
  return parts < 2 ? 0 : bits + otherBits - partBits + (parts - 2) * (otherBits + 1);
}

/** A product of LUTs: three for each pair of bits, fewer where an operand is very narrow. */
function softProductLuts(leftBits: number, rightBits: number): number {
  return Math.ceil(3 * leftBits * rightBits * (1 - 1 / Math.min(leftBits, rightBits)));
}

/** Two-input NAND gates of a signed multiplier on an ASIC, in proportion to the product of its operand widths. */
export function multiplierGates(leftBits: number, rightBits: number, technology: Technology): number {
  return (figureValue(technology, 'gatesPerMultiplier8Bit') * (leftBits * rightBits)) / 64;
}
