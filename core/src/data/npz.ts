import { zipSync, type Zippable } from 'fflate';
import type { NumericArray } from './numeric-array.js';
import { readNpy, writeNpy } from './npy.js';
import { defaultArchiveLimits, readArchive, type ArchiveLimits } from './zip.js';

const suffix = '.npy';

/** Names of the arrays in a .npz archive, in its order; no array is read. */
export function listNpz(bytes: Uint8Array, file: string, limits: ArchiveLimits = defaultArchiveLimits): string[] {
  return readArchive(bytes, file, limits)
    .filter(entry => entry.name.endsWith(suffix))
    .map(entry => entry.name.slice(0, -suffix.length));
}

/**
 * Arrays of a .npz archive (a zip of .npy files) by name.
 * @param file name for messages
 * @param keys the arrays wanted; all when left out
 */
export function readNpz(
  bytes: Uint8Array,
  file: string,
  keys?: ReadonlySet<string>,
  limits: ArchiveLimits = defaultArchiveLimits,
): Map<string, NumericArray> {
  const arrays = new Map<string, NumericArray>();
  for (const entry of readArchive(bytes, file, limits)) {
    if (!entry.name.endsWith(suffix)) continue;
    const key = entry.name.slice(0, -suffix.length);
    if (keys === undefined || keys.has(key)) arrays.set(key, readNpy(entry.read(), `${file}:${key}`));
  }
  return arrays;
}

/** The bytes of a compressed .npz archive; the same arrays give the same bytes. */
export function writeNpz(arrays: ReadonlyMap<string, NumericArray>): Uint8Array {
  const files: Zippable = {};
  for (const [key, array] of arrays) files[key + suffix] = writeNpy(array);
  return zipSync(files, { level: 6, mtime: new Date(1980, 0, 1) });
}
