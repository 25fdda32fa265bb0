import { availableParallelism } from 'node:os';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChipError, knownTools, type ArtifactStore, type ToolRunner } from '@autodnnchip/core';
import { readHarness } from '../harness-sources.js';
import type { SimulatorBuildRequest } from '../requests.js';
import { locateRtlError } from '../rtl-errors.js';
import { requireLeft } from '../run-folder.js';
import { includeFolders, stageSources, writeSources, type StagedSource } from '../rtl-sources.js';
import { compilerFlags, verilatorMakeFlags, verilatorOptions } from './verilator-flags.js';

export interface VerilatedChip {
  readonly executable: string;
  readonly version: string;
  readonly compiled: 'cached' | 'built';
}

const defaultTimeLimitSeconds = 900;
const mostCompilerJobs = 4;
const executableName = 'simulator';

/**
 * Why Verilator cannot be taken here: it or what it needs to compile is missing or does not work. Undefined where it
 * can.
 */
export async function verilatorObstacle(tools: ToolRunner): Promise<ChipError | undefined> {
  try {
    for (const tool of [knownTools.verilator, knownTools.cxxCompiler, knownTools.make]) await tools.require(tool);
    return undefined;
  } catch (error) {
    if (error instanceof ChipError) return error;
    throw error;
  }
}

/** Compiles the chip and the harness into a program, or finds it in the store. */
export async function buildVerilator(
  tools: ToolRunner,
  artifacts: ArtifactStore,
  request: SimulatorBuildRequest,
): Promise<VerilatedChip> {
  const { version } = await tools.require(knownTools.verilator);
  const compiler = await tools.require(knownTools.cxxCompiler);
  await tools.require(knownTools.make);
  const sources = await stageSources(request.rtlFiles);
  const harness = await readHarness('verilator');
  const options = verilatorOptions({ trace: request.trace === true, strict: request.strict === true });
  const artifact = await artifacts.obtain({
    kind: 'verilator-simulator',
    inputs: [
      version,
      compiler.version,
      ...options,
      verilatorMakeFlags,
      compilerFlags(''),
      ...harness.flatMap(({ name, content }) => [name, content]),
      ...sources.flatMap(({ stagedPath, content }) => [stagedPath, content]),
    ],
    create: async directory => {
      await writeSources(directory, sources);
      await mkdir(join(directory, 'harness'));
      for (const { name, content } of harness) await writeFile(join(directory, 'harness', name), content);
      await compile(tools, request, directory, sources, options);
      await requireLeft(directory, join('build', executableName), `verilator ${version}`);
      // Only the program is kept: the rest is a hundred times as large.
      await rename(join(directory, 'build', executableName), join(directory, executableName));
      for (const folder of ['build', 'harness', 'rtl'])
        await rm(join(directory, folder), { recursive: true, force: true });
    },
  });
  return {
    executable: join(artifact.directory, executableName),
    version,
    compiled: artifact.reused ? 'cached' : 'built',
  };
}

async function compile(
  tools: ToolRunner,
  request: SimulatorBuildRequest,
  directory: string,
  sources: readonly StagedSource[],
  options: readonly string[],
): Promise<void> {
  try {
    await tools.run({
      tool: knownTools.verilator,
      arguments: [
        ...options,
        '--build',
        '-j',
        String(Math.min(availableParallelism(), mostCompilerJobs)),
        '--Mdir',
        'build',
        '-o',
        executableName,
        '-CFLAGS',
        compilerFlags('../harness'),
        '-MAKEFLAGS',
        verilatorMakeFlags,
        ...includeFolders(sources).map(folder => `-I${folder}`),
        ...sources.map(({ stagedPath }) => stagedPath),
        'harness/verilator_main.cpp',
      ],
      workingDirectory: directory,
      timeLimitSeconds: request.compileTimeLimitSeconds ?? defaultTimeLimitSeconds,
      // A make that started us would have its own flags in the way.
      environment: { MAKEFLAGS: '', MAKELEVEL: '' },
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
  } catch (error) {
    throw locateRtlError(error, 'Verilator', sources);
  }
}
