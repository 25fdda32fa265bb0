import type { Engine, EngineBuffer } from '@autodnnchip/core/engine';

import { instructionBytes, instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import { enginesOf } from '../engines/index.js';
import { instructionFormat, usedBits, type InstructionFormat } from '../program/instruction-format.js';

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
 * The parts that a configuration makes a chip of. Units are numbered: the load unit is 0, then the engines in their order, the store
 * unit last; waits, queues, counters and records follow this order.
 */
export interface Chip {
  readonly units: readonly ChipUnit[];
  readonly storeUnit: number;
  /** Engine of unit n + 1. */
  readonly engines: readonly Engine[];
  /** What loads fill, by target code; the code behind the last is the instruction buffer's. */
  readonly loadBuffers: readonly ChipBuffer[];
  readonly programTarget: number;
  /** What stores empty, by source code. */
  readonly storeBuffers: readonly ChipBuffer[];
  readonly format: InstructionFormat;
}

/** The load unit's number. */
export const loadUnit = 0;

const chips = new WeakMap<AccelSharedConfiguration, Chip>();

/** The parts of a chip; worked out once per configuration. */
export function chipOf(configuration: AccelSharedConfiguration): Chip {
  let chip = chips.get(configuration);
  if (chip === undefined) chips.set(configuration, chip = createChip(enginesOf(configuration)));
  return chip;
}

/** A copy of a configuration whose chip has these engines. */
export function withEngines(configuration: AccelSharedConfiguration, engines: readonly Engine[]): AccelSharedConfiguration {
  const copy = { ...configuration };
  chips.set(copy, createChip(engines));
  return copy;
}

function createChip(engines: readonly Engine[]): Chip {
  const storeUnit = engines.length + 1;
  const units: readonly ChipUnit[] = [
    { name: 'load', kind: 'load', producers: [storeUnit] },
    ...engines.map(({ unit }): ChipUnit => ({ name: unit, kind: 'engine', producers: [loadUnit] })),
    { name: 'store', kind: 'store', producers: engines.map((_, index) => index + 1) },
  ];
  const buffers = engines.flatMap((engine, index) => engine.buffers.map((buffer): ChipBuffer => ({ ...buffer, unit: index + 1 })));
  const loadBuffers = buffers.filter(({ role }) => role !== 'result');
  const storeBuffers = buffers.filter(({ role }) => role === 'result');
  const format = instructionFormat(engines, loadBuffers.length + 1, storeBuffers.length);
  for (const [unit, fields] of format.units.entries()) {
    if (usedBits(fields) > 8 * instructionBytes) {
      throw new RangeError(`Instructions of unit ${units[unit].name} have ${usedBits(fields)} bits; ${8 * instructionBytes} fit`);
    }
  }
  return { units, storeUnit, engines, loadBuffers, programTarget: loadBuffers.length, storeBuffers, format };
}

/** Words of the instruction buffer: two blocks of the program. */
export function programBufferWords(configuration: AccelSharedConfiguration): number {
  return 2 * configuration.programBlock * instructionWords(configuration);
}
