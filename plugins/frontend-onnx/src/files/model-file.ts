import { readInputFile } from '@autodnnchip/core';
import { emptyFile } from '../errors.js';

/** Reads a whole model file; whatever the file system says against it becomes a ChipError. */
export async function readModelFile(path: string): Promise<Uint8Array> {
  const bytes = await readInputFile(path, 'model');
  if (bytes.length === 0) throw emptyFile(path);
  return bytes;
}
