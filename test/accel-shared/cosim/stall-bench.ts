import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createFileArtifactStore, createProcessToolRunner, knownTools, type MemoryModel } from '@autodnnchip/core';
import type { AccelSharedConfiguration } from '@autodnnchip/plugin-accel-shared';
import { chipRtl } from '../../support/chip-simulators.js';

const tools = createProcessToolRunner();
const artifacts = createFileArtifactStore();
const harnessFiles = ['control_registers.h', 'chip_pins.hpp', 'diagnostics.hpp', 'memory_model.hpp'];
const options = [
  '--cc',
  '--exe',
  '--build',
  '--top-module',
  'accel_top',
  '-Wno-fatal',
  '-O3',
  '--x-assign',
  'unique',
  '--x-initial',
  'unique',
  '--Mdir',
  'build',
  '-o',
  'bench',
  '-MAKEFLAGS',
  'OPT_FAST=-O2',
];

/** One step of `stall_bench.cpp`. */
export type BenchStep =
  'reset' | 'image' | 'run' | { readonly abandon: number } | { readonly stallPercent: number; readonly seed: number };

export interface BenchJob {
  readonly memoryImage: Uint8Array;
  readonly programAddress: number;
  readonly layerCount: number;
  readonly memory: MemoryModel;
  readonly steps: readonly BenchStep[];
}

/** What one `run` step left. */
export interface BenchRun {
  readonly cycles: number;
  /** Words 0 to 12 of each layer's record. */
  readonly records: readonly (readonly number[])[];
  readonly memory: Uint8Array;
}

async function compile(configuration: AccelSharedConfiguration): Promise<string> {
  const { version } = await tools.require(knownTools.verilator);
  const rtl = chipRtl(configuration).map(({ path, content }) => [path, content] as const);
  const harness = await Promise.all(
    harnessFiles.map(
      async name => [name, await readFile(new URL(`../../../sim/harness/${name}`, import.meta.url), 'utf8')] as const,
    ),
  );
  const sources = [
    ...rtl,
    ...harness,
    ['stall_bench.cpp', await readFile(new URL('stall_bench.cpp', import.meta.url), 'utf8')] as const,
  ];
  const { directory } = await artifacts.obtain({
    kind: 'stall-bench',
    inputs: [version, ...options, ...sources.flat()],
    create: async folder => {
      for (const [path, content] of sources) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), content);
      }
      await tools.run({
        tool: knownTools.verilator,
        workingDirectory: folder,
        timeLimitSeconds: 600,
        environment: { MAKEFLAGS: '', MAKELEVEL: '' },
        arguments: [...options, '-CFLAGS', '-std=c++17 -I..', ...rtl.map(([path]) => path), 'stall_bench.cpp'],
      });
      await rename(join(folder, 'build', 'bench'), join(folder, 'bench'));
      await rm(join(folder, 'build'), { recursive: true });
    },
  });
  return join(directory, 'bench');
}

/**
 * Runs steps on a chip; returns what the `run` steps left. Throws where the chip breaks a rule of AXI, hangs, or
 * reports nonsense.
 */
export async function runBench(configuration: AccelSharedConfiguration, job: BenchJob): Promise<BenchRun[]> {
  const executable = await compile(configuration);
  const { memory } = job;
  const folder = await mkdtemp(join(tmpdir(), 'stall-bench-'));
  try {
    await writeFile(join(folder, 'image.bin'), job.memoryImage);
    const sizes = [
      job.memoryImage.length,
      job.programAddress,
      job.layerCount,
      memory.readLatencyCycles,
      memory.writeLatencyCycles,
      memory.beatIntervalCycles,
      memory.burstGapCycles,
    ];
    const { standardOutput } = await tools.run({
      tool: {
        id: 'stall-bench',
        executable,
        purpose: 'test chips',
        installHint: '',
        versionArguments: ['--version'],
        versionPattern: /stall bench (.*)/,
      },
      arguments: ['image.bin', ...sizes.map(String), ...job.steps.flatMap(stepArguments)],
      workingDirectory: folder,
      timeLimitSeconds: 300,
    });
    const lines = standardOutput.split('\n').filter(line => line.startsWith('run '));
    return await Promise.all(
      lines.map(async (line, index) => {
        const [cycles, ...words] = line.split(' ').slice(1).map(Number);
        const records = Array.from({ length: job.layerCount }, (_, layer) => words.slice(13 * layer, 13 * layer + 13));
        return { cycles, records, memory: new Uint8Array(await readFile(join(folder, `run-${index}.bin`))) };
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function stepArguments(step: BenchStep): string[] {
  if (typeof step === 'string') return [step];
  return 'abandon' in step
    ? ['abandon', String(step.abandon)]
    : ['stall', String(step.stallPercent), String(step.seed)];
}
