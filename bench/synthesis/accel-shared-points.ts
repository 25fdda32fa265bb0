import { createRandom, type Random } from '@autodnnchip/core';
import type { ChipNumbers } from '../../test/support/chip-engines.js';

/** What a chip is for: the formulas are fitted to `fit` chips and to the blocks, and held against `check` chips. */
export type RowPurpose = 'fit' | 'check';

export interface BlockPoint {
  readonly block: 'conv_engine' | 'lane_engine';
  /** Parameters of the SystemVerilog module. */
  readonly parameters: Readonly<Record<string, number>>;
}

export interface ChipPoint {
  readonly name: string;
  readonly purpose: RowPurpose;
  readonly configuration: ChipNumbers;
}

function conv(channelBlock: number, outputs: number, divider: number, partialSumDepth: number): BlockPoint {
  return {
    block: 'conv_engine',
    parameters: {
      CHANNEL_BLOCK: channelBlock,
      OUTPUTS: outputs,
      REQUANTIZE_DIVIDER: divider,
      PARTIAL_SUM_DEPTH: partialSumDepth,
      PARTIAL_SUM_WIDTH: Math.max(1, Math.ceil(Math.log2(partialSumDepth))),
    },
  };
}

function lane(channelBlock: number, laneBlocks: number, multiply: number, divider: number): BlockPoint {
  return {
    block: 'lane_engine',
    parameters: {
      CHANNEL_BLOCK: channelBlock,
      LANE_BLOCKS: laneBlocks,
      MULTIPLY: multiply,
      REQUANTIZE_DIVIDER: divider,
    },
  };
}

/** Engines alone, with all bits of their addresses: they show how an engine grows with each of its parameters. */
export const blockPoints: readonly BlockPoint[] = [
  conv(4, 4, 1, 16),
  conv(4, 4, 4, 16),
  conv(4, 8, 2, 64),
  conv(8, 8, 1, 16),
  conv(8, 8, 2, 64),
  conv(8, 8, 4, 64),
  conv(8, 16, 2, 64),
  conv(8, 32, 4, 128),
  conv(12, 12, 2, 64),
  conv(16, 16, 2, 64),
  conv(16, 16, 4, 256),
  conv(16, 32, 2, 16),
  conv(32, 32, 4, 64),
  lane(4, 1, 1, 1),
  lane(4, 4, 1, 2),
  lane(8, 1, 1, 2),
  lane(8, 1, 1, 4),
  lane(8, 2, 1, 2),
  lane(8, 2, 0, 2),
  lane(8, 4, 1, 4),
  lane(12, 2, 1, 2),
  lane(16, 1, 1, 1),
  lane(16, 2, 1, 2),
  lane(16, 2, 0, 4),
  lane(16, 4, 1, 4),
  lane(32, 1, 1, 4),
  lane(32, 2, 1, 4),
];

const small: ChipNumbers = {
  channelBlock: 8,
  outputParallelism: 8,
  busBytes: 4,
  laneBlocks: 1,
  laneMultiply: 1,
  convRequantizeDivider: 2,
  laneRequantizeDivider: 2,
  activationDepth: 2048,
  weightDepth: 512,
  convParameterDepth: 128,
  partialSumDepth: 64,
  convOutputDepth: 1024,
  laneInputDepth: 1024,
  laneWeightDepth: 128,
  laneParameterDepth: 128,
  laneOutputDepth: 1024,
  burstBeats: 64,
  outstandingReads: 4,
  queueDepth: 4,
  programBlock: 16,
};

const large: ChipNumbers = {
  channelBlock: 16,
  outputParallelism: 16,
  busBytes: 16,
  laneBlocks: 2,
  laneMultiply: 1,
  convRequantizeDivider: 2,
  laneRequantizeDivider: 2,
  activationDepth: 8192,
  weightDepth: 1024,
  convParameterDepth: 512,
  partialSumDepth: 64,
  convOutputDepth: 4096,
  laneInputDepth: 2048,
  laneWeightDepth: 512,
  laneParameterDepth: 512,
  laneOutputDepth: 4096,
  burstBeats: 64,
  outstandingReads: 8,
  queueDepth: 4,
  programBlock: 32,
};

