import { ChipError } from '@autodnnchip/core';
import { type Task, insertField, overflowingField, type PlacedField } from '@autodnnchip/core/engine';

import type { Chip } from '../chip/chip.js';
import type { Instruction, LoadInstruction, StoreInstruction } from './instruction.js';
import { waitField } from './instruction-format.js';

/** Writes an instruction at `offset` of zeroed memory. Throws ADC3001 when a field overflows. */
export function encodeInstruction(chip: Chip, instruction: Instruction, bytes: Uint8Array, offset: number): void {
  const { format } = chip;
  encodeFields(chip, instruction, format.header, headerValues(chip, instruction), bytes, offset);
  if (instruction.kind === 'halt') return;
  encodeFields(
    chip,
    instruction,
    format.units[instruction.unit],
    instruction.kind === 'task' ? instruction.task : transferValues(instruction),
    bytes,
    offset,
  );
}

function headerValues({ units, format }: Chip, instruction: Instruction): Task {
  const waits = units.map(({ name }, unit) => [waitField(name), instruction.waits[unit] & 0xffff]);
  return {
    unit: instruction.kind === 'halt' ? format.haltCode : instruction.unit,
    layerEnd: instruction.kind === 'store' ? instruction.layerEnd : 0,
    layer: instruction.layer,
    ...(Object.fromEntries(waits) as Task),
  };
}

function transferValues(instruction: LoadInstruction | StoreInstruction): Task {
  const { bufferBase, address, rowWords, rowCount, rowStride, planeCount, planeStride } = instruction;
  const box = { bufferBase, address, rowWords, rowCount, rowStride, planeCount, planeStride };
  return instruction.kind === 'load'
    ? { ...box, target: instruction.target, planeWords: rowWords * rowCount }
    : { ...box, source: instruction.source, words: rowWords * rowCount * planeCount };
}

function encodeFields(
  { units }: Chip,
  { unit, layer, kind }: Instruction,
  fields: readonly PlacedField[],
  values: Task,
  bytes: Uint8Array,
  offset: number,
): void {
  const overflow = overflowingField(fields, values);
  if (overflow !== undefined) {
    throw new ChipError(
      'ADC3001',
      `Field ${overflow.name} of a ${kind === 'halt' ? kind : units[unit].name} instruction cannot hold ${values[overflow.name]} in ${overflow.bits} bits.`,
      {
        location: { node: `layer ${layer}` },
        hint: 'Choose smaller buffers or tiles for this layer.',
      },
    );
  }
  for (const field of fields) insertField(bytes, offset, field, values[field.name]);
}
