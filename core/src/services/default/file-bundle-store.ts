import { access, constants, lstat, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { ChipError, errorMessage, systemErrorCode } from '../../errors/index.js';
import {
  exchangeFolder,
  parseInputJson,
  readInputFile,
  recoverFolder,
  syncFolder,
  temporaryBeside,
  writeDurably,
} from '../../files/index.js';
import type { BundleFile } from '../../chip/index.js';
import { readBundleFile } from '../bundle-reader.js';
import type { Bundle, BundleManifest, BundleStore } from '../bundle.js';
import { checksumsName, checksumsOf, formatChecksums, parseChecksums } from './bundle-checksums.js';
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
      await recoverFolder(target);
      await checkReplaceable(target, force);
      await checkWritable(dirname(target), target);
    },
    async write({ directory, files, force }) {
      const target = resolve(directory);
      const manifestFile = files.find(file => file.path === manifestName);
      if (manifestFile === undefined) throw new ChipError('ADC9001', `The bundle for ${target} has no ${manifestName}`);
      const { content } = manifestFile;
      const manifest = parseManifest(
        typeof content === 'string' ? Buffer.from(content) : content,
        join(target, manifestName),
      );
      const checksums = checksumsOf(files);
      await recoverFolder(target);
      await checkReplaceable(target, force);
      const temporary = temporaryBeside(target, 'new');
      try {
        await makeFolders(temporary);
        await writeAll(temporary, [...files, { path: checksumsName, content: formatChecksums(checksums) }]);
        await exchangeFolder(temporary, target);
      } catch (error) {
        throw cannotWrite(target, error);
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
      return { directory: target, manifest, checksums };
    },
    async read(directory) {
      const target = resolve(directory);
      await recoverFolder(target);
      const checksums = await readChecksums(target);
      const manifest = parseManifest(
        await readBundleFile({ directory: target, checksums }, manifestName),
        join(target, manifestName),
      );
      for (const path of checksums.keys()) {
        if (path !== manifestName) await readBundleFile({ directory: target, checksums }, path);
      }
      return { directory: target, manifest, checksums } satisfies Bundle;
    },
    isBundle: async path => await isFile(join(path, manifestName)),
  };
}

async function readChecksums(directory: string): Promise<ReadonlyMap<string, string>> {
  const manifestPath = join(directory, manifestName);
  const path = join(directory, checksumsName);
  if (!(await isFile(manifestPath))) {
    throw new ChipError('ADC6005', `${directory} is not a bundle: it has no file ${manifestName}`, {
      location: { file: manifestPath },
      hint: 'Give the folder that `autodnnchip build --out` wrote.',
    });
  }
  if (!(await isFile(path))) {
    throw new ChipError(
      'ADC6005',
      `${directory} has no file ${checksumsName}: it was built by an older version, or is not whole`,
      {
        location: { file: path },
        hint: 'Build the chip again.',
      },
    );
  }
  const checksums = parseChecksums(new TextDecoder().decode(await readInputFile(path, 'bundleText')));
  if (checksums !== undefined) return checksums;
  throw new ChipError('ADC6005', `${path} holds no checksums`, {
    location: { file: path },
    hint: 'Build the chip again.',
  });
}

function parseManifest(bytes: Uint8Array, path: string): BundleManifest {
  const parsed = manifestSchema.safeParse(parseInputJson(bytes, path, 'bundleText'));
  if (parsed.success) return parsed.data;
  throw new ChipError(
    'ADC6005',
    `${path} is not the manifest of a bundle: ${z.prettifyError(parsed.error).replace(/\s*\n\s*/g, ' ')}`,
    {
      location: { file: path },
      hint: 'Build the bundle again.',
    },
  );
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    facts => facts.isFile(),
    () => false,
  );
}

/** The nearest folder above that exists must take new entries. */
async function checkWritable(folder: string, target: string): Promise<void> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' && dirname(folder) !== folder)
      return await checkWritable(dirname(folder), target);
    throw cannotWrite(target, error);
  }
}

/** A folder may be replaced when it is empty, or a bundle, or when the user insists. */
async function checkReplaceable(target: string, force: boolean): Promise<void> {
  const location = { file: target };
  if (`${process.cwd()}${sep}`.startsWith(target === sep ? sep : `${target}${sep}`)) {
    throw new ChipError('ADC6004', `${target} is the folder that the command runs in, or holds it`, {
      location,
      hint: 'Choose another --out folder.',
    });
  }
  let facts;
  try {
    facts = await lstat(target);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw new ChipError('ADC6003', `${target} cannot be used: ${errorMessage(error)}`, {
      cause: error,
      location,
      hint: 'Choose another --out folder.',
    });
  }
  if (!facts.isDirectory()) {
    throw new ChipError('ADC6004', `${target} exists and is not a folder`, {
      location,
      hint: 'Choose another --out folder.',
    });
  }
  if (force) return;
  let entries: string[];
  try {
    entries = await readdir(target);
  } catch (error) {
    throw new ChipError('ADC6003', `${target} cannot be read: ${errorMessage(error)}`, {
      cause: error,
      location,
      hint: 'Choose another --out folder.',
    });
  }
  if (entries.length === 0) return;
  if (!(await isAnyBundle(join(target, manifestName)))) {
    throw new ChipError('ADC6004', `${target} holds files that are not a bundle`, {
      location,
      hint: 'Choose another --out folder, or give --force to replace everything in this one.',
    });
  }
}

/** Whether a file is the manifest of a bundle, be it of another version. */
async function isAnyBundle(path: string): Promise<boolean> {
  try {
    return manifestSchema
      .pick({ kind: true })
      .safeParse(parseInputJson(await readInputFile(path, 'bundleText'), path, 'bundleText')).success;
  } catch {
    return false;
  }
}

/** Writes files into an empty folder, with folders of their own, to the disk. */
async function writeAll(root: string, files: readonly BundleFile[]): Promise<void> {
  const folders = new Set([root]);
  for (const { path, content } of files) {
    const place = join(root, path);
    await mkdir(dirname(place), { recursive: true });
    for (let folder = dirname(place); folder.length > root.length; folder = dirname(folder)) folders.add(folder);
    await writeDurably(place, content);
  }
  for (const folder of folders) await syncFolder(folder);
}

function cannotWrite(target: string, error: unknown): ChipError {
  return new ChipError('ADC6003', `${target} cannot be written: ${errorMessage(error)}`, {
    cause: error,
    location: { file: target },
    hint: 'Choose another --out folder, or check permissions and free space.',
  });
}
