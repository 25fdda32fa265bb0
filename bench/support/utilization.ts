import type { LayerPrediction } from '@autodnnchip/core';
import type { Schedule } from '@autodnnchip/plugin-accel-shared';

import type { ChipOfTests } from '../../test/support/chip-engines.js';

/** Multipliers of the engines; lanes without multipliers have none. */
export interface ChipMultipliers {
  readonly conv: number;
  readonly lane: number;
}

export function chipMultipliers({
  channelBlock,
  outputParallelism,
  laneBlocks,
  laneMultiply,
}: ChipOfTests): ChipMultipliers {
  return { conv: channelBlock * outputParallelism, lane: channelBlock * laneBlocks * laneMultiply };
}

/** A convolution layer's use of multipliers. */
export interface LayerUse {
  readonly name: string;
  readonly operator: string;
  readonly engine: keyof ChipMultipliers;
  readonly multiplyAccumulates: number;
  /** From the end of the layer before to the end of this one, simulated. */
  readonly cycles: number;
  /** Cycles of its engine's tasks alone. */
  readonly taskCycles: number;
  /** The larger of both: tasks may run while the layer before ends. */
  readonly engineCycles: number;
  readonly limitedBy: string;
  /** MACs / (multipliers of its engine x engine cycles). */
  readonly utilization: number;
  /** Engine cycles beyond MACs / multipliers: channels that only fill words, requantisation, overhead. */
  readonly lostCycles: number;
  /** A layer that multiplies and is not limited by memory bandwidth. */
  readonly counted: boolean;
}

/** `endCycles`: of each layer, simulated. */
export function layerUses(
  schedule: Schedule,
  configuration: ChipOfTests,
  predicted: readonly LayerPrediction[],
  endCycles: readonly number[],
): LayerUse[] {
  const multipliers = chipMultipliers(configuration);
  return schedule.layers.map((layer, index) => {
    const cycles = endCycles[index] - (index === 0 ? 0 : endCycles[index - 1]);
    const engineCycles = Math.max(cycles, layer.idealComputeCycles);
    const { limitedBy } = predicted[index];
    const { name, operator, multiplyAccumulates } = layer;
    const engine = layer.engine === 'lane' ? 'lane' : 'conv';
    const needed = multiplyAccumulates / Math.max(1, multipliers[engine]);
    return {
      name,
      operator,
      engine,
      multiplyAccumulates,
      cycles,
      taskCycles: layer.idealComputeCycles,
      engineCycles,
      limitedBy,
      utilization: needed / engineCycles,
      lostCycles: Math.round(engineCycles - needed),
      counted: multiplyAccumulates > 0 && limitedBy !== 'memoryRead' && limitedBy !== 'memoryWrite',
    };
  });
}

/** MACs / (multipliers x cycles) over the layers counted. */
export interface UtilizationSummary {
  /** Each layer against the multipliers of the engine that it runs on, and that engine's cycles. */
  readonly ownEngine: number;
  /** Layers on the convolution engine, against that engine. */
  readonly convEngine: number;
  /** Layers on the lane engine, against that engine. */
  readonly laneEngine: number;
  /** Every layer against all multipliers of the chip, and the time that passes. */
  readonly wholeChip: number;
  /** All layers, also those that do not multiply or wait for memory, against all multipliers of the chip. */
  readonly wholeNetwork: number;
}

export function summarize(uses: readonly LayerUse[], configuration: ChipOfTests): UtilizationSummary {
  const multipliers = chipMultipliers(configuration);
  const ratio = (layers: readonly LayerUse[], offer: (use: LayerUse) => number): number => {
    const offered = layers.reduce((sum, use) => sum + offer(use), 0);
    return offered === 0 ? 0 : layers.reduce((sum, use) => sum + use.multiplyAccumulates, 0) / offered;
  };
  const own = (use: LayerUse): number => multipliers[use.engine] * use.engineCycles;
  const all = (use: LayerUse): number => (multipliers.conv + multipliers.lane) * use.cycles;
  const counted = uses.filter(use => use.counted);
  return {
    ownEngine: ratio(counted, own),
    convEngine: ratio(
      counted.filter(({ engine }) => engine === 'conv'),
      own,
    ),
    laneEngine: ratio(
      counted.filter(({ engine }) => engine === 'lane'),
      own,
    ),
    wholeChip: ratio(counted, all),
    wholeNetwork: ratio(uses, all),
  };
}
