import {
  windowFields,
  type TaskField,
  constantName,
  placeFields,
  usedBits,
  type PlacedField,
} from '@autodnnchip/core/engine';

import type { Chip } from '../chip/chip.js';

/** Constants of placed fields: least significant bit (`_L`) and width (`_W`). */
export function fieldLines(prefix: string, fields: readonly PlacedField[]): string[] {
  return fields.flatMap(({ name, leastSignificantBit, bits }) => [
    `  localparam int ${prefix}${constantName(name)}_L = ${leastSignificantBit};`,
    `  localparam int ${prefix}${constantName(name)}_W = ${bits};`,
  ]);
}

/** Constants of the values of a field. */
export function codeLines(
  prefix: string,
  bits: number,
  codes: readonly (readonly [name: string, code: number])[],
): string[] {
  return codes.map(
    ([name, code]) => `  localparam logic [${bits - 1}:0] ${prefix}_${constantName(name)} = ${bits}'d${code};`,
  );
}

/** A package whose constants are not all read. */
export function packageText(name: string, comment: string, lines: readonly string[]): string {
  return [
    `// ${comment} Written by the emitter.`,
    '/* verilator lint_off UNUSEDPARAM */ // a reader takes only what concerns it',
    `package ${name};`,
    ...lines,
    'endpackage',
    '/* verilator lint_on UNUSEDPARAM */',
    '',
  ].join('\n');
}

/** `BITS` of a task, places of its fields, counted from the first, and values that have names. */
function taskLines(fields: readonly TaskField[]): string[] {
  const placed = placeFields(fields, 0);
  return [
    `  localparam int BITS = ${usedBits(placed)};`,
    ...fieldLines('', placed),
    ...placed.flatMap(({ name, bits, codes }) =>
      codes === undefined ? [] : codeLines(constantName(name), bits, Object.entries(codes)),
    ),
  ];
}

/** The package `window_pkg`: fields of a window, which are the first of the tasks of engines that walk one. */
export function windowPackage(): string {
  return packageText('window_pkg', 'Fields of a window, for `window_sequencer`.', taskLines(windowFields('', '')));
}

/** A package `<module>_pkg` for each engine module of the chip, with the fields of its tasks; by module. */
export function enginePackages({ engines }: Chip): ReadonlyMap<string, string> {
  const packages = new Map<string, string>();
  for (const {
    unit,
    rtl: { module },
    fields,
  } of engines) {
    const text = packageText(
      `${module}_pkg`,
      `Fields of a task of \`${module}\`, from its first bit.`,
      taskLines(fields),
    );
    if ((packages.get(module) ?? text) !== text)
      throw new RangeError(`Engine ${unit} has other task fields than another engine of module ${module}`);
    packages.set(module, text);
  }
  return packages;
}
