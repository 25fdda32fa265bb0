import { createRandom } from '@autodnnchip/core';
import type { ChipNumbers } from '../../test/support/chip-engines.js';

/** `fit`: coefficients come from it; these rows were placed before all others. `heldOut`: it only tests them. */
export type RowPurpose = 'fit' | 'heldOut';

/** An engine alone behind a shell, in the terms of its package. */
export interface EnginePoint {
  readonly name: string;
  readonly purpose: RowPurpose;
  readonly ip: 'conv-adder-tree' | 'lane-engine';
  readonly top: 'conv_engine' | 'lane_engine';
  readonly rtlParameters: Readonly<Record<string, number>>;
  /** The same in the names of the configuration. */
  readonly parameters: Readonly<Record<string, number>>;
}

export interface ChipPoint {
  readonly name: string;
  readonly purpose: RowPurpose;
  readonly configuration: ChipNumbers;
}

function conv(
  channelBlock: number,
  outputParallelism: number,
  convRequantizeDivider: number,
  partialSumDepth: number,
  purpose: RowPurpose = 'heldOut',
): EnginePoint {
  return {
    name: `conv ${channelBlock} ${outputParallelism} ${convRequantizeDivider}`,
    purpose,
    ip: 'conv-adder-tree',
    top: 'conv_engine',
    rtlParameters: {
      CHANNEL_BLOCK: channelBlock,
      OUTPUTS: outputParallelism,
      REQUANTIZE_DIVIDER: convRequantizeDivider,
      PARTIAL_SUM_DEPTH: partialSumDepth,
      PARTIAL_SUM_WIDTH: Math.ceil(Math.log2(partialSumDepth)),
    },
    parameters: { channelBlock, outputParallelism, convRequantizeDivider, partialSumDepth },
  };
}

function lane(
  channelBlock: number,
  laneBlocks: number,
  laneMultiply: number,
  laneRequantizeDivider: number,
  purpose: RowPurpose = 'heldOut',
): EnginePoint {
  return {
    name: `lane ${channelBlock} ${laneBlocks} ${laneMultiply} ${laneRequantizeDivider}`,
    purpose,
    ip: 'lane-engine',
    top: 'lane_engine',
    rtlParameters: {
      CHANNEL_BLOCK: channelBlock,
      LANE_BLOCKS: laneBlocks,
      MULTIPLY: laneMultiply,
      REQUANTIZE_DIVIDER: laneRequantizeDivider,
    },
    parameters: { channelBlock, laneBlocks, laneMultiply, laneRequantizeDivider },
  };
}

/** Seed of what is drawn. */
export const drawSeed = 85;

/** Engines small enough to be placed in minutes: they show how speed follows size and number of requantisers. */
const chosenEngines: readonly EnginePoint[] = [
  conv(4, 4, 4, 16, 'fit'),
  lane(4, 1, 1, 4, 'fit'),
  conv(4, 4, 1, 16),
  lane(4, 1, 0, 1),
  conv(4, 8, 2, 64),
  lane(8, 1, 1, 4),
  conv(8, 8, 4, 64),
  lane(8, 2, 1, 2),
];

const tiny: ChipNumbers = {
  channelBlock: 4,
  outputParallelism: 4,
  busBytes: 4,
  laneBlocks: 1,
  laneMultiply: 1,
  convRequantizeDivider: 2,
  laneRequantizeDivider: 4,
  activationDepth: 700,
  weightDepth: 150,
  convParameterDepth: 37,
  partialSumDepth: 21,
  convOutputDepth: 260,
  laneInputDepth: 300,
  laneWeightDepth: 40,
  laneParameterDepth: 33,
  laneOutputDepth: 260,
  burstBeats: 16,
  outstandingReads: 3,
  queueDepth: 2,
  programBlock: 9,
};

