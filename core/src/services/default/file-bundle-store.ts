import { randomUUID } from 'node:crypto';
import { access, constants, lstat, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize, resolve, sep } from 'node:path';
import { z } from 'zod';
import { ChipError, errorMessage } from '../../errors/index.js';
import type { Bundle, BundleManifest, BundleStore } from '../bundle.js';
import { makeFolders } from './make-folders.js';

const manifestName = 'manifest.json';

const manifestSchema = z.looseObject({
  schemaVersion: z.int().positive(),
  kind: z.literal('autodnnchip-bundle'),
  template: z.string().min(1),
  platform: z.string().min(1),
  configuration: z.record(z.string(), z.number()),
  network: z.looseObject({ name: z.string(), source: z.string() }),
});

/** Bundles as folders on this computer. */
export function createFileBundleStore(): BundleStore {
  return {
    async check(directory, force) {
      const target = resolve(directory);
      await checkReplaceable(target, force);
      await checkWritable(dirname(target), target);
    },
    async write({ directory, files, force }) {
      const target = resolve(directory);
      const manifestFile = files.find((file) => normalize(file.path) === manifestName);
      if (manifestFile === undefined) throw new ChipError('ADC9001', `The bundle for ${target} has no ${manifestName}`);
      const text = typeof manifestFile.content === 'string' ? manifestFile.content : Buffer.from(manifestFile.content).toString('utf8');
      const manifest = parseManifest(text, join(target, manifestName));
      await checkReplaceable(target, force);
      const temporary = temporaryBeside(target);
      try {
        await makeFolder(temporary, target);
        for (const file of files) await writeInside(temporary, file.path, file.content, target);
        await swapFolders(temporary, target);
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
      return { directory: target, manifest };
    },
    async read(directory) {
      const target = resolve(directory);
      const path = join(target, manifestName);
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        throw new ChipError('ADC6005', `${directory} is not a bundle: ${errorMessage(error)}`, {
          cause: error, location: { file: path }, hint: 'Give the folder that `autodnnchip build --out` wrote.',
        });
      }
      return { directory: target, manifest: parseManifest(text, path) } satisfies Bundle;
    },
    isBundle: async (path) => await isFile(join(path, manifestName)),
  };
}

function parseManifest(text: string, path: string): BundleManifest {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new ChipError('ADC6005', `${path} is not JSON: ${errorMessage(error)}`, { cause: error, location: { file: path }, hint: 'Build the bundle again.' });
  }
  const parsed = manifestSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new ChipError('ADC6005', `${path} is not the manifest of a bundle: ${z.prettifyError(parsed.error).replace(/\s*\n\s*/g, ' ')}`, {
    location: { file: path }, hint: 'Build the bundle again.',
  });
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then((facts) => facts.isFile(), () => false);
}

/** The nearest folder above that exists must take new entries. */
async function checkWritable(folder: string, target: string): Promise<void> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT') && dirname(folder) !== folder) return await checkWritable(dirname(folder), target);
    throw cannotWrite(target, error);
  }
}

/** A folder may be replaced when it is empty, or a bundle, or when the user insists. */
async function checkReplaceable(target: string, force: boolean): Promise<void> {
  const location = { file: target };
  if (`${process.cwd()}${sep}`.startsWith(target === sep ? sep : `${target}${sep}`)) {
    throw new ChipError('ADC6004', `${target} is the folder that the command runs in, or holds it`, { location, hint: 'Choose another --out folder.' });
  }
  let facts;
  try {
    facts = await lstat(target);
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return;
    throw new ChipError('ADC6003', `${target} cannot be used: ${errorMessage(error)}`, { cause: error, location, hint: 'Choose another --out folder.' });
  }
  if (!facts.isDirectory()) {
    throw new ChipError('ADC6004', `${target} exists and is not a folder`, { location, hint: 'Choose another --out folder.' });
  }
  if (force) return;
  let entries: string[];
  try {
    entries = await readdir(target);
  } catch (error) {
    throw new ChipError('ADC6003', `${target} cannot be read: ${errorMessage(error)}`, { cause: error, location, hint: 'Choose another --out folder.' });
  }
  if (entries.length === 0) return;
  if (!isAnyManifest(await readFile(join(target, manifestName), 'utf8').catch(() => ''))) {
    throw new ChipError('ADC6004', `${target} holds files that are not a bundle`, {
      location, hint: 'Choose another --out folder, or give --force to replace everything in this one.',
    });
  }
}

/** Whether a text is the manifest of a bundle, be it of another version. */
function isAnyManifest(text: string): boolean {
  try {
    return manifestSchema.pick({ kind: true }).safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

function temporaryBeside(target: string): string {
  return join(dirname(target), `.${basename(target)}.${randomUUID().slice(0, 8)}.tmp`);
}

async function makeFolder(folder: string, target: string): Promise<void> {
  try {
    await makeFolders(folder);
  } catch (error) {
    throw cannotWrite(target, error);
  }
}

async function writeInside(root: string, path: string, content: string | Uint8Array, target: string): Promise<void> {
  const relative = normalize(path);
  if (isAbsolute(relative) || relative === '..' || relative.startsWith(`..${sep}`)) {
    throw new ChipError('ADC9001', `The bundle's file ${path} would lie outside of its folder`);
  }
  const place = join(root, relative);
  try {
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, content);
  } catch (error) {
    throw cannotWrite(target, error);
  }
}

/** Puts the new folder in the place of the old one; the old one comes back when that fails. */
async function swapFolders(temporary: string, target: string): Promise<void> {
  const old = temporaryBeside(target);
  try {
    const hadOld = await rename(target, old).then(() => true, (error: unknown) => {
      if (isErrorWithCode(error, 'ENOENT')) return false;
      throw error;
    });
    try {
      await rename(temporary, target);
    } catch (error) {
      if (hadOld) await rename(old, target);
      throw error;
    }
  } catch (error) {
    throw cannotWrite(target, error);
  }
  await rm(old, { recursive: true, force: true });
}

function cannotWrite(target: string, error: unknown): ChipError {
  return new ChipError('ADC6003', `${target} cannot be written: ${errorMessage(error)}`, {
    cause: error, location: { file: target }, hint: 'Choose another --out folder, or check permissions and free space.',
  });
}

function isErrorWithCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
