import { ChipError } from '@autodnnchip/core';

import { instructionBytes } from '../configuration.js';
import type { ConvInstruction, Instruction, LaneInstruction, LoadInstruction, LoadTarget, MemoryBox, StoreInstruction } from './instruction.js';

/** A field of an encoded instruction: name, width, and how its value follows from the instruction. */
interface Field<T> {
  readonly name: string;
  readonly bits: number;
  readonly value: (instruction: T) => number;
}

/** A field with its place. */
export interface PlacedField {
  readonly name: string;
  readonly leastSignificantBit: number;
  readonly bits: number;
}

export const unitCodes = { load: 0, conv: 1, lane: 2, store: 3, halt: 4 } as const;

export const loadTargetCodes: Readonly<Record<LoadTarget, number>> = {
  activation: 0, weight: 1, convParameter: 2, laneInput: 3, laneWeight: 4, laneParameter: 5, laneTable: 6, program: 7,
};
export const laneOperationCodes = { multiply: 0, sum: 1, maximum: 2, shift: 3 } as const;
export const laneResultCodes = { requantize: 0, pass: 1, table: 2 } as const;

/** Waits are compared modulo 2^waitBits. */
export const waitBits = 16;

const headerFields: readonly Field<Instruction>[] = [
  { name: 'unit', bits: 3, value: (i) => unitCodes[i.unit] },
  { name: 'layerEnd', bits: 1, value: (i) => (i.unit === 'store' ? i.layerEnd : 0) },
  { name: 'layer', bits: 12, value: (i) => i.layer },
  { name: 'waitLoad', bits: waitBits, value: (i) => i.waits.load & 0xffff },
  { name: 'waitConv', bits: waitBits, value: (i) => i.waits.conv & 0xffff },
  { name: 'waitLane', bits: waitBits, value: (i) => i.waits.lane & 0xffff },
  { name: 'waitStore', bits: waitBits, value: (i) => i.waits.store & 0xffff },
];

const boxFields: readonly Field<MemoryBox>[] = [
  { name: 'address', bits: 32, value: (i) => i.address },
  { name: 'rowWords', bits: 20, value: (i) => i.rowWords },
  { name: 'rowCount', bits: 16, value: (i) => i.rowCount },
  { name: 'rowStride', bits: 32, value: (i) => i.rowStride },
  { name: 'planeCount', bits: 16, value: (i) => i.planeCount },
  { name: 'planeStride', bits: 32, value: (i) => i.planeStride },
];

const loadFields: readonly Field<LoadInstruction>[] = [
  { name: 'target', bits: 3, value: (i) => loadTargetCodes[i.target] },
  { name: 'bufferBase', bits: 20, value: (i) => i.bufferBase },
  ...boxFields,
  { name: 'planeWords', bits: 24, value: (i) => i.rowWords * i.rowCount },
];

const storeFields: readonly Field<StoreInstruction>[] = [
  { name: 'source', bits: 1, value: (i) => (i.source === 'lane' ? 1 : 0) },
  { name: 'bufferBase', bits: 20, value: (i) => i.bufferBase },
  ...boxFields,
  { name: 'words', bits: 24, value: (i) => i.rowWords * i.rowCount * i.planeCount },
];

/** Bits of buffer addresses in conv and lane instructions; address arithmetic in the sequencers wraps at this width. */
export const bufferAddressBits = 20;
/** Bits of a row or column within a tile. */
export const coordinateBits = 14;

type WindowInstruction = ConvInstruction | LaneInstruction;

/** Loop nest of the window sequencer, the same for both engines; inner loop first: block, kx, ky, repeat, ox, oy, group. */
interface SequencerLoops {
  readonly blocks: number;
  readonly blockStride: number;
  readonly repeat: number;
  readonly groups: number;
  readonly groupStride: number;
  readonly rowStride: number;
  readonly base: number;
  readonly weightBase: number;
}

function sequencerLoops(instruction: WindowInstruction): SequencerLoops {
  return instruction.unit === 'conv'
    ? {
        blocks: instruction.blocks, blockStride: instruction.activationPlaneStride, repeat: instruction.repeat, groups: 1, groupStride: 0,
        rowStride: instruction.activationRowStride, base: instruction.activationBase, weightBase: instruction.weightBase,
      }
    : {
        blocks: instruction.operands, blockStride: instruction.operandStride, repeat: 1, groups: instruction.groups,
        groupStride: instruction.inputGroupStride, rowStride: instruction.inputRowStride, base: instruction.inputBase, weightBase: instruction.weightBase,
      };
}

