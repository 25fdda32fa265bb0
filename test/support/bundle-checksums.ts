import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '@autodnnchip/core';

/** SHA-256 of the files in a folder, by path: what a bundle in it has as its checksums. */
export function folderChecksums(directory: string): Map<string, string> {
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1)).filter((path) => path !== 'checksums.txt');
  return new Map(paths.sort().map((path) => [path, sha256(readFileSync(join(directory, path)))]));
}

/** Makes checksums.txt fit the files again, as somebody does who changes a bundle on purpose, or with bad intent. */
export function acceptChanges(directory: string): void {
  writeFileSync(join(directory, 'checksums.txt'), [...folderChecksums(directory)].map(([path, sum]) => `${sum}  ${path}\n`).join(''));
}
