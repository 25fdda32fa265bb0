import {
  energyCoefficients, energyWith, numbers, sramScaleOf,
  type Arithmetic, type EnergyCoefficients, type Platform, type PoweredHardware, type ValuesOf,
} from '@autodnnchip/core';

import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import { emptyActivity, memoryNames, type LayerActivity, type MemoryName } from './layer-activity.js';

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
export const energyBlocks = ['convEngine', 'laneEngine', 'buffers', 'externalMemory', 'clockAndStatic'] as const;
export type EnergyBlock = (typeof energyBlocks)[number];

export interface LayerEnergy<Value> {
  readonly total: Value;
  readonly blocks: Readonly<Record<EnergyBlock, Value>>;
}

/**
 * Energy of layers in picojoules, per block and in all, for one chip: what depends on the chip alone is worked out once.
 * `cycles` is the layer's latency: clock and leakage run on all the while.
 */
export function layerEnergies<Value>(
  math: Arithmetic<Value>, configuration: AccelSharedConfiguration, coefficients: EnergyCoefficients<Value>, hardware: ValuesOf<PoweredHardware, Value>,
): (activity: LayerActivity, cycles: Value) => LayerEnergy<Value> {
  const banks = memoryBanks(configuration);
  const given = (figure: string, value: number, unit: string): Value => math.constant(figure, value, { unit, kind: 'given', source: 'configuration of the chip' });
  const scales = memoryNames.map((name) => sramScaleOf(math, given(`bytes of a ${name} bank`, banks[name].bytes, 'byte'), given(`depth of ${name}`, banks[name].depth, 'word'), coefficients));
  const none = math.constant('0', 0, { unit: '1', kind: 'definition', source: 'counted elsewhere' });
  const nothing = { multiplyAccumulates: none, additions: none, requantizations: none, registerBytes: none, memories: [], externalReadBytes: none, externalWrittenBytes: none };
  return (activity, cycles) => {
    const counted = (figure: string, value: number, unit: string): Value => math.constant(figure, value, { unit, kind: 'counted', source: 'the tasks of the layer' });
    const times = (figure: string, ...factors: Value[]): Value => math.apply('product', figure, 'pJ', factors);
    const registers = (figure: string, count: Value): Value => times(figure, math.apply('product', 'register bytes', 'byte', [
      math.constant('operands', 2, { unit: 'byte', kind: 'definition', source: 'both operands pass one pipeline register on their way' }), count,
    ]), coefficients.registerAccessPerByte);
    const products = counted('products of the convolution engine', activity.convProducts, 'product');
    const convEngine = math.apply('sum', 'convEngine', 'pJ', [
      times('multiply-accumulates', products, coefficients.multiplyAccumulate8Bit),
      times('requantisations', counted('outputs requantised', activity.convRequantizations, 'output'), coefficients.requantizePerOutput),
      registers('operand registers', products),
    ]);
    const laneProducts = configuration.laneMultiply === 1 ? activity.laneOperations : 0;
    const operations = counted('operations of the lanes', activity.laneOperations, 'operation');
    const laneEngine = math.apply('sum', 'laneEngine', 'pJ', [
      times('lane multiply-accumulates', counted('operations on lanes with multipliers', laneProducts, 'operation'), coefficients.multiplyAccumulate8Bit),
      times('lane additions', counted('operations on lanes without multipliers', activity.laneOperations - laneProducts, 'operation'), coefficients.adder32Bit),
      times('lane requantisations', counted('outputs requantised', activity.laneRequantizations, 'output'), coefficients.requantizePerOutput),
      registers('lane operand registers', operations),
    ]);
    const reads: Value[] = [];
    const writes: Value[] = [];
    memoryNames.forEach((name, index) => {
      const { readBytes, writtenBytes } = activity.memories[name];
      reads.push(times(`reads of ${name}`, counted(`bytes read from ${name}`, readBytes, 'byte'), coefficients.sramReadPerByte, scales[index]));
      writes.push(times(`writes of ${name}`, counted(`bytes written to ${name}`, writtenBytes, 'byte'), coefficients.sramWritePerByte, scales[index]));
    });
    const buffers = math.apply('sum', 'buffers', 'pJ', [math.apply('sum', 'buffer reads', 'pJ', reads), math.apply('sum', 'buffer writes', 'pJ', writes)]);
    const running = energyWith(math, coefficients, {
      ...nothing, cycles, externalReadBytes: counted('bytes read', activity.externalReadBytes, 'byte'), externalWrittenBytes: counted('bytes written', activity.externalWrittenBytes, 'byte'),
    }, hardware);
    const clockAndStatic = math.apply('sum', 'clockAndStatic', 'pJ', [running.clock, running.static]);
    const blocks = { convEngine, laneEngine, buffers, externalMemory: running.externalMemory, clockAndStatic };
    return { total: math.apply('sum', 'energyPicojoules', 'pJ', [convEngine, laneEngine, buffers, running.externalMemory, clockAndStatic]), blocks };
  };
}

/** Energy of a whole program as a run of any length spends it: what each layer's work takes, and what every cycle takes. */
export function programEnergy(
  activities: readonly LayerActivity[], configuration: AccelSharedConfiguration, platform: Platform, hardware: PoweredHardware,
): { readonly layerPicojoules: readonly number[]; readonly picojoulesPerCycle: number } {
  const energyOf = layerEnergies(numbers, configuration, energyCoefficients(platform.technology), hardware);
  return {
    layerPicojoules: activities.map((activity) => energyOf(activity, 0).total),
    picojoulesPerCycle: activities.length === 0 ? 0 : energyOf(emptyActivity(), 1).total,
  };
}
