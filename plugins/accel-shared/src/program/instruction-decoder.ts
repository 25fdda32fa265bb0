import { ChipError } from '@autodnnchip/core';
import { type Task, extractField, type PlacedField } from '@autodnnchip/core/engine';

import { chipOf, loadUnit, type Chip } from '../chip/chip.js';
import { instructionBytes, instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { Instruction } from './instruction.js';
import { waitField } from './instruction-format.js';

function readFields(bytes: Uint8Array, offset: number, fields: readonly PlacedField[]): Task {
  return Object.fromEntries(fields.map(field => [field.name, extractField(bytes, offset, field)]));
}

function unknownCode(what: string, code: number): ChipError {
  return new ChipError('ADC3001', `The program holds an unknown ${what} (${code}).`, {
    hint: 'Build the chip again with this version.',
  });
}

function decodeInstruction(
  chip: Chip,
  bytes: Uint8Array,
  offset: number,
  wait: (unit: number, encoded: number) => number,
): Instruction {
  const { units, format, storeUnit } = chip;
  const header = readFields(bytes, offset, format.header);
  const { unit, layer } = header;
  const waits = units.map(({ name }, index) => wait(index, header[waitField(name)]));
  if (unit === format.haltCode) return { kind: 'halt', unit, layer, waits };
  if (unit > storeUnit) throw unknownCode('unit', unit);
  const fields = readFields(bytes, offset, format.units[unit]);
  if (unit !== loadUnit && unit !== storeUnit) {
    refuseUnknownCodes(format.units[unit], fields);
    return { kind: 'task', unit, layer, waits, task: fields };
  }
  const { bufferBase, address, rowWords, rowCount, rowStride, planeCount, planeStride, target, source } = fields;
  const box = { bufferBase, address, rowWords, rowCount, rowStride, planeCount, planeStride };
  if (unit === loadUnit) {
    if (target > chip.programTarget) throw unknownCode('load target', target);
    return { kind: 'load', unit, layer, waits, ...box, target };
  }
  if (source >= chip.storeBuffers.length) throw unknownCode('store source', source);
  return { kind: 'store', unit, layer, waits, ...box, source, layerEnd: header['layerEnd'] };
}

function refuseUnknownCodes(fields: readonly PlacedField[], values: Task): void {
  for (const { name, codes } of fields) {
    if (codes !== undefined && !Object.values(codes).includes(values[name])) throw unknownCode(name, values[name]);
  }
}

/**
 * Reads an encoded program back. Waits come out as counts since the start: of all counts that fit the 16 bits, the one
 * that has been reached or is to come from what has been handed out so far. Throws ADC3001 for a program that is not
 * whole.
 */
export function decodeProgram(bytes: Uint8Array, configuration: AccelSharedConfiguration): Instruction[] {
  const chip = chipOf(configuration);
  const stride = instructionWords(configuration) * configuration.channelBlock;
  if (bytes.length % stride !== 0 || stride < instructionBytes) {
    throw new ChipError(
      'ADC3001',
      `The program's ${bytes.length} bytes are no whole number of instructions of ${stride} bytes.`,
      { hint: 'Build the chip again.' },
    );
  }
  const issued = chip.units.map(() => 0);
  const instructions: Instruction[] = [];
  for (let offset = 0; offset < bytes.length; offset += stride) {
    // A wait names at most what came before; it lies less than 2^15 behind.
    const instruction = decodeInstruction(chip, bytes, offset, (unit, encoded) =>
      Math.max(0, issued[unit] - ((issued[unit] - encoded) & 0xffff)),
    );
    instructions.push(instruction);
    if (instruction.kind !== 'halt') issued[instruction.unit]++;
  }
  return instructions;
}
