import { mkdir, mkdtemp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ChipError, errorMessage } from '@autodnnchip/core';
import { extract } from 'tar';

/**
 * Unpacks a package that `npm pack` wrote, and returns its folder. That lies below the working folder's `node_modules`,
 * so that what the package imports is found as if it were installed there. Throws ADC2010 where the file is no package.
 */
export async function unpackPackage(path: string, workingDirectory: string): Promise<string> {
  try {
    const parent = join(workingDirectory, 'node_modules', '.cache', 'autodnnchip');
    await mkdir(parent, { recursive: true });
    const folder = await mkdtemp(join(parent, `${basename(path, '.tgz')}-`));
    await extract({ file: path, cwd: folder, strip: 1, strict: true });
    return folder;
  } catch (error) {
    throw new ChipError('ADC2010', `Packed plugin ${path} cannot be unpacked: ${errorMessage(error)}`, {
      location: { file: path },
      cause: error,
      hint: 'Give a file that `npm pack` wrote, in a folder that may be written to.',
    });
  }
}
