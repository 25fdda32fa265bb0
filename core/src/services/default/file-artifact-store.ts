import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ChipError, errorMessage } from '../../errors/index.js';
import { sha256, writeDurably } from '../../files/index.js';
import type { Artifact, ArtifactRequest, ArtifactStore } from '../artifact-store.js';
import { makeFolders } from './make-folders.js';

const keptDays = 30;
const dayMilliseconds = 24 * 3600 * 1000;

/** Folder of this user's caches, as the XDG base directory specification has it. */
export function defaultCacheDirectory(): string {
  const configured = process.env['XDG_CACHE_HOME'];
  return join(configured !== undefined && configured !== '' ? configured : join(homedir(), '.cache'), 'autodnnchip');
}

/** SHA-256 over parts, each with its length, so that no two lists of parts share one. */
export function hashContent(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
    hash.update(`${bytes.byteLength}:`);
    hash.update(bytes);
  }
  return hash.digest('hex');
}

/** Keeps artifacts as folders `<root>/<kind>/<hash>`; those that nobody used for a month are removed. */
export function createFileArtifactStore(rootDirectory: string = defaultCacheDirectory()): ArtifactStore {
  const inFlight = new Map<string, Promise<Artifact>>();
  let cleaned: Promise<void> | undefined;
  return {
    rootDirectory,
    async obtain(request) {
      cleaned ??= removeUnused(rootDirectory);
      await cleaned;
      const directory = join(rootDirectory, request.kind, hashContent([request.kind, ...request.inputs]));
      let pending = inFlight.get(directory);
      if (pending === undefined) {
        pending = obtainFolder(directory, request).finally(() => inFlight.delete(directory));
        inFlight.set(directory, pending);
      }
      return await pending;
    },
  };
}

async function obtainFolder(directory: string, request: ArtifactRequest): Promise<Artifact> {
  if (await isFolder(directory)) {
    if (await isWhole(directory)) {
      const now = new Date();
      await utimes(directory, now, now).catch(() => undefined);
      return { directory, reused: true };
    }
    // Damaged, or cut off by a full disk: made again.
    await rm(directory, { recursive: true, force: true });
  }
  const temporary = `${directory}.${randomUUID()}.tmp`;
  try {
    await makeFolders(temporary);
  } catch (error) {
    throw new ChipError('ADC6003', `The cache folder ${temporary} cannot be made: ${errorMessage(error)}`, {
      cause: error,
      location: { file: temporary },
      hint: 'Set XDG_CACHE_HOME to a folder that you may write to.',
    });
  }
  try {
    await request.create(temporary);
    await writeDurably(join(temporary, sealName), formatSeal(await contentsOf(temporary)));
    await rename(temporary, directory).catch(async (error: unknown) => {
      // Another process was faster: its artifact has the same inputs.
      if (!(await isFolder(directory))) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return { directory, reused: false };
}

/** File of an artifact that tells what its other files are, to see damage by. */
const sealName = 'contents.txt';

/** SHA-256 and mode of every file in a folder, by path. */
async function contentsOf(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter(entry => !entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => path !== join(directory, sealName));
  return await Promise.all(
    paths.sort().map(async path => {
      const isExecutable = ((await stat(path)).mode & 0o100) !== 0;
      return `${sha256(await readFile(path))} ${isExecutable ? 'x' : '-'} ${path.slice(directory.length + 1)}`;
    }),
  );
}

function formatSeal(contents: readonly string[]): string {
  return `${contents.join('\n')}\n`;
}

async function isWhole(directory: string): Promise<boolean> {
  try {
    return (await readFile(join(directory, sealName), 'utf8')) === formatSeal(await contentsOf(directory));
  } catch {
    return false;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    facts => facts.isDirectory(),
    () => false,
  );
}

async function removeUnused(rootDirectory: string): Promise<void> {
  const oldest = Date.now() - keptDays * dayMilliseconds;
  for (const kind of await readdir(rootDirectory).catch(() => [])) {
    for (const entry of await readdir(join(rootDirectory, kind)).catch(() => [])) {
      const path = join(rootDirectory, kind, entry);
      const facts = await stat(path).catch(() => undefined);
      const limit = entry.endsWith('.tmp') ? Date.now() - dayMilliseconds : oldest;
      if (facts !== undefined && facts.mtimeMs < limit)
        await rm(path, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}
