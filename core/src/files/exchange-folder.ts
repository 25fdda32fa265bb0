import { rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from '../errors/index.js';
import { abandonedBeside, temporaryBeside } from './temporary-names.js';
import { syncFolder } from './write-file.js';

/**
 * Puts a new folder in the place of an old one, which comes back when that fails, or with `recoverFolder` after a kill.
 */
export async function exchangeFolder(newFolder: string, target: string): Promise<void> {
  const old = temporaryBeside(target, 'old');
  const hadOld = await rename(target, old).then(
    () => true,
    (error: unknown) => {
      if (systemErrorCode(error) === 'ENOENT') return false;
      throw error;
    },
  );
  try {
    await rename(newFolder, target);
  } catch (error) {
    if (hadOld) await rename(old, target);
    throw error;
  }
  await syncFolder(dirname(target));
  await rm(old, { recursive: true, force: true });
}

/** Brings back what a killed run had taken out of its place, and removes what it left half-written. Never throws. */
export async function recoverFolder(target: string): Promise<void> {
  for (const { path, role } of await abandonedBeside(target)) {
    const isMissing = await stat(target).then(
      () => false,
      (error: unknown) => systemErrorCode(error) === 'ENOENT',
    );
    if (isMissing && role === 'old') await rename(path, target).catch(() => undefined);
    else if (!isMissing || role === 'new') await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
