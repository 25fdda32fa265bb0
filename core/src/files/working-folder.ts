import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChipError, errorMessage } from '../errors/index.js';

/** Makes a folder for temporary files; `purpose` becomes part of its name. Whoever makes it removes it. */
export async function makeWorkingFolder(purpose: string): Promise<string> {
  const parent = tmpdir();
  try {
    return await mkdtemp(join(parent, `autodnnchip-${purpose}-`));
  } catch (error) {
    throw new ChipError('ADC6003', `No folder for temporary files can be made in ${parent}: ${errorMessage(error)}`, {
      cause: error,
      location: { file: parent },
      hint: 'Set TMPDIR to a folder that exists, that you may write to, and that has space.',
    });
  }
}

/** Runs `work` in a new folder that is gone afterwards, whatever happens. */
export async function withWorkingFolder<Result>(
  purpose: string,
  work: (directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = await makeWorkingFolder(purpose);
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
