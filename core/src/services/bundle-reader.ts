import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { BundleReader } from '../chip/index.js';
import { ChipError, errorMessage } from '../errors/index.js';
import type { Bundle } from './bundle.js';

/** Reads the files of a bundle for its template. */
export function bundleReader(bundle: Bundle): BundleReader {
  return {
    manifest: bundle.manifest,
    async readFile(path) {
      try {
        return await readFile(join(bundle.directory, path));
      } catch (error) {
        throw new ChipError('ADC6005', `The bundle's file ${path} cannot be read: ${errorMessage(error)}`, {
          location: { file: join(bundle.directory, path) }, cause: error, hint: 'Build the chip again.',
        });
      }
    },
  };
}
