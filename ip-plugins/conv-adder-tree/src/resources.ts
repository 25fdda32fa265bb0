import { asicArea, mapMultiplier, type Platform, type ResourceEstimate } from '@autodnnchip/core';

/** Parameters of an instance that its size follows from; named as in the chassis configuration. */
export interface ConvEngineParameters {
  readonly channelBlock: number;
  readonly outputParallelism: number;
  readonly convRequantizeDivider: number;
}

interface LinearCost {
  readonly base: number;
  readonly perOutput: number;
  readonly perProduct: number;
  readonly perRequantizer: number;
}

/**
 * Cells of the engine with its partial-sum memory, fitted by least squares on the 26 `conv_engine` rows of
 * `bench/synthesis/accel-shared-sweep.json` (Yosys 0.23): every row within 7 % in LUT and 4 % in FF.
 */
const cells: Readonly<Record<'xcup' | 'ecp5', { readonly lut: LinearCost; readonly ff: LinearCost }>> = {
  xcup: {
    lut: { base: 1180, perOutput: 22.9, perProduct: 17.4, perRequantizer: 387.3 },
    ff: { base: 1050, perOutput: 82.3, perProduct: 43.1, perRequantizer: 417.9 },
  },
  ecp5: {
    lut: { base: 1528, perOutput: 56, perProduct: 19.9, perRequantizer: 563 },
    ff: { base: 1359, perOutput: 60.9, perProduct: 43.2, perRequantizer: 588.3 },
  },
};

function linear(cost: LinearCost, outputs: number, products: number, requantizers: number): number {
  return Math.round(cost.base + cost.perOutput * outputs + cost.perProduct * products + cost.perRequantizer * requantizers);
}

/** Resources of one convolution engine: a multiplier per product and a 24 x 24 one per requantiser. */
export function convEngineResources(parameters: ConvEngineParameters, platform: Platform): ResourceEstimate {
  const { channelBlock, outputParallelism, convRequantizeDivider } = parameters;
  const products = channelBlock * outputParallelism;
  const requantizers = channelBlock / convRequantizeDivider;
  const family = platform.family === 'ecp5' ? 'ecp5' : 'xcup';
  const lut = linear(cells[family].lut, outputParallelism, products, requantizers);
  const ff = linear(cells[family].ff, outputParallelism, products, requantizers);
  if (platform.kind === 'asic') {
    const multipliers8Bit = products + requantizers * (24 * 24 / 64);
    return { multipliers: products, areaSquareMillimetres: asicArea({ multipliers8Bit, lut, ff, sramBits: 0 }, platform.technology).total };
  }
  return { multipliers: products, lut, ff, dsp: products * mapMultiplier(8, 8, family).dsp + requantizers * mapMultiplier(24, 24, family).dsp };
}
