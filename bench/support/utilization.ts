import type { LayerPrediction } from '@autodnnchip/core';
import type { AccelSharedConfiguration, Schedule } from '@autodnnchip/plugin-accel-shared';

/** Multipliers of the engines; lanes without multipliers have none. */
export interface ChipMultipliers {
  readonly conv: number;
  readonly lane: number;
}

export function chipMultipliers({ channelBlock, outputParallelism, laneBlocks, laneMultiply }: AccelSharedConfiguration): ChipMultipliers {
  return { conv: channelBlock * outputParallelism, lane: channelBlock * laneBlocks * laneMultiply };
}

/** A convolution layer's use of multipliers. */
export interface LayerUse {
  readonly name: string;
  readonly operator: string;
  readonly engine: 'conv' | 'lane';
  readonly multiplyAccumulates: number;
  readonly cycles: number;
  /** Cycles of the engine's tasks alone. */
  readonly idealCycles: number;
  readonly limitedBy: string;
  /** MACs / (multipliers of its engine x cycles). */
  readonly utilization: number;
  /** Engine cycles beyond MACs / multipliers: channels that only fill words, requantisation, overhead. */
  readonly lostCycles: number;
  readonly bandwidthLimited: boolean;
  readonly counted: boolean;
}

/** Cycles are those of the simulated chip, from the end of the layer before to the end of this one. */
export function layerUses(schedule: Schedule, predicted: readonly LayerPrediction[], endCycles: readonly number[]): LayerUse[] {
  const multipliers = chipMultipliers(schedule.configuration);
  return schedule.layers.map((layer, index) => {
    const cycles = endCycles[index] - (index === 0 ? 0 : endCycles[index - 1]);
    const { limitedBy } = predicted[index];
    const bandwidthLimited = limitedBy === 'memoryRead' || limitedBy === 'memoryWrite';
    const perCycle = multipliers[layer.engine];
    return {
      name: layer.name, operator: layer.operator, engine: layer.engine, multiplyAccumulates: layer.multiplyAccumulates, cycles,
      idealCycles: layer.idealComputeCycles, limitedBy, utilization: perCycle === 0 ? 0 : layer.multiplyAccumulates / (perCycle * cycles),
      lostCycles: perCycle === 0 ? 0 : Math.round(cycles - layer.multiplyAccumulates / perCycle), bandwidthLimited,
      counted: layer.multiplyAccumulates > 0 && !bandwidthLimited,
    };
  });
}

/** MACs / (multipliers x cycles) over the layers counted. */
export interface UtilizationSummary {
  /** Each layer against the multipliers of the engine that it runs on. */
  readonly ownEngine: number;
  /** Layers on the convolution engine, against that engine. */
  readonly convEngine: number;
  /** Layers on the lane engine, against that engine. */
  readonly laneEngine: number;
  /** Every layer against all multipliers of the chip. */
  readonly wholeChip: number;
  /** All layers, also those that do not multiply or wait for memory, against all multipliers of the chip. */
  readonly wholeNetwork: number;
}

export function summarize(uses: readonly LayerUse[], configuration: AccelSharedConfiguration): UtilizationSummary {
  const multipliers = chipMultipliers(configuration);
  const ratio = (layers: readonly LayerUse[], perCycle: (use: LayerUse) => number): number => {
    const offered = layers.reduce((sum, use) => sum + perCycle(use) * use.cycles, 0);
    return offered === 0 ? 0 : layers.reduce((sum, use) => sum + use.multiplyAccumulates, 0) / offered;
  };
  const counted = uses.filter((use) => use.counted);
  const all = multipliers.conv + multipliers.lane;
  return {
    ownEngine: ratio(counted, (use) => multipliers[use.engine]),
    convEngine: ratio(counted.filter((use) => use.engine === 'conv'), () => multipliers.conv),
    laneEngine: ratio(counted.filter((use) => use.engine === 'lane'), () => multipliers.lane),
    wholeChip: ratio(counted, () => all),
    wholeNetwork: ratio(uses, () => all),
  };
}
