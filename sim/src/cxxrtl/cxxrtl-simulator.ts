import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withWorkingFolder, type ArtifactStore, type ToolRunner } from '@autodnnchip/core';
import { createSimulator, type RunOutcome } from '../create-simulator.js';
import {
  fourUnitRegisters,
  type BusWidth,
  type SimulationRunRequest,
  type Simulator,
  type SimulatorBuildRequest,
} from '../requests.js';
import { nameReadBackFiles, readOutcome, watchProgress } from '../run-folder.js';
import { buildCxxrtl } from './build-cxxrtl.js';
import { runProgram } from './node-program.js';
import type { RunTask } from './run-program.js';

/** Simulation by CXXRTL, compiled to WebAssembly: slower than Verilator, and needs nothing but the node packages. */
export async function buildCxxrtlSimulator(
  tools: ToolRunner,
  artifacts: ArtifactStore,
  request: SimulatorBuildRequest,
  busBytes: BusWidth,
): Promise<Simulator> {
  const started = performance.now();
  const { modulePath, version, compiled } = await buildCxxrtl(tools, artifacts, request);
  return createSimulator({
    tool: 'cxxrtl',
    version,
    compiled,
    compileSeconds: (performance.now() - started) / 1000,
    busBytes,
    traces: false,
    run: async run =>
      await withWorkingFolder(
        'simulation',
        async directory => await runCxxrtl(tools, modulePath, run, busBytes, directory),
      ),
  });
}

async function runCxxrtl(
  tools: ToolRunner,
  modulePath: string,
  run: SimulationRunRequest,
  busBytes: number,
  directory: string,
): Promise<RunOutcome> {
  const { memoryBytes, programAddress, memoryModel, maximumCycles, layerCount, registers = fourUnitRegisters } = run;
  const readBack = nameReadBackFiles(run.readBack);
  await writeFile(join(directory, 'memory.bin'), run.memoryImage);
  const task: RunTask = {
    modulePath,
    memoryFile: 'memory.bin',
    memoryBytes,
    programAddress,
    memoryModel,
    maximumCycles,
    layerCount,
    registers,
    readBack,
    resultFile: 'result.txt',
    progressFile: 'progress.txt',
  };
  const stopWatching = watchProgress(join(directory, task.progressFile), run.onProgress);
  try {
    await runProgram(tools, {
      program: 'run-program',
      directory,
      task,
      timeLimitSeconds: run.timeLimitSeconds,
      ...(run.signal === undefined ? {} : { signal: run.signal }),
    });
  } finally {
    stopWatching();
  }
  return await readOutcome(directory, task.resultFile, readBack, 'The CXXRTL simulator', busBytes, run);
}
