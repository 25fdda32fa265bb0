import { brokenResourceLimits, ChipError, type Network, type Platform, type ResourceEstimate } from '@autodnnchip/core';
import { proposedSizes, type EngineDefinition, type EngineValues, type SizeRequest } from '@autodnnchip/core/engine';

import { parameterKey } from './chip/chip.js';
import type { AccelSharedConfiguration, ChassisValues } from './configuration.js';
import { chassisFor, hasDepthwise } from './default-chip.js';
import { engineList } from './engine-presence.js';
import { mostMultipliers } from './most-multipliers.js';
import { checkEngine, narrowestBusBytes } from './parameters.js';

/** Words worth trying, larger ones first. */
const channelBlocks = [32, 24, 16, 12, 8, 4];
/** Sizes of buffers worth trying: of chips that the coarse mode cannot tell apart the first is refined. */
const bufferScales = [2, 1, 0.5, 0.25];
/**
 * Combinations of the engines' proposals, per word and size of buffers: each engine has so many of its first proposals
 * tried as the root says. Two engines may propose 16 sizes each, three 6, four 4.
 */
const mostCombinations = 256;
/** Lists of engines: all that there are of up to so many engines; of more engines the whole list and single ones. */
const mostChosenAmong = 4;

/** An engine's proposal, with what it takes alone. */
interface SizedEngine {
  readonly values: EngineValues;
  readonly resources: ResourceEstimate;
}

/**
 * Lists of engines that a chip may have, the shortest first: where more engines make a chip no faster, it goes without
 * them.
 */
export function engineLists(installed: readonly EngineDefinition[]): readonly (readonly EngineDefinition[])[] {
  const { length } = installed;
  if (length > mostChosenAmong)
    return [...installed.map(engine => engineList(installed, other => other === engine)), installed];
  const masks = Array.from({ length: 2 ** length - 1 }, (_, index) => index + 1);
  const lists = masks.map(mask => engineList(installed, engine => ((mask >> installed.indexOf(engine)) & 1) === 1));
  return lists.sort((left, right) => left.length - right.length);
}

/** Chips of these engines that are worth trying and that the platform may have room for. */
export function* enumerateChips(
  engines: readonly EngineDefinition[],
  network: Network,
  platform: Platform,
): Generator<AccelSharedConfiguration> {
  if (platform.memory.busBytes < narrowestBusBytes) return;
  const mostSizes = Math.max(1, Math.floor(mostCombinations ** (1 / engines.length) + 1e-9));
  for (const channelBlock of channelBlocks) {
    const chassis = chassisFor(channelBlock, platform);
    // By size of buffers and engine.
    const sized = bufferScales.map(bufferScale =>
      engines.map(engine =>
        sizesThatFit(engines, engine, platform, {
          chassis: { ...chassis },
          platform,
          multipliers: mostMultipliers(platform),
          bufferScale,
          depthwise: hasDepthwise(network),
        })
          .slice(0, mostSizes)
          .sort(largerFirst),
      ),
    );
    for (const choice of choices(engines.map((_, engine) => Math.max(...sized.map(ofScale => ofScale[engine].length)))))
      for (const ofScale of sized) {
        const chosen = choice.flatMap((proposal, engine) => ofScale[engine][proposal] ?? []);
        if (chosen.length === engines.length && fitTogether(chosen, platform))
          yield chipOfSizes(engines, chassis, chosen);
      }
  }
}

/** An engine's proposals that are sound and that the platform has room for, were there nothing else on the chip. */
function sizesThatFit(
  engines: readonly EngineDefinition[],
  engine: EngineDefinition,
  platform: Platform,
  request: SizeRequest,
): readonly SizedEngine[] {
  return proposedSizes(engine, request).flatMap(own => {
    const values = { ...request.chassis, ...own };
    try {
      checkEngine(engines, engine, values);
    } catch (error) {
      if (!(error instanceof ChipError) || error.code !== 'ADC3003') throw error;
      return [];
    }
    const sized = { values: own, resources: engine.resources(values, platform) };
    return fitTogether([sized], platform) ? [sized] : [];
  });
}

/** Of chips that the coarse mode cannot tell apart the larger one is refined first. */
function largerFirst({ resources: left }: SizedEngine, { resources: right }: SizedEngine): number {
  return (
    right.multipliers - left.multipliers ||
    (right.dsp ?? 0) - (left.dsp ?? 0) ||
    (right.areaSquareMillimetres ?? right.lut ?? 0) - (left.areaSquareMillimetres ?? left.lut ?? 0)
  );
}

/** Whether engines fit side by side, the chassis left out: multipliers decide, and are never shared. */
function fitTogether(engines: readonly SizedEngine[], platform: Platform): boolean {
  const sum = (of: (resources: ResourceEstimate) => number | undefined): number =>
    engines.reduce((total, { resources }) => total + (of(resources) ?? 0), 0);
  const together = { multipliers: sum(({ multipliers }) => multipliers), dsp: sum(({ dsp }) => dsp) };
  return brokenResourceLimits(together, platform).length === 0;
}

/** Every way to choose one of so many proposals of each engine, the first of all first. */
function* choices(counts: readonly number[]): Generator<readonly number[]> {
  if (counts.length === 0) return yield [];
  for (let first = 0; first < counts[0]; first++) for (const rest of choices(counts.slice(1))) yield [first, ...rest];
}

/** Chassis and sizes are sound, each engine's were checked with the chassis: nothing is left to check. */
function chipOfSizes(
  engines: readonly EngineDefinition[],
  chassis: ChassisValues,
  sizes: readonly SizedEngine[],
): AccelSharedConfiguration {
  const values: Record<string, number> = { ...chassis };
  for (const [index, engine] of engines.entries())
    for (const { name } of engine.parameters) values[parameterKey(engines, engine, name)] = sizes[index].values[name];
  return { ...values, engines } as unknown as AccelSharedConfiguration;
}
