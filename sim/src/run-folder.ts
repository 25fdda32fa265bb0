import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ChipError, errorMessage } from '@autodnnchip/core';
import type { RunOutcome } from './create-simulator.js';
import type { MemoryRegion, SimulationRunRequest } from './requests.js';
import { readResultText, type RunReport } from './result-text.js';

const lookMilliseconds = 200;

/** Calls `onProgress` with the number in a file whenever it has changed. Returns a function that stops it. */
export function watchProgress(path: string, onProgress: ((cycles: number) => void) | undefined): () => void {
  if (onProgress === undefined) return () => undefined;
  let last = -1;
  const look = (): void => {
    const cycles = readProgress(path);
    if (cycles === undefined || cycles === last) return;
    last = cycles;
    onProgress(cycles);
  };
  const timer = setInterval(look, lookMilliseconds);
  return () => clearInterval(timer);
}

/** The number in the file, or undefined while there is none or it is being written. */
function readProgress(path: string): number | undefined {
  try {
    const cycles = /^(\d+)\n$/.exec(readFileSync(path, 'utf8'))?.[1];
    return cycles === undefined ? undefined : Number(cycles);
  } catch {
    return undefined;
  }
}

/** A region and the file that its contents come in. */
export interface ReadBackFile extends MemoryRegion {
  readonly file: string;
}

export function nameReadBackFiles(regions: readonly MemoryRegion[]): readonly ReadBackFile[] {
  return regions.map(({ address, length }, index) => ({ address, length, file: `read-back-${index}.bin` }));
}

/** The layer records that a run was asked for. */
type RecordsAsked = Pick<SimulationRunRequest, 'layerCount' | 'registers'>;

/** Reads what a run left in its folder. `what` names the simulator in messages. */
export async function readOutcome(
  directory: string,
  resultFile: string,
  readBack: readonly ReadBackFile[],
  what: string,
  busBytes: number,
  records: RecordsAsked,
): Promise<RunOutcome> {
  const report = await readReport(join(directory, resultFile), what, busBytes, records);
  return {
    report,
    readBack: await Promise.all(
      readBack.map(async ({ file, length }) => await readRegion(join(directory, file), length, what)),
    ),
  };
}

/** Reads the result text of a run. Throws the chip's failure where it says so. */
export async function readReport(
  path: string,
  what: string,
  busBytes: number,
  { layerCount, registers }: RecordsAsked,
): Promise<RunReport> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new ChipError('ADC5001', `${what} ended without a result: ${errorMessage(error)}`, {
      cause: error,
      hint: 'Check that the disk is not full, and that the program in the cache folder is not damaged.',
    });
  }
  return readResultText(text, what, busBytes, layerCount, registers);
}

async function readRegion(path: string, length: number, what: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch(() => new Uint8Array());
  if (bytes.length !== length) {
    throw new ChipError('ADC5001', `${what} left ${bytes.length} bytes of memory where ${length} were asked for`, {
      hint: 'Check that the disk is not full, and that the program in the cache folder is not damaged.',
    });
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Throws where a tool that reported success left no file, before anyone keeps what it left. */
export async function requireLeft(directory: string, file: string, tool: string): Promise<void> {
  const isThere = await stat(join(directory, file)).then(
    facts => facts.isFile() && facts.size > 0,
    () => false,
  );
  if (isThere) return;
  throw new ChipError('ADC4013', `${tool} reported success but did not write ${file}`, {
    hint: `\`autodnnchip doctor\` shows where ${tool} is; install it anew.`,
  });
}