const windowFields: readonly Field<WindowInstruction>[] = [
  { name: 'blocks', bits: 13, value: (i) => sequencerLoops(i).blocks },
  { name: 'kernelWidth', bits: 8, value: (i) => i.kernelWidth },
  { name: 'kernelHeight', bits: 8, value: (i) => i.kernelHeight },
  { name: 'repeat', bits: 2, value: (i) => sequencerLoops(i).repeat },
  { name: 'outputWidth', bits: coordinateBits, value: (i) => i.outputWidth },
  { name: 'outputHeight', bits: coordinateBits, value: (i) => i.outputHeight },
  { name: 'groups', bits: 13, value: (i) => sequencerLoops(i).groups },
  { name: 'inputWidth', bits: coordinateBits, value: (i) => i.inputWidth },
  { name: 'inputHeight', bits: coordinateBits, value: (i) => i.inputHeight },
  // Two's complement start coordinates and precomputed address steps keep multipliers out of the sequencer.
  { name: 'startX', bits: coordinateBits, value: (i) => -i.paddingX },
  { name: 'startY', bits: coordinateBits, value: (i) => -i.paddingY },
  { name: 'strideX', bits: 8, value: (i) => i.strideX },
  { name: 'strideY', bits: 8, value: (i) => i.strideY },
  { name: 'dilationX', bits: 8, value: (i) => i.dilationX },
  { name: 'dilationY', bits: 8, value: (i) => i.dilationY },
  {
    name: 'startAddress', bits: bufferAddressBits,
    value: (i) => { const s = sequencerLoops(i); return s.base - i.paddingY * s.rowStride - i.paddingX; },
  },
  { name: 'blockStep', bits: bufferAddressBits, value: (i) => sequencerLoops(i).blockStride },
  { name: 'kernelRowStep', bits: bufferAddressBits, value: (i) => i.dilationY * sequencerLoops(i).rowStride },
  { name: 'outputRowStep', bits: bufferAddressBits, value: (i) => i.strideY * sequencerLoops(i).rowStride },
  { name: 'groupStep', bits: bufferAddressBits, value: (i) => sequencerLoops(i).groupStride },
  { name: 'weightBase', bits: bufferAddressBits, value: (i) => i.weightBase },
  { name: 'paddingValue', bits: 8, value: (i) => i.paddingValue },
  { name: 'parameterBase', bits: bufferAddressBits, value: (i) => i.parameterBase },
  { name: 'outputBase', bits: bufferAddressBits, value: (i) => i.outputBase },
  { name: 'outputPlaneStride', bits: bufferAddressBits, value: (i) => i.outputPlaneStride },
  { name: 'zeroPoint', bits: 8, value: (i) => i.zeroPoint },
  { name: 'low', bits: 8, value: (i) => i.low },
  { name: 'high', bits: 8, value: (i) => i.high },
];

const convFields: readonly Field<ConvInstruction>[] = [
  ...windowFields,
  { name: 'partialSumBase', bits: 14, value: (i) => i.partialSumBase },
  { name: 'accumulateIn', bits: 1, value: (i) => i.accumulateIn },
  { name: 'accumulateOut', bits: 1, value: (i) => i.accumulateOut },
];

const laneFields: readonly Field<LaneInstruction>[] = [
  ...windowFields,
  { name: 'operation', bits: 2, value: (i) => laneOperationCodes[i.operation] },
  { name: 'result', bits: 2, value: (i) => laneResultCodes[i.result] },
  { name: 'table', bits: 1, value: (i) => i.table },
  { name: 'multiplier', bits: 26, value: (i) => i.multiplier },
  { name: 'shift', bits: 5, value: (i) => i.shift },
];

function place(fields: readonly { name: string; bits: number }[], from: number): PlacedField[] {
  let next = from;
  return fields.map(({ name, bits }) => {
    const placed = { name, leastSignificantBit: next, bits };
    next += bits;
    return placed;
  });
}

const bodyStart = headerFields.reduce((sum, field) => sum + field.bits, 0);

