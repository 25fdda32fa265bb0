import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ChipError, errorMessage } from '@autodnnchip/core';

/** Writes a text, with the folders above it. `option` is the one that named the file: the hint of an error says so. */
export function writeTextFile(path: string, text: string, what: string, option: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new ChipError('ADC6003', `${what} cannot be written to ${path}: ${errorMessage(error)}`, { location: { file: path }, cause: error, hint: `Give ${option} a path that can be written to.` });
  }
}
