import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ChipError, errorMessage } from '../errors/index.js';
import { writeWholeFile } from '../files/index.js';

/**
 * Throws ADC6003 now, before long work, if `writeResultFile` would refuse this file. `option` is the one that names it.
 */
export async function checkResultFile(path: string, option: string): Promise<void> {
  const facts = await stat(path).catch(() => undefined);
  if (facts !== undefined && !facts.isFile()) throw cannotWrite(path, option, 'it is there and is not a file');
  await makeFolder(path)
    .then(folder => access(folder, constants.W_OK))
    .catch((error: unknown) => {
      throw cannotWrite(path, option, errorMessage(error), error);
    });
}

/** Writes a file that is whole or as it was, whatever happens meanwhile. Folders above it are made. Throws ADC6003. */
export async function writeResultFile(path: string, content: string | Uint8Array, option: string): Promise<void> {
  await checkResultFile(path, option);
  try {
    await writeWholeFile(path, content);
  } catch (error) {
    throw cannotWrite(path, option, errorMessage(error), error);
  }
}

async function makeFolder(path: string): Promise<string> {
  const folder = dirname(resolve(path));
  await mkdir(folder, { recursive: true });
  return folder;
}

function cannotWrite(path: string, option: string, reason: string, cause?: unknown): ChipError {
  return new ChipError('ADC6003', `${path} cannot be written: ${reason}`, {
    cause,
    location: { file: path },
    hint: `Choose another --${option} file.`,
  });
}
