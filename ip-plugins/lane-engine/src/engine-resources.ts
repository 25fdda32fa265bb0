import {
  asicArea,
  mapMultiplier,
  type FpgaFamily,
  type FpgaResources,
  type Platform,
  type ResourceEstimate,
  type Technology,
} from '@autodnnchip/core';
import { laneEngineLogic, type LaneEngineCoefficients } from './engine-logic.js';
import { laneEngineParameters, type LaneEngineParameters } from './parameters.js';

/**
 * Products of a result path as signed operands: a 25-bit significand times the two parts of a scale's 24 bits, and an
 * operand times the multiplier of a table.
 */
const resultProducts = [
  [26, 18],
  [26, 8],
  [27, 8],
] as const;
/** The same in 8-bit multipliers, for the area of an ASIC. */
const resultMultipliers8Bit = (25 * 24 + 27 * 8) / 64;

/** Cells of an engine on an FPGA. */
export interface EngineCells extends FpgaResources {
  readonly multipliers: number;
}

/**
 * Resources of one engine: lanes, requantisers, table adders and sequencer; buffers and tables around it are the
 * chassis'.
 */
export function laneEngineResources(values: Readonly<Record<string, number>>, platform: Platform): ResourceEstimate {
  const parameters = laneEngineParameters(values);
  return platform.family === 'asic'
    ? asicResources(parameters, platform.technology)
    : laneEngineCells(parameters, platform.family);
}

/** The same from checked parameters, on an FPGA; with `coefficients` while they are being fitted. */
export function laneEngineCells(
  parameters: LaneEngineParameters,
  family: FpgaFamily,
  coefficients?: LaneEngineCoefficients,
): EngineCells {
  const multipliers = laneMultipliers(parameters);
  const results = parameters.channelBlock / parameters.laneRequantizeDivider;
  const { lut, ff } = laneEngineLogic(parameters, family, coefficients);
  let dsp = multipliers * mapMultiplier(9, 8, family).dsp;
  for (const [left, right] of resultProducts) dsp += results * mapMultiplier(left, right, family).dsp;
  return { lut: Math.round(lut), ff: Math.round(ff), dsp, bram: 0, multipliers };
}

/** Logic as on UltraScale+ without its shift registers; flip-flops as on ECP5, which has none of those either. */
function asicResources(parameters: LaneEngineParameters, technology: Technology): ResourceEstimate {
  const multipliers = laneMultipliers(parameters);
  const { lut, shiftRegisterLut } = laneEngineLogic(parameters, 'xcup');
  const content = {
    multipliers8Bit: multipliers + (parameters.channelBlock / parameters.laneRequantizeDivider) * resultMultipliers8Bit,
    lut: lut - shiftRegisterLut,
    ff: laneEngineLogic(parameters, 'ecp5').ff,
    sramBits: 0,
  };
  return {
    lut: Math.round(content.lut),
    ff: Math.round(content.ff),
    multipliers,
    sramBytes: 0,
    areaSquareMillimetres: asicArea(content, technology).total,
  };
}

function laneMultipliers({ channelBlock, laneBlocks, laneMultiply }: LaneEngineParameters): number {
  return laneMultiply === 0 ? 0 : channelBlock * laneBlocks;
}
