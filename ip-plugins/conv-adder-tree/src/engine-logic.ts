import { selectorLuts, type FpgaFamily } from '@autodnnchip/core';
import { convEngineCoefficients } from './engine-coefficients.js';
import type { ConvEngineParameters } from './parameters.js';

/** Logic of an engine on an FPGA, without memories and multiplier blocks. */
export interface EngineLogic {
  readonly lut: number;
  /** Part of `lut` that works as shift registers. */
  readonly shiftRegisterLut: number;
  readonly ff: number;
}

/** Linear in every coefficient: `bench/synthesis/accel-shared-fit.ts` fits them. */
export interface ConvEngineCoefficients {
  /** Sequencer, task contexts, control. */
  readonly lutBase: number;
  readonly lutPerRequantizer: number;
  /** Per bit of the choice of results that are requantised next. */
  readonly lutPerSelectedBit: number;
  /** Beyond adders and padding, which are counted exactly. */
  readonly lutPerOutput: number;
  readonly ffBase: number;
  readonly ffPerTreeLevel: number;
  readonly ffPerRequantizer: number;
}

/** Address bits of the instructions. */
const addressBits = 20;

/** Registers that each address bit has in the engine: loop addresses and their steps, task contexts, counters. */
const ffOfAddressBit = { activation: 10, weight: 2, parameter: 2, output: 7 } as const;
/** LUTs likewise: adders, and the choice of what is added. */
const lutOfAddressBit = { activation: 9, weight: 3, parameter: 2, output: 6 } as const;

export function convEngineLogic(
  parameters: ConvEngineParameters,
  family: FpgaFamily,
  coefficients = convEngineCoefficients[family === 'xcup' ? 'xcup' : 'ecp5'],
): EngineLogic {
  const { channelBlock, outputParallelism, convRequantizeDivider } = parameters;
  const levels = Math.max(1, Math.ceil(Math.log2(channelBlock)));
  const requantizers = channelBlock / convRequantizeDivider;
  const steps = (outputParallelism / channelBlock) * convRequantizeDivider;
  const adders = adderTree(channelBlock, levels, family);
  const unused = unusedAddressBits(parameters);
  // SRL16E: what waits for the requantisers' stages.
  const shiftRegisterLut = family === 'xcup' ? 24 + 34 * requantizers : 0;
  return {
    // Adder trees, 32-bit accumulators, the choice of padding.
    lut:
      outputParallelism * (adders.lut + 32 + coefficients.lutPerOutput) +
      8 * channelBlock +
      coefficients.lutBase +
      coefficients.lutPerRequantizer * requantizers +
      coefficients.lutPerSelectedBit * 32 * requantizers * selectorLuts(steps, family) -
      unused.lut,
    shiftRegisterLut,
    // Weights, products, sums, accumulator and result of each output; activations and the output word.
    ff:
      outputParallelism * (24 * channelBlock + adders.ff + 64) +
      16 * channelBlock +
      coefficients.ffBase +
      coefficients.ffPerTreeLevel * levels +
      coefficients.ffPerRequantizer * requantizers -
      unused.ff,
  };
}

/**
 * Adders and registers of the tree that sums `terms` products of 16 bits; a level's sums are one bit wider than its
 * terms.
 */
function adderTree(terms: number, levels: number, family: FpgaFamily): { lut: number; ff: number } {
  let lut = 0;
  let ff = 0;
  let nodes = terms;
  for (let level = 1; level <= levels; level++) {
    const pairs = nodes >> 1;
    nodes = (nodes + 1) >> 1;
    const bits = 16 + level;
    ff += nodes * bits;
    lut += pairs * (family === 'xcup' ? bits - 1 : 2 * Math.ceil(bits / 2));
  }
  return { lut, ff };
}

function unusedAddressBits({
  activationDepth,
  weightDepth,
  convParameterDepth,
  convOutputDepth,
}: ConvEngineParameters): { lut: number; ff: number } {
  const activation = unusedBits(activationDepth);
  const weight = unusedBits(weightDepth);
  const parameter = unusedBits(convParameterDepth);
  const output = unusedBits(convOutputDepth);
  return {
    lut:
      activation * lutOfAddressBit.activation +
      weight * lutOfAddressBit.weight +
      parameter * lutOfAddressBit.parameter +
      output * lutOfAddressBit.output,
    ff:
      activation * ffOfAddressBit.activation +
      weight * ffOfAddressBit.weight +
      parameter * ffOfAddressBit.parameter +
      output * ffOfAddressBit.output,
  };
}

function unusedBits(depth: number | undefined): number {
  return depth === undefined ? 0 : addressBits - Math.max(1, Math.ceil(Math.log2(depth)));
}