/** Chips that differ from `small` in one respect, and others of even sizes. */
const plannedChips: readonly ChipPoint[] = [
  fitChip('small', small),
  fitChip('small-wide-bus', { ...small, busBytes: 8, burstBeats: 32 }),
  fitChip('small-deep-queues', { ...small, queueDepth: 16, outstandingReads: 16, programBlock: 64 }),
  fitChip('small-shallow-queues', { ...small, queueDepth: 2, outstandingReads: 2, programBlock: 8, burstBeats: 16 }),
  fitChip('small-shallow-buffers', {
    ...small,
    activationDepth: 512,
    weightDepth: 64,
    convParameterDepth: 32,
    partialSumDepth: 16,
    convOutputDepth: 256,
    laneInputDepth: 256,
    laneWeightDepth: 32,
    laneParameterDepth: 32,
    laneOutputDepth: 256,
  }),
  fitChip('small-deep-buffers', {
    ...small,
    activationDepth: 16384,
    weightDepth: 2048,
    convParameterDepth: 1024,
    partialSumDepth: 256,
    convOutputDepth: 8192,
    laneInputDepth: 4096,
    laneWeightDepth: 1024,
    laneParameterDepth: 1024,
    laneOutputDepth: 8192,
  }),
  fitChip('narrow', {
    ...small,
    channelBlock: 4,
    outputParallelism: 8,
    convRequantizeDivider: 1,
    laneRequantizeDivider: 1,
    laneBlocks: 4,
  }),
  fitChip('odd-block', { ...small, channelBlock: 12, outputParallelism: 12, laneBlocks: 2 }),
];

function fitChip(name: string, configuration: ChipNumbers): ChipPoint {
  return { name, purpose: 'fit', configuration };
}

/** Chips with more products a cycle are not drawn, but for square ones: they take Yosys too long. */
const largestDrawnProducts = 144;

/** Chips take these in turn, so that a few draws have all of them; everything else is left to chance. */
const drawnChannelBlocks = [12, 8, 4, 8, 4] as const;

/** Any legal configuration of small to middling size; depths are not round, and as often shallow as deep. */
function drawConfiguration(random: Random, index: number): ChipNumbers {
  const channelBlock = drawnChannelBlocks[index % drawnChannelBlocks.length] ?? 8;
  const factor = 1 + random.integer(Math.max(1, Math.min(4, Math.floor(largestDrawnProducts / channelBlock ** 2))));
  const busBytes = random.pick([4, 8, 16].filter(bytes => channelBlock % bytes === 0));
  const depth = (low: number, high: number): number => Math.round(low * (high / low) ** random.next());
  return {
    channelBlock,
    outputParallelism: channelBlock * factor,
    busBytes,
    laneBlocks: random.pick([1, 2, 4]),
    laneMultiply: index % 3 === 2 ? 0 : 1,
    convRequantizeDivider: random.pick([1, 2, 4]),
    laneRequantizeDivider: random.pick([1, 2, 4]),
    activationDepth: depth(256, 8192),
    weightDepth: depth(32, 1024),
    convParameterDepth: depth(16, 512),
    partialSumDepth: depth(4, 256),
    convOutputDepth: depth(64, 4096),
    laneInputDepth: depth(64, 4096),
    laneWeightDepth: depth(16, 512),
    laneParameterDepth: depth(16, 512),
    laneOutputDepth: depth(64, 4096),
    burstBeats: random.pick([16, 32, 64, 128]),
    outstandingReads: 1 + random.integer(12),
    queueDepth: 1 + random.integer(8),
    programBlock: 4 + random.integer(60),
  };
}

function drawnChips(purpose: RowPurpose, seed: number, count: number): ChipPoint[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => ({
    name: `${purpose}-${index + 1}`,
    purpose,
    configuration: drawConfiguration(random, index),
  }));
}

const fitSeed = 1;
const checkSeed = 2;

const drawnFitChips = drawnChips('fit', fitSeed, 5);
const drawnCheckChips = drawnChips('check', checkSeed, 10);

/**
 * Whole chips, in the order in which they are synthesised: `fit` rows give what lies around the engines, `check` rows
 * test the sum of all formulas.
 */
export const chipPoints: readonly ChipPoint[] = [
  ...plannedChips,
  ...drawnFitChips.flatMap((chip, index) => [chip, ...drawnCheckChips.slice(3 * index, 3 * index + 3)]),
  fitChip('large', large),
];
