import type { BundleFile } from '../../chip/index.js';
import { ChipError } from '../../errors/index.js';
import { sha256 } from '../../files/index.js';

/** File of a bundle that holds the SHA-256 of all others, as the command `sha256sum` writes and checks it. */
export const checksumsName = 'checksums.txt';

/** Paths in bundles are plain: they stand in make files, scripts and tables. */
const plainPath = /^\w[\w.-]*(\/\w[\w.-]*)*$/;

/** The checksums of files to be written, by path. */
export function checksumsOf(files: readonly BundleFile[]): ReadonlyMap<string, string> {
  const checksums = new Map<string, string>();
  for (const { path, content } of files) {
    if (!plainPath.test(path) || path === checksumsName || checksums.has(path))
      throw new ChipError('ADC9001', `A bundle cannot have a file ${JSON.stringify(path)}, or has it twice`);
    checksums.set(path, sha256(content));
  }
  return checksums;
}

export function formatChecksums(checksums: ReadonlyMap<string, string>): string {
  return [...checksums]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([path, sum]) => `${sum}  ${path}\n`)
    .join('');
}

/** Reads what `formatChecksums` wrote; undefined where the text is something else. */
export function parseChecksums(text: string): ReadonlyMap<string, string> | undefined {
  const checksums = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, sum, path] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (sum === undefined || !plainPath.test(path) || checksums.has(path)) return undefined;
    checksums.set(path, sum);
  }
  return checksums;
}
