import { asicArea, mapMultiplier, type Platform, type ResourceEstimate } from '@autodnnchip/core';

/** Parameters of an instance that its size follows from; named as in the chassis configuration. */
export interface LaneEngineParameters {
  readonly channelBlock: number;
  readonly laneBlocks: number;
  readonly laneMultiply: number;
  readonly laneRequantizeDivider: number;
}

interface LinearCost {
  readonly base: number;
  readonly perLane: number;
  readonly perProduct: number;
  readonly perRequantizer: number;
}

/**
 * Cells of the engine, fitted by least squares on the 13 `lane_engine` rows of `bench/synthesis/accel-shared-sweep.json`
 * (Yosys 0.23): every row within 3 % in LUT and 1 % in FF. A requantiser here is one with its table adder.
 */
const cells: Readonly<Record<'xcup' | 'ecp5', { readonly lut: LinearCost; readonly ff: LinearCost }>> = {
  xcup: {
    lut: { base: 1205, perLane: 46.6, perProduct: 7.8, perRequantizer: 569.8 },
    ff: { base: 1096, perLane: 82.7, perProduct: 15.1, perRequantizer: 635.2 },
  },
  ecp5: {
    lut: { base: 1414, perLane: 129.2, perProduct: -8.3, perRequantizer: 954.6 },
    ff: { base: 1481, perLane: 81.7, perProduct: 15, perRequantizer: 928.8 },
  },
};

function linear(cost: LinearCost, lanes: number, products: number, requantizers: number): number {
  return Math.round(cost.base + cost.perLane * lanes + cost.perProduct * products + cost.perRequantizer * requantizers);
}

/** Resources of one lane engine: a multiplier per lane where it has them, and per requantiser a 24 x 24 and a 26 x 8 one. */
export function laneEngineResources(parameters: LaneEngineParameters, platform: Platform): ResourceEstimate {
  const { channelBlock, laneBlocks, laneMultiply, laneRequantizeDivider } = parameters;
  const lanes = channelBlock * laneBlocks;
  const products = lanes * laneMultiply;
  const requantizers = channelBlock / laneRequantizeDivider;
  const family = platform.family === 'ecp5' ? 'ecp5' : 'xcup';
  const lut = linear(cells[family].lut, lanes, products, requantizers);
  const ff = linear(cells[family].ff, lanes, products, requantizers);
  if (platform.kind === 'asic') {
    const multipliers8Bit = products + requantizers * ((24 * 24 + 26 * 8) / 64);
    return { multipliers: products, areaSquareMillimetres: asicArea({ multipliers8Bit, lut, ff, sramBits: 0 }, platform.technology).total };
  }
  const perRequantizer = mapMultiplier(24, 24, family).dsp + mapMultiplier(26, 8, family).dsp;
  return { multipliers: products, lut, ff, dsp: products * mapMultiplier(8, 8, family).dsp + requantizers * perRequantizer };
}
