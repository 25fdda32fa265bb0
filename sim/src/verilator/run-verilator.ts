import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { knownTools, withWorkingFolder, type ToolDescription, type ToolRunner } from '@autodnnchip/core';
import type { RunOutcome } from '../create-simulator.js';
import type { SimulationRunRequest } from '../requests.js';
import { nameReadBackFiles, readOutcome, watchProgress } from '../run-folder.js';
import type { VerilatedChip } from './build-verilator.js';
import { formatJob } from './job-file.js';

/** The compiled simulator as a tool of its own: it says its version like any other. */
function describeSimulator(chip: VerilatedChip): ToolDescription {
  return {
    id: 'verilator',
    executable: chip.executable,
    purpose: 'simulate this chip',
    installHint: `remove ${chip.executable}, it is compiled anew then`,
    versionArguments: ['--version'],
    versionPattern: /Verilator (\d+\.\d+)/,
    errorPattern: knownTools.verilator.errorPattern,
  };
}

/** Runs the compiled chip on one memory image, in a process and a folder of its own. */
export async function runVerilator(
  tools: ToolRunner,
  chip: VerilatedChip,
  request: SimulationRunRequest,
  busBytes: number,
): Promise<RunOutcome> {
  return await withWorkingFolder('simulation', async directory => {
    const readBack = nameReadBackFiles(request.readBack);
    await writeFile(join(directory, 'memory.bin'), request.memoryImage);
    await writeFile(
      join(directory, 'job.txt'),
      formatJob({
        memoryBytes: request.memoryBytes,
        loads: [{ address: 0, file: 'memory.bin' }],
        programAddress: request.programAddress,
        memoryModel: request.memoryModel,
        maximumCycles: request.maximumCycles,
        layerCount: request.layerCount,
        ...(request.registers === undefined ? {} : { registers: request.registers }),
        readBack,
        progressFile: 'progress.txt',
        ...(request.traceFile === undefined ? {} : { traceFile: resolve(request.traceFile) }),
      }),
    );
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
    return await readOutcome(directory, 'result.txt', readBack, 'The Verilator simulator', busBytes, request);
  });
}
