import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ChipError, errorMessage } from '@autodnnchip/core';

const requireHere = createRequire(import.meta.url);

/** A tool that comes as an npm package. */
export interface EmbeddedTool {
  readonly version: string;
  /** Module to import. */
  readonly moduleUrl: string;
  /** Folder of that module. */
  readonly directory: string;
}

/** Version and place of an embedded tool; nothing of it is loaded. */
export async function findEmbeddedTool(packageName: '@yowasp/yosys' | '@yowasp/clang'): Promise<EmbeddedTool> {
  try {
    const path = requireHere.resolve(packageName);
    const directory = dirname(path);
    const manifest: unknown = JSON.parse(await readFile(join(directory, '..', 'package.json'), 'utf8'));
    if (typeof manifest !== 'object' || manifest === null || !('version' in manifest))
      throw new Error('its package.json has no version');
    return { version: String(manifest.version), moduleUrl: pathToFileURL(path).href, directory };
  } catch (error) {
    throw new ChipError(
      'ADC4001',
      `${packageName} is not installed; it is needed to simulate chips without native tools: ${errorMessage(error)}`,
      {
        cause: error,
        hint: 'Install the node packages: npm install',
      },
    );
  }
}
