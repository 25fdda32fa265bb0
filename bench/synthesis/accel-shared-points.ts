import type { SynthesisTarget } from '@autodnnchip/core';
import type { AccelSharedConfiguration } from '@autodnnchip/plugin-accel-shared';

/** What a row of the sweep is for: blocks and chips that the formulas were fitted to, and chips that they are held against. */
export type RowPurpose = 'fit' | 'heldOut';

export interface BlockPoint {
  readonly block: 'conv_engine' | 'lane_engine';
  /** Parameters of the SystemVerilog module. */
  readonly parameters: Readonly<Record<string, number>>;
}

export interface ChipPoint {
  readonly name: string;
  readonly purpose: RowPurpose;
  readonly targets: readonly SynthesisTarget[];
  readonly configuration: AccelSharedConfiguration;
}

function conv(channelBlock: number, outputs: number, divider: number, partialSumDepth: number): BlockPoint {
  return {
    block: 'conv_engine',
    parameters: {
      CHANNEL_BLOCK: channelBlock, OUTPUTS: outputs, REQUANTIZE_DIVIDER: divider, PARTIAL_SUM_DEPTH: partialSumDepth,
      PARTIAL_SUM_WIDTH: Math.max(1, Math.ceil(Math.log2(partialSumDepth))),
    },
  };
}

function lane(channelBlock: number, laneBlocks: number, multiply: number, divider: number): BlockPoint {
  return { block: 'lane_engine', parameters: { CHANNEL_BLOCK: channelBlock, LANE_BLOCKS: laneBlocks, MULTIPLY: multiply, REQUANTIZE_DIVIDER: divider } };
}

/** Engines alone, with all bits of their addresses: they show how an engine grows with each of its parameters. */
export const blockPoints: readonly BlockPoint[] = [
  conv(4, 4, 1, 16), conv(4, 4, 4, 16), conv(4, 8, 2, 64), conv(8, 8, 1, 16), conv(8, 8, 2, 64), conv(8, 8, 4, 64), conv(8, 16, 2, 64),
  conv(8, 32, 4, 128), conv(12, 12, 2, 64), conv(16, 16, 2, 64), conv(16, 16, 4, 256), conv(16, 32, 2, 16), conv(32, 32, 4, 64),
  lane(4, 1, 1, 1), lane(4, 4, 1, 2), lane(8, 1, 1, 2), lane(8, 1, 1, 4), lane(8, 2, 1, 2), lane(8, 2, 0, 2), lane(8, 4, 1, 4), lane(12, 2, 1, 2),
  lane(16, 1, 1, 1), lane(16, 2, 1, 2), lane(16, 2, 0, 4), lane(16, 4, 1, 4), lane(32, 1, 1, 4), lane(32, 2, 1, 4),
];

const small: AccelSharedConfiguration = {
  channelBlock: 8, outputParallelism: 8, busBytes: 4, laneBlocks: 1, laneMultiply: 1, convRequantizeDivider: 2, laneRequantizeDivider: 2,
  activationDepth: 2048, weightDepth: 512, convParameterDepth: 128, partialSumDepth: 64, convOutputDepth: 1024,
  laneInputDepth: 1024, laneWeightDepth: 128, laneParameterDepth: 128, laneOutputDepth: 1024,
  burstBeats: 64, outstandingReads: 4, queueDepth: 4, programBlock: 16,
};

const large: AccelSharedConfiguration = {
  channelBlock: 16, outputParallelism: 16, busBytes: 16, laneBlocks: 2, laneMultiply: 1, convRequantizeDivider: 2, laneRequantizeDivider: 2,
  activationDepth: 8192, weightDepth: 1024, convParameterDepth: 512, partialSumDepth: 64, convOutputDepth: 4096,
  laneInputDepth: 2048, laneWeightDepth: 512, laneParameterDepth: 512, laneOutputDepth: 4096,
  burstBeats: 64, outstandingReads: 8, queueDepth: 4, programBlock: 32,
};

