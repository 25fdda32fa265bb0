import { basename } from 'node:path';
import { ChipError } from '../errors/index.js';
import { readInputFileSync } from '../files/index.js';
import type { NumericArray } from './numeric-array.js';
import { readNpy } from './npy.js';
import { readNpz } from './npz.js';

/** An array in a file: `FILE.npy`, `FILE.npz` or `FILE.npz:key`. */
export interface ArrayReference {
  readonly file: string;
  readonly format: 'npy' | 'npz';
  readonly key?: string;
}

/** Reads `FILE.npz[:key]` or `FILE.npy`, as commands take it. A drive letter's colon is part of the file. */
export function parseArrayReference(text: string): ArrayReference {
  const keyed = /^(.+\.npz):(.+)$/i.exec(text);
  if (keyed !== null) return { file: keyed[1], format: 'npz', key: keyed[2] };
  if (/\.npz$/i.test(text)) return { file: text, format: 'npz' };
  if (/\.npy$/i.test(text)) return { file: text, format: 'npy' };
  throw new ChipError('ADC1104', `'${text}' does not name an array.`, {
    location: { file: text },
    hint: 'Write FILE.npy, FILE.npz or FILE.npz:key.',
  });
}

/**
 * Every array of a .npz file by its key, at least one, or the one array of a .npy file by the file's name without its
 * ending.
 */
export function loadNumericArrays(file: string): Map<string, NumericArray> {
  const reference = parseArrayReference(file);
  const bytes = readInputFileSync(reference.file, 'array');
  if (reference.format === 'npy')
    return new Map([[basename(reference.file).slice(0, -'.npy'.length), readNpy(bytes, reference.file)]]);
  const arrays = readNpz(bytes, reference.file, reference.key === undefined ? undefined : new Set([reference.key]));
  if (reference.key === undefined && arrays.size === 0) throw missing(reference, []);
  if (reference.key !== undefined && !arrays.has(reference.key))
    throw missing(reference, [...readNpz(bytes, reference.file).keys()]);
  return arrays;
}

/** The one array that a reference names; a .npz file without a key must hold exactly one. */
export function loadNumericArray(reference: ArrayReference | string): NumericArray {
  const wanted = typeof reference === 'string' ? parseArrayReference(reference) : reference;
  const arrays = loadNumericArrays(wanted.key === undefined ? wanted.file : `${wanted.file}:${wanted.key}`);
  if (arrays.size !== 1) throw missing(wanted, [...arrays.keys()]);
  const [array] = arrays.values();
  return array;
}

function missing(reference: ArrayReference, keys: readonly string[]): ChipError {
  const what =
    reference.key === undefined
      ? keys.length === 0
        ? 'holds no array'
        : 'holds several arrays'
      : `has no array '${reference.key}'`;
  return new ChipError('ADC1104', `${reference.file} ${what}.`, {
    location: { file: reference.file },
    hint:
      keys.length === 0
        ? 'Write it with `numpy.savez`: its entries are .npy files.'
        : `Name one of its keys: ${keys.map(key => `${reference.file}:${key}`).join(', ')}.`,
  });
}
