import { highestClockMegahertz, type IpDefinition, type IpLookup, type Platform } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import { engineIds } from '../emit/rtl-files.js';
import type { BlockResources, ChipResources } from '../prediction/fine-prediction.js';

/** Block of a prediction for each engine. */
const blockIds: Readonly<Record<(typeof engineIds)[number], string>> = { 'conv-adder-tree': 'convEngine', 'lane-engine': 'laneEngine' };

/** Highest clock of an instance on a chip of `luts` LUTs; undefined without a model of the family or of the block. */
export function highestClockOf(ip: IpDefinition, parameters: Readonly<Record<string, number>>, platform: Platform, luts: number): number | undefined {
  return ip.paths === undefined ? undefined : highestClockMegahertz(ip.paths(parameters), platform.family, luts);
}

/**
 * Adds the highest clock of the engines, and of the chip, which is the lowest of theirs: what lies around them has shorter paths
 * (docs/fmax.md). Without a model of the family, or of an engine, nothing is added.
 */
export function withHighestClock(chip: ChipResources, configuration: AccelSharedConfiguration, platform: Platform, ips: IpLookup): ChipResources {
  const luts = chip.total.lut;
  if (luts === undefined) return chip;
  const clocks = new Map<string, number>();
  for (const id of engineIds) {
    const fmaxMegahertz = highestClockOf(ips(id), { ...configuration }, platform, luts);
    if (fmaxMegahertz === undefined) return chip;
    clocks.set(blockIds[id], fmaxMegahertz);
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