const tiny: AccelSharedConfiguration = {
  channelBlock: 4, outputParallelism: 4, busBytes: 4, laneBlocks: 1, laneMultiply: 1, convRequantizeDivider: 2, laneRequantizeDivider: 4,
  activationDepth: 700, weightDepth: 150, convParameterDepth: 37, partialSumDepth: 21, convOutputDepth: 260,
  laneInputDepth: 300, laneWeightDepth: 40, laneParameterDepth: 33, laneOutputDepth: 260,
  burstBeats: 16, outstandingReads: 3, queueDepth: 2, programBlock: 9,
};

const both = ['xcup', 'ecp5'] as const;

function chip(name: string, purpose: RowPurpose, base: AccelSharedConfiguration, changes: Partial<AccelSharedConfiguration> = {},
  targets: readonly SynthesisTarget[] = both): ChipPoint {
  return { name, purpose, targets, configuration: { ...base, ...changes } };
}

/** Whole chips: `fit` rows give what lies around the engines, `heldOut` rows test the sum of all formulas. */
export const chipPoints: readonly ChipPoint[] = [
  chip('small', 'fit', small),
  chip('small-wide-bus', 'fit', small, { busBytes: 8, burstBeats: 32 }),
  chip('small-deep-queues', 'fit', small, { queueDepth: 16, outstandingReads: 16, programBlock: 64 }),
  chip('small-shallow-queues', 'fit', small, { queueDepth: 2, outstandingReads: 2, programBlock: 8, burstBeats: 16 }),
  chip('small-shallow-buffers', 'fit', small, {
    activationDepth: 512, weightDepth: 64, convParameterDepth: 32, partialSumDepth: 16, convOutputDepth: 256, laneInputDepth: 256,
    laneWeightDepth: 32, laneParameterDepth: 32, laneOutputDepth: 256,
  }),
  chip('small-deep-buffers', 'fit', small, {
    activationDepth: 16384, weightDepth: 2048, convParameterDepth: 1024, partialSumDepth: 256, convOutputDepth: 8192, laneInputDepth: 4096,
    laneWeightDepth: 1024, laneParameterDepth: 1024, laneOutputDepth: 8192,
  }),
  chip('narrow', 'fit', small, { channelBlock: 4, outputParallelism: 8, convRequantizeDivider: 1, laneRequantizeDivider: 1, laneBlocks: 4 }),
  chip('odd-block', 'fit', small, { channelBlock: 12, outputParallelism: 12, laneBlocks: 2 }),
  chip('large', 'fit', large, {}, ['xcup', 'ecp5', 'asic']),
  chip('large-narrow-bus', 'fit', large, { busBytes: 4, convRequantizeDivider: 4, laneRequantizeDivider: 4, laneMultiply: 0 }),
  chip('widest-word', 'fit', large, { channelBlock: 32, outputParallelism: 32, laneBlocks: 1, busBytes: 32, convRequantizeDivider: 4, laneRequantizeDivider: 4, weightDepth: 512 }, ['xcup']),

  chip('tiny', 'heldOut', tiny, {}, ['xcup', 'ecp5', 'asic']),
  chip('ecp5-85f-like', 'heldOut', small, {
    busBytes: 8, laneBlocks: 2, activationDepth: 4096, convParameterDepth: 256, convOutputDepth: 2048, laneWeightDepth: 256, laneParameterDepth: 256,
    laneOutputDepth: 2048, outstandingReads: 8, programBlock: 32,
  }),
  chip('ecp5-85f-like-wide', 'heldOut', small, { outputParallelism: 16, convRequantizeDivider: 4, laneRequantizeDivider: 4, weightDepth: 256, activationDepth: 4096 }),
  chip('more-lanes', 'heldOut', large, { laneBlocks: 4, laneRequantizeDivider: 4, activationDepth: 4096, busBytes: 8, outstandingReads: 4 }),
  chip('pooling-only', 'heldOut', small, { laneMultiply: 0, laneBlocks: 2, convRequantizeDivider: 4, outputParallelism: 24, partialSumDepth: 32, laneInputDepth: 700 }),
  chip('odd-block-wide', 'heldOut', small, { channelBlock: 20, outputParallelism: 20, convRequantizeDivider: 4, laneRequantizeDivider: 2, activationDepth: 1500, queueDepth: 3 }),
  chip('two-outputs', 'heldOut', large, { outputParallelism: 32, laneBlocks: 1, convRequantizeDivider: 2, laneRequantizeDivider: 4, weightDepth: 512, laneOutputDepth: 2048 }),
];
