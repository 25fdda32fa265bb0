import { selectorLuts, type FpgaFamily } from '@autodnnchip/core';
import { laneEngineCoefficients } from './engine-coefficients.js';
import type { LaneEngineParameters } from './parameters.js';

/** Logic of an engine on an FPGA, without multiplier blocks. */
export interface EngineLogic {
  readonly lut: number;
  /** Part of `lut` that works as shift registers. */
  readonly shiftRegisterLut: number;
  readonly ff: number;
}

/** Linear in every coefficient: `bench/synthesis/accel-shared-fit.ts` fits them. */
export interface LaneEngineCoefficients {
  /** Sequencer, task contexts, control. */
  readonly lutBase: number;
  /** Of a result path: requantiser, table adder, plain clamp. */
  readonly lutPerResult: number;
  readonly lutPerLane: number;
  readonly ffBase: number;
  readonly ffPerResult: number;
}

/** Address bits of the instructions. */
const addressBits = 20;

/** Registers that each address bit has in the engine: loop addresses and their steps, task contexts, counters. */
const ffOfAddressBit = { input: 10, weight: 2, parameter: 3, output: 8 } as const;
/** LUTs likewise: adders, and the choice of what is added. */
const lutOfAddressBit = { input: 9, weight: 3, parameter: 4, output: 7 } as const;

export function laneEngineLogic(
  parameters: LaneEngineParameters,
  family: FpgaFamily,
  coefficients = laneEngineCoefficients[family === 'xcup' ? 'xcup' : 'ecp5'],
): EngineLogic {
  const { channelBlock, laneBlocks, laneMultiply, laneRequantizeDivider } = parameters;
  const lanes = channelBlock * laneBlocks;
  const results = channelBlock / laneRequantizeDivider;
  const unused = unusedAddressBits(parameters);
  // SRL16E: what waits for the stages of requantisers and table adders.
  const shiftRegisterLut = family === 'xcup' ? 73 + 50 * results : 0;
  return {
    lut:
      coefficients.lutBase +
      coefficients.lutPerResult * results +
      coefficients.lutPerLane * lanes +
      32 * results * selectorLuts(laneBlocks * laneRequantizeDivider, family) -
      unused.lut,
    shiftRegisterLut,
    // Operand, weight, term, accumulator and result of each lane; the output word.
    ff:
      lanes * (8 + (laneMultiply !== 0 ? 8 + 17 : 9) + 64) +
      8 * channelBlock +
      coefficients.ffBase +
      coefficients.ffPerResult * results -
      unused.ff,
  };
}

function unusedAddressBits({
  laneInputDepth,
  laneWeightDepth,
  laneParameterDepth,
  laneOutputDepth,
  laneMultiply,
}: LaneEngineParameters): { lut: number; ff: number } {
  const input = unusedBits(laneInputDepth);
  // Without multipliers there are no weights to read.
  const weight = laneMultiply === 0 ? addressBits : unusedBits(laneWeightDepth);
  const parameter = unusedBits(laneParameterDepth);
  const output = unusedBits(laneOutputDepth);
  return {
    lut:
      input * lutOfAddressBit.input +
      weight * lutOfAddressBit.weight +
      parameter * lutOfAddressBit.parameter +
      output * lutOfAddressBit.output,
    ff:
      input * ffOfAddressBit.input +
      weight * ffOfAddressBit.weight +
      parameter * ffOfAddressBit.parameter +
      output * ffOfAddressBit.output,
  };
}

function unusedBits(depth: number | undefined): number {
  return depth === undefined ? 0 : addressBits - Math.max(1, Math.ceil(Math.log2(depth)));
}
