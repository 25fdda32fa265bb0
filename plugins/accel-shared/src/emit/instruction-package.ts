import type { Chip } from '../chip/chip.js';
import { instructionBytes } from '../configuration.js';
import { usedBits, type PlacedField } from '../program/instruction-format.js';

/** The SystemVerilog package `instruction_pkg`: least significant bit (`_L`) and width (`_W`) of every field, and codes. */
export function instructionPackage({ units, engines, loadBuffers, programTarget, format }: Chip): string {
  const lines = [
    '// Places of the fields of an instruction. Written by the emitter from the fields of the chip\'s units.',
    '/* verilator lint_off UNUSEDPARAM */ // a unit reads only the fields that concern it',
    'package instruction_pkg;',
    `  localparam int INSTRUCTION_BITS = ${instructionBytes * 8};`,
  ];
  const fieldLines = (prefix: string, fields: readonly PlacedField[]): string[] => fields.flatMap(({ name, leastSignificantBit, bits }) => [
    `  localparam int ${constantName(prefix)}_${constantName(name)}_L = ${leastSignificantBit};`, `  localparam int ${constantName(prefix)}_${constantName(name)}_W = ${bits};`,
  ]);
  lines.push(...fieldLines('header', format.header));
  for (const [unit, { name }] of units.entries()) lines.push(...fieldLines(name, format.units[unit]));
  for (const [unit, { name }] of units.entries()) lines.push(`  localparam int ${constantName(name)}_BITS = ${usedBits(format.units[unit])};`);
  const codeLines = (prefix: string, bits: number, codes: readonly (readonly [name: string, code: number])[]): string[] => codes.map(([name, code]) => (
    `  localparam logic [${bits - 1}:0] ${prefix}_${constantName(name)} = ${bits}'d${code};`));
  const [{ bits: unitBits }] = format.header;
  const [{ bits: targetBits }] = format.units[0];
  lines.push(
    ...codeLines('UNIT', unitBits, [...units.map(({ name }, unit) => [name, unit] as const), ['halt', format.haltCode]]),
    ...codeLines('TARGET', targetBits, [...loadBuffers.map((buffer, code) => [`${units[buffer.unit].name}_${buffer.id}`, code] as const), ['program', programTarget]]),
    ...engines.flatMap(({ fields }) => fields.flatMap(({ name, bits, codes }) => (codes === undefined ? [] : codeLines(constantName(name), bits, Object.entries(codes))))),
    'endpackage', '/* verilator lint_on UNUSEDPARAM */', '',
  );
  return lines.join('\n');
}

function constantName(words: string): string {
  return words.replace(/([A-Z])/g, '_$1').toUpperCase();
}