/** Every field of every unit's instruction with its place; the SystemVerilog package is made from this. */
export const instructionFormat = {
  header: place(headerFields, 0),
  load: place(loadFields, bodyStart),
  conv: place(convFields, bodyStart),
  lane: place(laneFields, bodyStart),
  store: place(storeFields, bodyStart),
} as const;

/** Bits that a unit's instruction really uses. */
export function usedBits(unit: 'load' | 'conv' | 'lane' | 'store'): number {
  const last = instructionFormat[unit].at(-1);
  return last === undefined ? bodyStart : last.leastSignificantBit + last.bits;
}

function insert(bytes: Uint8Array, offset: number, leastSignificantBit: number, bits: number, value: number): void {
  // Two's complement of up to 32 bits, bit by byte; fields may straddle bytes.
  let remaining = bits;
  let bit = leastSignificantBit;
  let rest = BigInt.asUintN(bits, BigInt(value));
  while (remaining > 0) {
    const shift = bit & 7;
    const take = Math.min(8 - shift, remaining);
    const mask = (1 << take) - 1;
    const index = offset + (bit >> 3);
    bytes[index] = (bytes[index] ?? 0) | ((Number(rest) & mask) << shift);
    rest >>= BigInt(take);
    bit += take;
    remaining -= take;
  }
}

function encodeFields<T extends Instruction>(bytes: Uint8Array, offset: number, instruction: T, fields: readonly Field<T>[], from: number): void {
  let next = from;
  for (const field of fields) {
    const value = field.value(instruction);
    const limit = 2 ** field.bits;
    if (!Number.isInteger(value) || value >= limit || value < -limit) {
      throw new ChipError('ADC3001', `Field ${field.name} of a ${instruction.unit} instruction cannot hold ${value} in ${field.bits} bits.`, {
        location: { node: `layer ${instruction.layer}` },
        hint: 'Choose smaller buffers or tiles for this layer.',
      });
    }
    insert(bytes, offset, next, field.bits, value);
    next += field.bits;
  }
}

/** Writes an instruction's `instructionBytes` bytes at `offset` of zeroed memory. Throws ADC3001 when a field overflows. */
export function encodeInstruction(instruction: Instruction, bytes: Uint8Array, offset: number): void {
  encodeFields(bytes, offset, instruction, headerFields, 0);
  switch (instruction.unit) {
    case 'load': encodeFields(bytes, offset, instruction, loadFields, bodyStart); break;
    case 'conv': encodeFields(bytes, offset, instruction, convFields, bodyStart); break;
    case 'lane': encodeFields(bytes, offset, instruction, laneFields, bodyStart); break;
    case 'store': encodeFields(bytes, offset, instruction, storeFields, bodyStart); break;
    case 'halt': break;
  }
}

function constantName(words: string): string {
  return words.replace(/([A-Z])/g, '_$1').toUpperCase();
}

/** The SystemVerilog package `instruction_pkg`: least significant bit (`_L`) and width (`_W`) of every field, and codes. */
export function instructionPackage(): string {
  const lines = [
    '// Places of the fields of an instruction. Written by the emitter from plugins/accel-shared/src/program/instruction-format.ts.',
    '/* verilator lint_off UNUSEDPARAM */ // a unit reads only the fields that concern it',
    'package instruction_pkg;',
    `  localparam int INSTRUCTION_BITS = ${instructionBytes * 8};`,
  ];
  for (const [unit, fields] of Object.entries(instructionFormat)) {
    for (const field of fields) {
      const name = `${constantName(unit)}_${constantName(field.name)}`;
      lines.push(`  localparam int ${name}_L = ${field.leastSignificantBit};`, `  localparam int ${name}_W = ${field.bits};`);
    }
  }
  for (const unit of ['load', 'conv', 'lane', 'store'] as const) lines.push(`  localparam int ${constantName(unit)}_BITS = ${usedBits(unit)};`);
  const codes: [string, Readonly<Record<string, number>>, number][] = [
    ['UNIT', unitCodes, 3], ['TARGET', loadTargetCodes, 3], ['OPERATION', laneOperationCodes, 2], ['RESULT', laneResultCodes, 2],
  ];
  for (const [prefix, table, bits] of codes) {
    for (const [name, code] of Object.entries(table)) lines.push(`  localparam logic [${bits - 1}:0] ${prefix}_${constantName(name)} = ${bits}'d${code};`);
  }
  lines.push('endpackage', '/* verilator lint_on UNUSEDPARAM */', '');
  return lines.join('\n');
}
