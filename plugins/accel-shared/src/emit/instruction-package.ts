import { constantName, usedBits } from '@autodnnchip/core/engine';

import type { Chip } from '../chip/chip.js';
import { instructionBytes } from '../configuration.js';
import { codeLines, fieldLines, packageText } from './task-packages.js';

/**
 * The SystemVerilog package `instruction_pkg`: places of the fields of the header and of loads and stores, widths of
 * the units' instructions, and codes. Fields of engines are in packages of their own.
 */
export function instructionPackage({ units, storeUnit, loadBuffers, programTarget, format }: Chip): string {
  const [{ bits: unitBits }] = format.header;
  const [{ bits: targetBits }] = format.units[0];
  return packageText('instruction_pkg', 'Places of the fields of an instruction.', [
    `  localparam int INSTRUCTION_BITS = ${instructionBytes * 8};`,
    `  localparam int HEADER_BITS = ${usedBits(format.header)};`,
    ...fieldLines('HEADER_', format.header),
    ...fieldLines('LOAD_', format.units[0]),
    ...fieldLines('STORE_', format.units[storeUnit]),
    ...units.map(({ name }, unit) => `  localparam int ${constantName(name)}_BITS = ${usedBits(format.units[unit])};`),
    ...codeLines('UNIT', unitBits, [
      ...units.map(({ name }, unit) => [name, unit] as const),
      ['halt', format.haltCode],
    ]),
    ...codeLines('TARGET', targetBits, [
      ...loadBuffers.map((buffer, code) => [`${units[buffer.unit].name}_${buffer.id}`, code] as const),
      ['program', programTarget],
    ]),
  ]);
}
