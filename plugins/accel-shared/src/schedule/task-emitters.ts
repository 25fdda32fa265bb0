import { ChipError } from '@autodnnchip/core';
import { BufferRing, type TaskEmitter } from '@autodnnchip/core/engine';

import type { Chip } from '../chip/chip.js';
import type { ProgramBuilder } from './program-builder.js';

/** The emitter of each engine of a chip, on one program. */
export function createEmitters(chip: Chip, builder: ProgramBuilder): readonly TaskEmitter[] {
  return chip.engines.map((engine, index): TaskEmitter => {
    const unit = index + 1;
    const rings = new Map(engine.buffers.map(({ id, depth }) => [id, new BufferRing(depth)]));
    const ringOf = (buffer: string): BufferRing => found(rings.get(buffer), engine.unit, buffer);
    const codes = (buffers: Chip['loadBuffers']): Map<string, number> =>
      new Map(buffers.flatMap((buffer, code) => (buffer.unit === unit ? [[buffer.id, code] as const] : [])));
    const targets = codes(chip.loadBuffers);
    const sources = codes(chip.storeBuffers);
    return {
      ring: ringOf,
      load: (buffer, range, box, region) =>
        builder.addLoad(found(targets.get(buffer), engine.unit, buffer), range, box, region),
      loadEnd: (buffer, range, box) => builder.loadEnd(found(targets.get(buffer), engine.unit, buffer), range, box),
      task: (task, uses) => builder.addTask(unit, task, uses),
      store: (buffer, range, box, region, layerEnd) =>
        builder.addStore(found(sources.get(buffer), engine.unit, buffer), range, box, region, layerEnd),
      readyTime: region => builder.readyTime(region),
    };
  });
}

function found<Value>(value: Value | undefined, engine: string, buffer: string): Value {
  if (value === undefined)
    throw new ChipError(
      'ADC2011',
      `The ${engine} engine emits for its buffer ${buffer}, which it does not declare in this role.`,
      { hint: 'docs/engines.md has the contract.' },
    );
  return value;
}
