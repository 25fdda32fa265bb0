import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChipError, errorMessage } from '@autodnnchip/core';
import type { RunOutcome } from './create-simulator.js';
import type { MemoryRegion } from './requests.js';
import { readResultText } from './result-text.js';

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

/** A region and the file that its contents come in. */
export interface ReadBackFile extends MemoryRegion {
  readonly file: string;
}

export function nameReadBackFiles(regions: readonly MemoryRegion[]): readonly ReadBackFile[] {
  return regions.map(({ address, length }, index) => ({ address, length, file: `read-back-${index}.bin` }));
}

/** Reads what a run left in its folder. `what` names the simulator in messages. */
export async function readOutcome(
  directory: string, resultFile: string, readBack: readonly ReadBackFile[], what: string, busBytes: number, layerCount: number,
): Promise<RunOutcome> {
  const report = readResultText(await readResult(join(directory, resultFile), what), what, busBytes, layerCount);
  return { report, readBack: await Promise.all(readBack.map(async ({ file, length }) => await readRegion(join(directory, file), length, what))) };
}

async function readResult(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ChipError('ADC5001', `${what} ended without a result: ${errorMessage(error)}`, {
      cause: error, hint: 'Check that the disk is not full, and that the program in the cache folder is not damaged.',
    });
  }
}

async function readRegion(path: string, length: number, what: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  if (bytes.length !== length) {
    throw new ChipError('ADC5001', `${what} left ${bytes.length} bytes of memory where ${length} were asked for`, { hint: 'Check that the disk is not full.' });
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
