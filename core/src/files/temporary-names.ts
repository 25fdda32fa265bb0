import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sha256 } from './sha256.js';

/**
 * What a hidden entry beside a file or folder is: being written, or the previous one while a new one takes its place.
 */
export type TemporaryRole = 'new' | 'old';

/** A hidden entry that a process left beside a target. */
export interface TemporaryEntry {
  readonly path: string;
  readonly role: TemporaryRole;
}

/** Hidden names are short, whatever the target's: a name that is allowed gets one that is allowed too. */
function stem(target: string): string {
  return `.autodnnchip-${sha256(basename(target)).slice(0, 12)}`;
}

/** Names of this very process: its number may have been another's before, as in containers. */
const own = new Set<string>();

/** A name beside the target that nobody else has; it says which process made it. */
export function temporaryBeside(target: string, role: TemporaryRole): string {
  const name = `${stem(target)}.${process.pid}.${randomBytes(4).toString('hex')}.${role}`;
  own.add(name);
  return join(dirname(target), name);
}

/** Entries beside the target whose processes are gone: what a killed run left. */
export async function abandonedBeside(target: string): Promise<readonly TemporaryEntry[]> {
  const folder = dirname(target);
  const pattern = /^\.(\d+)\.[0-9a-f]{8}\.(new|old)$/;
  const start = stem(target);
  const found: TemporaryEntry[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const match = name.startsWith(start) ? pattern.exec(name.slice(start.length)) : null;
    if (match !== null && !isInUse(name, Number(match[1])))
      found.push({ path: join(folder, name), role: match[2] as TemporaryRole });
  }
  return found;
}

function isInUse(name: string, processId: number): boolean {
  if (processId === process.pid) return own.has(name);
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // One that belongs to somebody else is alive too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
