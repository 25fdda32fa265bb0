import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, posix } from 'node:path';
import { readInputFile } from '@autodnnchip/core';
import type { RtlFile } from './requests.js';

/** A source with the place that it has in a tool's working folder. */
export interface StagedSource {
  /** Path as the caller gave it: what messages show. */
  readonly givenPath: string;
  /** Relative to the working folder, with slashes. */
  readonly stagedPath: string;
  readonly content: string;
}

/** Reads what is given by path and finds a place for every source. */
export async function stageSources(files: readonly (RtlFile | string)[]): Promise<readonly StagedSource[]> {
  const taken = new Set<string>();
  const staged: StagedSource[] = [];
  for (const file of files) {
    const given =
      typeof file === 'string'
        ? { path: file, content: new TextDecoder().decode(await readInputFile(file, 'rtl')) }
        : file;
    staged.push({ givenPath: given.path, stagedPath: placeOf(given.path, taken), content: given.content });
  }
  return staged;
}

/** Tools choke on blanks and quotes in paths, and ours must stay inside the working folder. */
function placeOf(path: string, taken: Set<string>): string {
  const relative = posix.normalize(path.replaceAll('\\', '/'));
  const inside = isAbsolute(path) || relative.startsWith('..') ? basename(relative) : relative;
  const safe = inside.replaceAll(/[^\w./-]/g, '_');
  let place = `rtl/${safe}`;
  for (let copy = 2; taken.has(place); copy++) place = `rtl/${copy}/${safe}`;
  taken.add(place);
  return place;
}

/** Folders in which sources look for what they include. */
export function includeFolders(sources: readonly StagedSource[]): readonly string[] {
  return [...new Set(sources.map(source => posix.dirname(source.stagedPath)))];
}

export async function writeSources(directory: string, sources: readonly StagedSource[]): Promise<void> {
  for (const { stagedPath, content } of sources) {
    await mkdir(join(directory, dirname(stagedPath)), { recursive: true });
    await writeFile(join(directory, stagedPath), content);
  }
}
