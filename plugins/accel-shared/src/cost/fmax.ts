import { highestClockMegahertz, type Platform } from '@autodnnchip/core';
import type { EngineDefinition, EngineValues } from '@autodnnchip/core/engine';

import { chipOf, engineValues } from '../chip/chip.js';
import type { AccelSharedConfiguration } from '../configuration.js';
import type { BlockResources, ChipResources } from '../prediction/fine-prediction.js';
import { engineBlock } from '../prediction/layer-energy.js';

/** Highest clock of an instance on a chip of `luts` LUTs; undefined without a model of the family or of the engine. */
export function highestClockOf(
  engine: EngineDefinition,
  values: EngineValues,
  platform: Platform,
  luts: number,
): number | undefined {
  return engine.paths === undefined ? undefined : highestClockMegahertz(engine.paths(values), platform.family, luts);
}

/**
 * Adds the highest clock of the engines, and of the chip, which is the lowest of theirs: what lies around them has
 * shorter paths (docs/fmax.md). Without a model of the family, or of an engine, nothing is added.
 */
export function withHighestClock(
  chip: ChipResources,
  configuration: AccelSharedConfiguration,
  platform: Platform,
): ChipResources {
  const luts = chip.total.lut;
  if (luts === undefined) return chip;
  const { engines } = chipOf(configuration);
  const clocks = new Map<string, number>();
  for (const [index, definition] of configuration.engines.entries()) {
    const fmaxMegahertz = highestClockOf(definition, engineValues(configuration, definition), platform, luts);
    if (fmaxMegahertz === undefined) return chip;
    clocks.set(engineBlock(engines[index].unit), fmaxMegahertz);
  }
  const fmaxMegahertz = Math.min(...clocks.values());
  const total = { ...chip.total, fmaxMegahertz };
  return {
    ...chip,
    total,
    clocked: chip.clocked === chip.total ? total : chip.clocked,
    blocks: chip.blocks.map((block): BlockResources => {
      const own = clocks.get(block.id);
      return own === undefined ? block : { ...block, resources: { ...block.resources, fmaxMegahertz: own } };
    }),
  };
}
