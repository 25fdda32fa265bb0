import { ChipError } from '@autodnnchip/core';
import {
  usedBits,
  type Engine,
  type EngineBuffer,
  type EngineDefinition,
  type EngineValues,
  type PrivateMemory,
} from '@autodnnchip/core/engine';

import { instructionBytes, instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import { instructionFormat, type InstructionFormat } from '../program/instruction-format.js';

/** A unit of a chip: it takes instructions of its own, in order. */
export interface ChipUnit {
  readonly name: string;
  readonly kind: 'load' | 'engine' | 'store';
  /** Units that make what this one takes in; the others only free what it needs. */
  readonly producers: readonly number[];
}

/** A buffer of an engine, as loads and stores name it. */
export interface ChipBuffer extends EngineBuffer {
  /** Unit of the engine. */
  readonly unit: number;
}

/**
 * The parts that a configuration makes a chip of. Units are numbered: the load unit is 0, then the engines in their
 * order, the store unit last; waits, queues, counters and records follow this order.
 */
export interface Chip {
  readonly units: readonly ChipUnit[];
  readonly storeUnit: number;
  /** Engine of unit n + 1. */
  readonly engines: readonly Engine[];
  /** What each engine declares, asked for once: an engine may work it out anew whenever it is asked. */
  readonly engineBuffers: readonly (readonly EngineBuffer[])[];
  readonly engineMemories: readonly (readonly PrivateMemory[])[];
  /** What loads fill, by target code; the code behind the last is the instruction buffer's. */
  readonly loadBuffers: readonly ChipBuffer[];
  readonly programTarget: number;
  /** What stores empty, by source code. */
  readonly storeBuffers: readonly ChipBuffer[];
  readonly format: InstructionFormat;
}

/** The load unit's number. */
export const loadUnit = 0;

/**
 * Key of an engine's parameter in configurations: its name where no other engine of the chip and no parameter of the
 * chassis has it, with the engine's id otherwise.
 */
export function parameterKey(engines: readonly EngineDefinition[], { id }: EngineDefinition, name: string): string {
  const isShared =
    chassisParameters.has(name) ||
    engines.some(other => other.id !== id && other.parameters.some(parameter => parameter.name === name));
  return isShared ? `${id}.${name}` : name;
}

/** Names of the chassis' own parameters. */
export const chassisParameters: ReadonlySet<string> = new Set([
  'channelBlock',
  'busBytes',
  'burstBeats',
  'outstandingReads',
  'queueDepth',
  'programBlock',
]);

/**
 * What an engine sees of a configuration. Values are read when it asks for them: lowering is kept by what was looked
 * at.
 */
export function engineValues(configuration: AccelSharedConfiguration, definition: EngineDefinition): EngineValues {
  const values = configuration as unknown as EngineValues;
  const renamed = definition.parameters
    .map(({ name }) => [name, parameterKey(configuration.engines, definition, name)] as const)
    .filter(([name, key]) => name !== key);
  if (renamed.length === 0) return values;
  const view = {};
  for (const name of [...chassisParameters, ...definition.parameters.map(({ name: own }) => own)]) {
    const key = renamed.find(([own]) => own === name)?.[1] ?? name;
    Object.defineProperty(view, name, { enumerable: true, get: () => values[key] });
  }
  return view;
}

/** Engines of a chip, in the order of their units. */
export function enginesOf(configuration: AccelSharedConfiguration): readonly Engine[] {
  return configuration.engines.map(definition => definition.create(engineValues(configuration, definition)));
}

const chips = new WeakMap<AccelSharedConfiguration, Chip>();

/** The parts of a chip; worked out once per configuration. */
export function chipOf(configuration: AccelSharedConfiguration): Chip {
  let chip = chips.get(configuration);
  if (chip === undefined) chips.set(configuration, (chip = createChip(enginesOf(configuration))));
  return chip;
}

function createChip(engines: readonly Engine[]): Chip {
  const storeUnit = engines.length + 1;
  const units: readonly ChipUnit[] = [
    { name: 'load', kind: 'load', producers: [storeUnit] },
    ...engines.map(({ unit }): ChipUnit => ({ name: unit, kind: 'engine', producers: [loadUnit] })),
    { name: 'store', kind: 'store', producers: engines.map((_, index) => index + 1) },
  ];
  const engineBuffers = engines.map(engine => engine.buffers);
  const engineMemories = engines.map(engine => engine.memories);
  const buffers = engineBuffers.flatMap((ofEngine, index) =>
    ofEngine.map((buffer): ChipBuffer => ({ ...buffer, unit: index + 1 })),
  );
  const loadBuffers = buffers.filter(({ role }) => role !== 'result');
  const storeBuffers = buffers.filter(({ role }) => role === 'result');
  const format = instructionFormat(engines, loadBuffers.length + 1, storeBuffers.length);
  for (const [unit, fields] of format.units.entries()) {
    if (usedBits(fields) > 8 * instructionBytes) {
      throw new ChipError(
        'ADC2011',
        `Instructions of the unit ${units[unit].name} have ${usedBits(fields)} bits on a chip of ${units.length} units; ${8 * instructionBytes} fit.`,
        {
          hint: "Give the engine's tasks narrower or fewer fields, or the chip fewer engines.",
        },
      );
    }
  }
  return {
    units,
    storeUnit,
    engines,
    engineBuffers,
    engineMemories,
    loadBuffers,
    programTarget: loadBuffers.length,
    storeBuffers,
    format,
  };
}

/** Words of the instruction buffer: two blocks of the program. */
export function programBufferWords(configuration: AccelSharedConfiguration): number {
  return 2 * configuration.programBlock * instructionWords(configuration);
}
