import { ChipError } from '@autodnnchip/core';

import { instructionBytes, instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { Instruction, LaneOperation, LaneResult, LoadTarget, MemoryBox, OutputFields, Waits, WindowFields } from './instruction.js';
import {
  coordinateBits, instructionFormat, laneOperationCodes, laneResultCodes, loadTargetCodes, unitCodes, type PlacedField,
} from './instruction-format.js';

type FieldReader = (name: string) => number;

function fieldReader(bytes: Uint8Array, offset: number, fields: readonly PlacedField[]): FieldReader {
  const places = new Map(fields.map((field) => [field.name, field]));
  return (name) => {
    const field = places.get(name);
    if (field === undefined) throw new ChipError('ADC9001', `Instructions have no field ${name}.`);
    let value = 0;
    for (let bit = 0; bit < field.bits; bit++) {
      const at = field.leastSignificantBit + bit;
      if (((bytes[offset + (at >> 3)] >> (at & 7)) & 1) === 1) value += 2 ** bit;
    }
    return value;
  };
}

function signed(value: number, bits: number): number {
  return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}

function nameOf<Name extends string>(codes: Readonly<Record<Name, number>>, code: number, what: string): Name {
  const found = (Object.keys(codes) as Name[]).find((name) => codes[name] === code);
  if (found === undefined) throw new ChipError('ADC3001', `The program holds an unknown ${what} (${code}).`, { hint: 'Build the chip again with this version.' });
  return found;
}

function readBox(read: FieldReader): MemoryBox {
  return {
    address: read('address'), rowWords: read('rowWords'), rowCount: read('rowCount'), rowStride: read('rowStride'),
    planeCount: read('planeCount'), planeStride: read('planeStride'),
  };
}

function readWindow(read: FieldReader): WindowFields & OutputFields {
  return {
    outputWidth: read('outputWidth'), outputHeight: read('outputHeight'), inputWidth: read('inputWidth'), inputHeight: read('inputHeight'),
    kernelWidth: read('kernelWidth'), kernelHeight: read('kernelHeight'), strideX: read('strideX'), strideY: read('strideY'),
    dilationX: read('dilationX'), dilationY: read('dilationY'),
    paddingX: -signed(read('startX'), coordinateBits) + 0, paddingY: -signed(read('startY'), coordinateBits) + 0,
    paddingValue: signed(read('paddingValue'), 8), outputBase: read('outputBase'), outputPlaneStride: read('outputPlaneStride'),
    zeroPoint: signed(read('zeroPoint'), 8), low: signed(read('low'), 8), high: signed(read('high'), 8),
  };
}

/** Row stride and base of the input tile, which the encoding holds as steps and a start address. */
function readTile(read: FieldReader, window: WindowFields): { base: number; rowStride: number } {
  const rowStride = window.strideY > 0 ? read('outputRowStep') / window.strideY : 0;
  return { rowStride, base: (read('startAddress') + window.paddingY * rowStride + window.paddingX) % 2 ** 20 };
}

function decodeInstruction(bytes: Uint8Array, offset: number, wait: (unit: keyof Waits, encoded: number) => number): Instruction {
  const header = fieldReader(bytes, offset, instructionFormat.header);
  const unit = nameOf(unitCodes, header('unit'), 'unit');
  const layer = header('layer');
  const waits: Waits = {
    load: wait('load', header('waitLoad')), conv: wait('conv', header('waitConv')),
    lane: wait('lane', header('waitLane')), store: wait('store', header('waitStore')),
  };
  if (unit === 'halt') return { unit, layer, waits };
  const read = fieldReader(bytes, offset, instructionFormat[unit]);
  switch (unit) {
    case 'load':
      return { unit, layer, waits, ...readBox(read), bufferBase: read('bufferBase'), target: nameOf<LoadTarget>(loadTargetCodes, read('target'), 'load target') };
    case 'store':
      return { unit, layer, waits, ...readBox(read), bufferBase: read('bufferBase'), source: read('source') === 1 ? 'lane' : 'conv', layerEnd: header('layerEnd') };
    case 'conv': {
      const window = readWindow(read);
      const { base, rowStride } = readTile(read, window);
      return {
        unit, layer, waits, ...window, activationBase: base, activationRowStride: rowStride, activationPlaneStride: read('blockStep'),
        blocks: read('blocks'), repeat: read('repeat'), weightBase: read('weightBase'), parameterBase: read('parameterBase'),
        partialSumBase: read('partialSumBase'), accumulateIn: read('accumulateIn'), accumulateOut: read('accumulateOut'),
      };
    }
    case 'lane': {
      const window = readWindow(read);
      const { base, rowStride } = readTile(read, window);
      return {
        unit, layer, waits, ...window, operation: nameOf<LaneOperation>(laneOperationCodes, read('operation'), 'lane operation'),
        result: nameOf<LaneResult>(laneResultCodes, read('result'), 'lane result'), groups: read('groups'), inputBase: base, inputRowStride: rowStride,
        inputGroupStride: read('groupStep'), operands: read('blocks'), operandStride: read('blockStep'), weightBase: read('weightBase'),
        parameterBase: read('parameterBase'), table: read('table'), multiplier: read('multiplier'), shift: read('shift'),
      };
    }
  }
}

/**
 * Reads an encoded program back. Waits come out as counts since the start: of all counts that fit the 16 bits, the one that
 * has been reached or is to come from what has been handed out so far. Throws ADC3001 for a program that is not whole.
 */
export function decodeProgram(bytes: Uint8Array, configuration: AccelSharedConfiguration): Instruction[] {
  const stride = instructionWords(configuration) * configuration.channelBlock;
  if (bytes.length % stride !== 0 || stride < instructionBytes) {
    throw new ChipError('ADC3001', `The program's ${bytes.length} bytes are no whole number of instructions of ${stride} bytes.`, { hint: 'Build the chip again.' });
  }
  const issued: Waits = { load: 0, conv: 0, lane: 0, store: 0 };
  const instructions: Instruction[] = [];
  for (let offset = 0; offset < bytes.length; offset += stride) {
    // A wait names at most what came before; it lies less than 2^15 behind.
    const instruction = decodeInstruction(bytes, offset, (unit, encoded) => {
      const behind = (issued[unit] - encoded) & 0xffff;
      return Math.max(0, issued[unit] - behind);
    });
    instructions.push(instruction);
    if (instruction.unit !== 'halt') issued[instruction.unit]++;
  }
  return instructions;
}
