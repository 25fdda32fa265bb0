import {
  energyCoefficients,
  energyWith,
  numbers,
  sramScaleOf,
  type Arithmetic,
  type EnergyCoefficients,
  type Platform,
  type PoweredHardware,
  type ValuesOf,
} from '@autodnnchip/core';
import type { MemoryTraffic } from '@autodnnchip/core/engine';

import { chipOf, programBufferWords, type Chip } from '../chip/chip.js';
import type { AccelSharedConfiguration } from '../configuration.js';
import { emptyActivity, type LayerActivity } from './layer-activity.js';

/** An on-chip memory and what crosses it. */
interface EnergyMemory {
  readonly name: string;
  /** Bytes and words of one bank. */
  readonly bytes: number;
  readonly depth: number;
  trafficOf(activity: LayerActivity): MemoryTraffic;
}

function energyMemories(chip: Chip, configuration: AccelSharedConfiguration): readonly EnergyMemory[] {
  const { channelBlock } = configuration;
  const words = programBufferWords(configuration);
  return [
    ...chip.engines.flatMap(({ unit }, engine) =>
      [
        ...chip.engineBuffers[engine].map(({ id, depth, storedBits }) => ({
          id,
          depth,
          width: storedBits === undefined ? channelBlock : storedBits / 8,
        })),
        ...chip.engineMemories[engine].map(({ id, depth, widthBits }) => ({ id, depth, width: widthBits / 8 })),
      ].map(({ id, depth, width }): EnergyMemory => ({
        name: `${unit}.${id}`,
        bytes: depth * width,
        depth,
        trafficOf: activity => activity.engines[engine].memories[id],
      })),
    ),
    { name: 'program', bytes: words * channelBlock, depth: words, trafficOf: ({ program }) => program },
  ];
}

/** Blocks that energy is told apart for: each engine, and what they share. */
export function energyBlocks({ engines }: Chip): readonly string[] {
  return [...engines.map(({ unit }) => engineBlock(unit)), ...sharedBlocks];
}

const sharedBlocks = ['buffers', 'externalMemory', 'clockAndStatic'] as const;

/** Block of a prediction for an engine. */
export function engineBlock(unit: string): string {
  return `${unit}Engine`;
}

export interface LayerEnergy<Value> {
  readonly total: Value;
  readonly blocks: Readonly<Record<string, Value>>;
}

/**
 * Energy of layers in picojoules, per block and in all, for one chip: what depends on the chip alone is worked out
 * once. `cycles` is the layer's latency: clock and leakage run on all the while.
 */
export function layerEnergies<Value>(
  math: Arithmetic<Value>,
  configuration: AccelSharedConfiguration,
  coefficients: EnergyCoefficients<Value>,
  hardware: ValuesOf<PoweredHardware, Value>,
): (activity: LayerActivity, cycles: Value) => LayerEnergy<Value> {
  const chip = chipOf(configuration);
  const memories = energyMemories(chip, configuration);
  const given = (figure: string, value: number, unit: string): Value =>
    math.constant(figure, value, { unit, kind: 'given', source: 'configuration of the chip' });
  const scales = memories.map(({ name, bytes, depth }) =>
    sramScaleOf(
      math,
      given(`bytes of a ${name} bank`, bytes, 'byte'),
      given(`depth of ${name}`, depth, 'word'),
      coefficients,
    ),
  );
  const none = math.constant('0', 0, { unit: '1', kind: 'definition', source: 'counted elsewhere' });
  const nothing = {
    multiplyAccumulates: none,
    additions: none,
    requantizations: none,
    registerBytes: none,
    memories: [],
    externalReadBytes: none,
    externalWrittenBytes: none,
  };
  return (activity, cycles) => {
    const counted = (figure: string, value: number, unit: string): Value =>
      math.constant(figure, value, { unit, kind: 'counted', source: 'the tasks of the layer' });
    const times = (figure: string, ...factors: Value[]): Value => math.apply('product', figure, 'pJ', factors);
    const engines = chip.engines.map(({ unit }, index) => {
      const { multiplyAccumulates, additions, requantizations, registerBytes } = activity.engines[index];
      return math.apply('sum', engineBlock(unit), 'pJ', [
        times(
          'multiply-accumulates',
          counted(`products of ${unit}`, multiplyAccumulates, 'product'),
          coefficients.multiplyAccumulate8Bit,
        ),
        times(
          'additions',
          counted(`additions of ${unit} without a product`, additions, 'operation'),
          coefficients.adder32Bit,
        ),
        times(
          'requantisations',
          counted(`outputs requantised by ${unit}`, requantizations, 'output'),
          coefficients.requantizePerOutput,
        ),
        times(
          'operand registers',
          counted(`bytes through operand registers of ${unit}`, registerBytes, 'byte'),
          coefficients.registerAccessPerByte,
        ),
      ]);
    });
    const reads: Value[] = [];
    const writes: Value[] = [];
    memories.forEach(({ name, trafficOf }, index) => {
      const { readBytes, writtenBytes } = trafficOf(activity);
      reads.push(
        times(
          `reads of ${name}`,
          counted(`bytes read from ${name}`, readBytes, 'byte'),
          coefficients.sramReadPerByte,
          scales[index],
        ),
      );
      writes.push(
        times(
          `writes of ${name}`,
          counted(`bytes written to ${name}`, writtenBytes, 'byte'),
          coefficients.sramWritePerByte,
          scales[index],
        ),
      );
    });
    const buffers = math.apply('sum', 'buffers', 'pJ', [
      math.apply('sum', 'buffer reads', 'pJ', reads),
      math.apply('sum', 'buffer writes', 'pJ', writes),
    ]);
    const running = energyWith(
      math,
      coefficients,
      {
        ...nothing,
        cycles,
        externalReadBytes: counted('bytes read', activity.externalReadBytes, 'byte'),
        externalWrittenBytes: counted('bytes written', activity.externalWrittenBytes, 'byte'),
      },
      hardware,
    );
    const clockAndStatic = math.apply('sum', 'clockAndStatic', 'pJ', [running.clock, running.static]);
    const blocks = {
      ...Object.fromEntries(chip.engines.map(({ unit }, index) => [engineBlock(unit), engines[index]])),
      buffers,
      externalMemory: running.externalMemory,
      clockAndStatic,
    };
    return {
      total: math.apply('sum', 'energyPicojoules', 'pJ', [...engines, buffers, running.externalMemory, clockAndStatic]),
      blocks,
    };
  };
}

/**
 * Energy of a whole program as a run of any length spends it: what each layer's work takes, and what every cycle takes.
 */
export function programEnergy(
  activities: readonly LayerActivity[],
  configuration: AccelSharedConfiguration,
  platform: Platform,
  hardware: PoweredHardware,
): { readonly layerPicojoules: readonly number[]; readonly picojoulesPerCycle: number } {
  const energyOf = layerEnergies(numbers, configuration, energyCoefficients(platform.technology), hardware);
  return {
    layerPicojoules: activities.map(activity => energyOf(activity, 0).total),
    picojoulesPerCycle: activities.length === 0 ? 0 : energyOf(emptyActivity(chipOf(configuration)), 1).total,
  };
}
