import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { join } from 'node:path';
import { ChipError, errorMessage, knownTools, type ToolDescription, type ToolRunner } from '@autodnnchip/core';
import type { SimulationRunRequest } from '../requests.js';
import { readResultText, type RunReport } from '../result-text.js';
import { watchProgress, withWorkingFolder } from '../working-folder.js';
import type { VerilatedChip } from './build-verilator.js';
import { formatJob } from './job-file.js';

/** The compiled simulator as a tool of its own: it says its version like any other. */
function describeSimulator(chip: VerilatedChip): ToolDescription {
  return {
    id: 'verilator', executable: chip.executable, purpose: 'simulate this chip', installHint: `remove ${chip.executable}, it is compiled anew then`,
    versionArguments: ['--version'], versionPattern: /Verilator (\d+\.\d+)/, errorPattern: knownTools.verilator.errorPattern,
  };
}

export interface RunOutcome {
  readonly report: RunReport;
  readonly readBack: readonly Uint8Array[];
}

/** Runs the compiled chip on one memory image, in a process and a folder of its own. */
export async function runVerilator(tools: ToolRunner, chip: VerilatedChip, request: SimulationRunRequest, busBytes: number): Promise<RunOutcome> {
  return await withWorkingFolder(async (directory) => {
    const readBack = request.readBack.map((region, index) => ({ ...region, file: `read-back-${index}.bin` }));
    await writeFile(join(directory, 'memory.bin'), request.memoryImage);
    await writeFile(join(directory, 'job.txt'), formatJob({
      memoryBytes: request.memoryBytes,
      loads: [{ address: 0, file: 'memory.bin' }],
      programAddress: request.programAddress,
      memoryModel: request.memoryModel,
      maximumCycles: request.maximumCycles,
      layerCount: request.layerCount,
      readBack,
      progressFile: 'progress.txt',
      ...(request.traceFile === undefined ? {} : { traceFile: resolve(request.traceFile) }),
    }));
    const stopWatching = watchProgress(join(directory, 'progress.txt'), request.onProgress);
    try {
      await tools.run({
        tool: describeSimulator(chip),
        arguments: ['job.txt', 'result.txt'],
        workingDirectory: directory,
        timeLimitSeconds: request.timeLimitSeconds,
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
    } finally {
      stopWatching();
    }
    const report = readResultText(await readResult(join(directory, 'result.txt')), 'The Verilator simulator', busBytes, request.layerCount);
    return { report, readBack: await Promise.all(readBack.map(({ file, length }) => readRegion(join(directory, file), length))) };
  });
}

async function readResult(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ChipError('ADC5001', `The simulator ended without a result: ${errorMessage(error)}`, {
      cause: error, hint: 'Check that the disk is not full, and that the program in the cache folder is not damaged.',
    });
  }
}

async function readRegion(path: string, length: number): Promise<Uint8Array> {
  const bytes = await readFile(path);
  if (bytes.length !== length) {
    throw new ChipError('ADC5001', `The simulator left ${bytes.length} bytes of memory where ${length} were asked for`, { hint: 'Check that the disk is not full.' });
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
