import { realpath } from 'node:fs/promises';
import { join } from 'node:path';

import type { BundleReader } from '../chip/index.js';
import { ChipError, errorMessage } from '../errors/index.js';
import { readInputFile, sha256 } from '../files/index.js';
import type { Bundle } from './bundle.js';

/** Reads the files of a bundle for its template. */
export function bundleReader(bundle: Bundle): BundleReader {
  return { manifest: bundle.manifest, readFile: async path => await readBundleFile(bundle, path) };
}

/**
 * Reads one of the bundle's files, the bytes that its checksum was made of. Throws ADC6005 where the bundle has no such
 * file or a link in its place, ADC6006 where it was changed.
 */
export async function readBundleFile(
  { directory, checksums }: Pick<Bundle, 'directory' | 'checksums'>,
  path: string,
): Promise<Uint8Array> {
  const place = join(directory, path);
  const location = { file: place };
  const wanted = checksums.get(path);
  if (wanted === undefined)
    throw new ChipError('ADC6005', `The bundle in ${directory} has no file ${path}.`, {
      location,
      hint: 'Build the chip again.',
    });
  await refuseLinks(directory, path);
  const bytes = await readInputFile(place, 'bundleData');
  if (sha256(bytes) === wanted) return bytes;
  throw new ChipError('ADC6006', `The bundle's file ${path} was changed since it was built.`, {
    location,
    hint: 'Build the chip again. If the change is meant, put the new sum into checksums.txt: docs/trust.md says how.',
  });
}

/** What a bundle holds is in its folder: a link could lead anywhere. */
async function refuseLinks(directory: string, path: string): Promise<void> {
  const place = join(directory, path);
  let isPlain: boolean;
  try {
    isPlain = (await realpath(place)) === join(await realpath(directory), path);
  } catch (error) {
    throw new ChipError('ADC6005', `The bundle's file ${path} cannot be read: ${errorMessage(error)}`, {
      cause: error,
      location: { file: place },
      hint: 'Build the chip again.',
    });
  }
  if (!isPlain)
    throw new ChipError('ADC6005', `The bundle's file ${path} is a link, or behind one.`, {
      location: { file: place },
      hint: 'Bundles hold files: build the chip again.',
    });
}
