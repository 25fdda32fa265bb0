import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `work` in a new folder that is gone afterwards, whatever happens. */
export async function withWorkingFolder<Result>(work: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'autodnnchip-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const lookMilliseconds = 200;

/** Calls `onProgress` with the number in a file whenever it has changed. Returns a function that stops it. */
export function watchProgress(path: string, onProgress: ((cycles: number) => void) | undefined): () => void {
  if (onProgress === undefined) return () => undefined;
  let last = -1;
  let stopped = false;
  const look = async (): Promise<void> => {
    const text = await readFile(path, 'utf8').catch(() => '');
    const cycles = /^(\d+)\n$/.exec(text)?.[1];
    if (stopped || cycles === undefined || Number(cycles) === last) return;
    last = Number(cycles);
    onProgress(last);
  };
  const timer = setInterval(() => void look(), lookMilliseconds);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
