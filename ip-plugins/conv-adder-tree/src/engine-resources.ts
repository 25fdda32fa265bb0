import {
  asicArea,
  largestFlipFlopMemoryWords,
  mapMemory,
  mapMultiplier,
  selectorLuts,
  type FpgaFamily,
  type FpgaResources,
  type Platform,
  type ResourceEstimate,
  type Technology,
} from '@autodnnchip/core';
import { convEngineLogic, type ConvEngineCoefficients } from './engine-logic.js';
import { convEngineParameters, type ConvEngineParameters } from './parameters.js';

/** Products of a requantiser: a 25-bit significand times the two parts of a scale's 24 bits, as signed operands. */
const requantizerProducts = [
  [26, 18],
  [26, 8],
] as const;
/** The same in 8-bit multipliers, for the area of an ASIC. */
const requantizerMultipliers8Bit = (25 * 24) / 64;

/** Cells of an engine on an FPGA. */
export interface EngineCells extends FpgaResources {
  readonly multipliers: number;
}

/**
 * Resources of one engine: multipliers, adder trees, requantisers, sequencer and partial sums; buffers around it are
 * the chassis'.
 */
export function convEngineResources(values: Readonly<Record<string, number>>, platform: Platform): ResourceEstimate {
  const parameters = convEngineParameters(values);
  return platform.family === 'asic'
    ? asicResources(parameters, platform.technology)
    : convEngineCells(parameters, platform.family);
}

/** The same from checked parameters, on an FPGA; with `coefficients` while they are being fitted. */
export function convEngineCells(
  parameters: ConvEngineParameters,
  family: FpgaFamily,
  coefficients?: ConvEngineCoefficients,
): EngineCells {
  const { channelBlock, outputParallelism, convRequantizeDivider, partialSumDepth } = parameters;
  const multipliers = channelBlock * outputParallelism;
  const requantizers = channelBlock / convRequantizeDivider;
  const logic = convEngineLogic(parameters, family, coefficients);
  const partialSums = mapMemory(
    { widthBits: 32 * outputParallelism, depth: partialSumDepth, style: 'auto', readDuringWrite: false },
    family,
  );
  let dsp = multipliers * mapMultiplier(8, 8, family).dsp;
  for (const [left, right] of requantizerProducts) dsp += requantizers * mapMultiplier(left, right, family).dsp;
  return {
    lut: Math.round(logic.lut + partialSums.lut),
    ff: Math.round(logic.ff + partialSums.ff),
    dsp,
    bram: partialSums.bram,
    multipliers,
  };
}

/** Logic as on UltraScale+ without its shift registers; flip-flops as on ECP5, which has none of those either. */
function asicResources(parameters: ConvEngineParameters, technology: Technology): ResourceEstimate {
  const { channelBlock, outputParallelism, convRequantizeDivider, partialSumDepth } = parameters;
  const multipliers = channelBlock * outputParallelism;
  const { lut, shiftRegisterLut } = convEngineLogic(parameters, 'xcup');
  const rowBits = 32 * outputParallelism;
  const inFlipFlops = partialSumDepth <= largestFlipFlopMemoryWords;
  const content = {
    multipliers8Bit: multipliers + (channelBlock / convRequantizeDivider) * requantizerMultipliers8Bit,
    lut: lut - shiftRegisterLut + (inFlipFlops ? rowBits * selectorLuts(partialSumDepth, 'xcup') : 0),
    ff: convEngineLogic(parameters, 'ecp5').ff + rowBits * (inFlipFlops ? partialSumDepth + 2 : 1),
    sramBits: inFlipFlops ? 0 : rowBits * partialSumDepth,
  };
  return {
    lut: Math.round(content.lut),
    ff: Math.round(content.ff),
    multipliers,
    sramBytes: content.sramBits / 8,
    areaSquareMillimetres: asicArea(content, technology).total,
  };
}
