import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ChipError, errorMessage } from '../errors/index.js';

/** Throws ADC6003 now, before long work, if `writeResultFile` would refuse this file. `option` is the one that names it. */
export async function checkResultFile(path: string, option: string): Promise<void> {
  const facts = await stat(path).catch(() => undefined);
  if (facts !== undefined && !facts.isFile()) throw cannotWrite(path, option, 'it is there and is not a file');
  await makeFolder(path).then((folder) => access(folder, constants.W_OK)).catch((error: unknown) => { throw cannotWrite(path, option, errorMessage(error), error); });
}

/** Writes beside the file and renames at the end: it is whole or not there. Folders above it are made. Throws ADC6003. */
export async function writeResultFile(path: string, content: string | Uint8Array, option: string): Promise<void> {
  await checkResultFile(path, option);
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cannotWrite(path, option, errorMessage(error), error);
  }
}

async function makeFolder(path: string): Promise<string> {
  const folder = dirname(resolve(path));
  await mkdir(folder, { recursive: true });
  return folder;
}

function cannotWrite(path: string, option: string, reason: string, cause?: unknown): ChipError {
  return new ChipError('ADC6003', `${path} cannot be written: ${reason}`, { cause, location: { file: path }, hint: `Choose another --${option} file.` });
}