const chosenChips: readonly ChipPoint[] = [
  { name: 'tiny', purpose: 'fit', configuration: tiny },
  {
    name: 'more-requantizers',
    purpose: 'heldOut',
    configuration: { ...tiny, convRequantizeDivider: 1, laneRequantizeDivider: 1, queueDepth: 4 },
  },
  {
    name: 'deep-buffers',
    purpose: 'heldOut',
    configuration: {
      ...tiny,
      outputParallelism: 8,
      activationDepth: 8192,
      weightDepth: 1024,
      convOutputDepth: 4096,
      laneInputDepth: 4096,
      laneOutputDepth: 4096,
      partialSumDepth: 64,
    },
  },
];

/** Of the default size for an ECP5-85F: what users get, and slow to place. */
const defaultSize: ChipPoint = {
  name: 'ecp5-85f-like',
  purpose: 'heldOut',
  configuration: {
    channelBlock: 8,
    outputParallelism: 8,
    busBytes: 8,
    laneBlocks: 2,
    laneMultiply: 1,
    convRequantizeDivider: 2,
    laneRequantizeDivider: 2,
    activationDepth: 4096,
    weightDepth: 512,
    convParameterDepth: 256,
    partialSumDepth: 64,
    convOutputDepth: 2048,
    laneInputDepth: 1024,
    laneWeightDepth: 256,
    laneParameterDepth: 256,
    laneOutputDepth: 2048,
    burstBeats: 64,
    outstandingReads: 8,
    queueDepth: 4,
    programBlock: 32,
  },
};

/** Chips drawn from those that can be placed within minutes: words of 4 bytes, or of 8 with few requantisers. */
function drawChips(seed: number, count: number): readonly ChipPoint[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index): ChipPoint => {
    const channelBlock = random.pick([4, 4, 4, 8]);
    const dividers = channelBlock === 4 ? [1, 2, 4] : [4];
    return {
      name: `drawn-${index + 1}`,
      purpose: 'heldOut',
      configuration: {
        channelBlock,
        outputParallelism: channelBlock * (channelBlock === 4 ? random.pick([1, 2, 3]) : 1),
        busBytes: random.pick(channelBlock === 4 ? [4] : [4, 8]),
        laneBlocks: random.pick(channelBlock === 4 ? [1, 1, 2] : [1]),
        laneMultiply: random.pick([0, 1]),
        convRequantizeDivider: random.pick(dividers),
        laneRequantizeDivider: random.pick(dividers),
        activationDepth: 256 + random.integer(4000),
        weightDepth: 64 + random.integer(700),
        convParameterDepth: 32 + random.integer(200),
        partialSumDepth: random.pick([16, 32, 64, 128]),
        convOutputDepth: 256 + random.integer(3000),
        laneInputDepth: 256 + random.integer(3000),
        laneWeightDepth: 32 + random.integer(200),
        laneParameterDepth: 32 + random.integer(200),
        laneOutputDepth: 256 + random.integer(3000),
        burstBeats: random.pick([16, 64]),
        outstandingReads: random.pick([2, 4, 8]),
        queueDepth: random.pick([2, 4]),
        programBlock: 8 + random.integer(24),
      },
    };
  });
}

/** Whole chips in the order in which they are placed. */
export const chipPoints: readonly ChipPoint[] = [...chosenChips, ...drawChips(drawSeed, 10), defaultSize];

/** Engines drawn from those that can be placed within minutes, no two alike and none that was chosen. */
function drawEngines(seed: number, count: number): readonly EnginePoint[] {
  const random = createRandom(seed);
  const seen = new Set(chosenEngines.map(({ name }) => name));
  const drawn: EnginePoint[] = [];
  while (drawn.length < count) {
    const channelBlock = random.pick([4, 4, 8]);
    const divider = random.pick([1, 2, 4]);
    const point =
      random.integer(2) === 0
        ? conv(
            channelBlock,
            channelBlock * random.pick(channelBlock === 4 ? [1, 2, 3, 4] : [1, 2]),
            divider,
            random.pick([16, 32, 64, 128]),
          )
        : lane(channelBlock, random.pick([1, 2, 4]), random.integer(2), divider);
    if (!seen.has(point.name)) drawn.push(point);
    seen.add(point.name);
  }
  return drawn;
}

export const enginePoints: readonly EnginePoint[] = [...chosenEngines, ...drawEngines(drawSeed, 10)];
