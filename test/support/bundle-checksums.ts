import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '@autodnnchip/core';

/** SHA-256 of the files in a folder, by path: what a bundle in it has as its checksums. */
export function folderChecksums(directory: string): Map<string, string> {
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter(path => path !== 'checksums.txt');
  return new Map(paths.sort().map(path => [path, sha256(readFileSync(join(directory, path)))]));
}

/**
 * Makes checksums.txt fit the files again, as somebody does who changes a bundle on purpose, or with bad intent;
 * `paths`, where given, are those that changed.
 */
export function acceptChanges(directory: string, paths?: readonly string[]): void {
  const list = join(directory, 'checksums.txt');
  const sums =
    paths === undefined
      ? folderChecksums(directory)
      : new Map(
          readFileSync(list, 'utf8')
            .split('\n')
            .filter(line => line !== '')
            .map((line): [string, string] => [line.slice(66), line.slice(0, 64)]),
        );
  for (const path of paths ?? []) sums.set(path, sha256(readFileSync(join(directory, path))));
  writeFileSync(list, [...sums].map(([path, sum]) => `${sum}  ${path}\n`).join(''));
}
