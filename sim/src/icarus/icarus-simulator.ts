import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ChipError,
  knownTools,
  withWorkingFolder,
  type ArtifactStore,
  type ToolDescription,
  type ToolRunner,
} from '@autodnnchip/core';
import { createSimulator, type RunOutcome } from '../create-simulator.js';
import {
  fourUnitRegisters,
  type BusWidth,
  type SimulationRunRequest,
  type Simulator,
  type SimulatorBuildRequest,
} from '../requests.js';
import { readReport, watchProgress } from '../run-folder.js';
import { buildIcarus, memoryWordsFor } from './build-icarus.js';
import { coveringWords, formatBusWords, readBusWords } from './bus-words.js';

const simulatorName = 'The Icarus simulator';

/** The program that runs what `iverilog` compiled; both come in one package. */
const runtime: ToolDescription = {
  ...knownTools.icarus,
  executable: 'vvp',
  versionPattern: /Icarus Verilog runtime version (\d+\.\d+)/,
};

/**
 * Simulation by Icarus Verilog: event by event, hundreds of times slower than Verilator, and it knows unknown values.
 */
export async function buildIcarusSimulator(
  tools: ToolRunner,
  artifacts: ArtifactStore,
  request: SimulatorBuildRequest,
  busBytes: BusWidth,
): Promise<Simulator> {
  const started = performance.now();
  const { version, compiled } = await buildIcarus(tools, artifacts, request, busBytes, memoryWordsFor(1, busBytes));
  return createSimulator({
    tool: 'icarus',
    version,
    compiled,
    compileSeconds: (performance.now() - started) / 1000,
    busBytes,
    traces: false,
    run: async run => {
      const { programPath } = await buildIcarus(
        tools,
        artifacts,
        request,
        busBytes,
        memoryWordsFor(run.memoryBytes, busBytes),
      );
      return await withWorkingFolder(
        'simulation',
        async directory => await runIcarus(tools, programPath, run, busBytes, directory),
      );
    },
  });
}

async function runIcarus(
  tools: ToolRunner,
  programPath: string,
  run: SimulationRunRequest,
  busBytes: BusWidth,
  directory: string,
): Promise<RunOutcome> {
  const words = run.readBack.map(region => coveringWords(region, busBytes));
  await writeFile(join(directory, 'memory.hex'), formatBusWords(run.memoryImage, busBytes));
  await writeFile(join(directory, 'regions.txt'), words.map(({ first, count }) => `${first} ${count}\n`).join(''));
  const stopWatching = watchProgress(join(directory, 'progress.txt'), run.onProgress);
  const started = performance.now();
  try {
    await tools.run({
      tool: runtime,
      arguments: ['-n', programPath, ...plusArguments(run, busBytes)],
      workingDirectory: directory,
      timeLimitSeconds: run.timeLimitSeconds,
      ...(run.signal === undefined ? {} : { signal: run.signal }),
    });
  } finally {
    stopWatching();
  }
  // The testbench has no clock of its own to look at.
  const seconds = (performance.now() - started) / 1000;
  const report = await readReport(join(directory, 'result.txt'), simulatorName, busBytes, run);
  const lines = (await readFile(join(directory, 'read-back.hex'), 'utf8')).split('\n');
  let next = 0;
  const readBack = run.readBack.map((region, index) => {
    const { count } = words[index] ?? { count: 0 };
    const bytes = readBusWords(lines.slice(next, next + count), region, busBytes);
    next += count;
    if (bytes !== undefined) return bytes;
    throw new ChipError('ADC5001', `${simulatorName} left memory that cannot be read`, {
      hint: 'Check that the disk is not full.',
    });
  });
  return { report: { ...report, seconds }, readBack };
}

function plusArguments(run: SimulationRunRequest, busBytes: BusWidth): readonly string[] {
  const { memoryModel, registers: { liveCounters, recordWords } = fourUnitRegisters } = run;
  return [
    `+memory_bytes=${run.memoryBytes}`,
    `+image_words=${Math.ceil(run.memoryImage.length / busBytes)}`,
    `+program_address=${run.programAddress}`,
    `+maximum_cycles=${run.maximumCycles}`,
    `+layers=${run.layerCount}`,
    `+live_counters=${liveCounters}`,
    `+record_words=${recordWords}`,
    `+read_latency_cycles=${memoryModel.readLatencyCycles}`,
    `+write_latency_cycles=${memoryModel.writeLatencyCycles}`,
    `+beat_interval_cycles=${memoryModel.beatIntervalCycles}`,
    `+burst_gap_cycles=${memoryModel.burstGapCycles}`,
    `+shared_bytes_per_kilocycle=${memoryModel.sharedBytesPerKilocycle}`,
  ];
}
