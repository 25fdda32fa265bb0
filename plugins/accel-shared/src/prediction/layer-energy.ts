import { energyCoefficients, energyWith, type EnergyBreakdown, type MemoryActivity, type Platform, type PoweredHardware } from '@autodnnchip/core';

import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import { memoryNames, type LayerActivity, type MemoryName } from './layer-activity.js';

/** Words and bytes of one bank of each on-chip memory. */
export function memoryBanks(configuration: AccelSharedConfiguration): Readonly<Record<MemoryName, { readonly bytes: number; readonly depth: number }>> {
  const { channelBlock, outputParallelism } = configuration;
  const bank = (depth: number, width = channelBlock): { bytes: number; depth: number } => ({ bytes: depth * width, depth });
  return {
    activation: bank(configuration.activationDepth), weight: bank(configuration.weightDepth), convParameter: bank(configuration.convParameterDepth),
    partialSum: bank(configuration.partialSumDepth, 4 * outputParallelism), convOutput: bank(configuration.convOutputDepth),
    laneInput: bank(configuration.laneInputDepth), laneWeight: bank(configuration.laneWeightDepth), laneParameter: bank(configuration.laneParameterDepth),
    laneTable: bank(512, 4), laneOutput: bank(configuration.laneOutputDepth),
    program: bank(2 * configuration.programBlock * instructionWords(configuration)),
  };
}

/** Blocks that energy is told apart for. */
export type EnergyBlock = 'convEngine' | 'laneEngine' | 'buffers' | 'externalMemory' | 'clockAndStatic';

/** Energy of one layer in picojoules, per block and in all. `cycles` is the layer's latency: clock and leakage run on all the while. */
export function layerEnergy(
  activity: LayerActivity, cycles: number, configuration: AccelSharedConfiguration, platform: Platform, hardware: PoweredHardware,
): { readonly total: number; readonly blocks: Readonly<Record<EnergyBlock, number>> } {
  const banks = memoryBanks(configuration);
  const coefficients = energyCoefficients(platform.technology);
  const none = { multiplyAccumulates: 0, additions: 0, requantizations: 0, registerBytes: 0, memories: [], externalReadBytes: 0, externalWrittenBytes: 0, cycles: 0 };
  const of = (part: Partial<Parameters<typeof energyWith>[1]>, powered?: PoweredHardware): EnergyBreakdown => energyWith(coefficients, { ...none, ...part }, powered);
  const memories: MemoryActivity[] = memoryNames.map((name) => ({ ...banks[name], ...activity.memories[name] }));
  const laneProducts = configuration.laneMultiply === 1 ? activity.laneOperations : 0;
  const running = of({ externalReadBytes: activity.externalReadBytes, externalWrittenBytes: activity.externalWrittenBytes, cycles }, hardware);
  const blocks = {
    // A product's operands each pass one pipeline register on their way.
    convEngine: of({ multiplyAccumulates: activity.convProducts, requantizations: activity.convRequantizations, registerBytes: 2 * activity.convProducts }).total,
    laneEngine: of({
      multiplyAccumulates: laneProducts, additions: activity.laneOperations - laneProducts, requantizations: activity.laneRequantizations,
      registerBytes: 2 * activity.laneOperations,
    }).total,
    buffers: of({ memories }).total,
    externalMemory: running.externalMemory,
    clockAndStatic: running.clock + running.static,
  };
  const total = blocks.convEngine + blocks.laneEngine + blocks.buffers + blocks.externalMemory + blocks.clockAndStatic;
  return { total, blocks };
}

/** Energy of a whole program as a run of any length spends it: what each layer's work takes, and what every cycle takes. */
export function programEnergy(
  activities: readonly LayerActivity[], configuration: AccelSharedConfiguration, platform: Platform, hardware: PoweredHardware,
): { readonly layerPicojoules: readonly number[]; readonly picojoulesPerCycle: number } {
  const idle = activities.length === 0 ? 0 : layerEnergy(activities[0], 1, configuration, platform, hardware).blocks.clockAndStatic;
  return { layerPicojoules: activities.map((activity) => layerEnergy(activity, 0, configuration, platform, hardware).total), picojoulesPerCycle: idle };
}
