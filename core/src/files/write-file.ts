import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { abandonedBeside, temporaryBeside } from './temporary-names.js';

/**
 * Writes beside the file, and renames when all of it is on the disk: the file is whole or as it was, also after a loss
 * of power. What the file system says against it is thrown as it is.
 */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  for (const abandoned of await abandonedBeside(path)) await rm(abandoned.path, { recursive: true, force: true });
  const temporary = temporaryBeside(path, 'new');
  try {
    await writeDurably(temporary, content);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Writes a file of which nobody knows yet, to the disk and not only to memory. */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes entries of a folder last. File systems that cannot sync folders have no need to, or no way. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
