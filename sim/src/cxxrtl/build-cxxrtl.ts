import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { ArtifactStore, ToolRunner } from '@autodnnchip/core';
import { readHarness } from '../harness-sources.js';
import type { SimulatorBuildRequest } from '../requests.js';
import { locateRtlError } from '../rtl-errors.js';
import { includeFolders, stageSources, type StagedSource } from '../rtl-sources.js';
import type { CompileTask } from './compile-program.js';
import { findEmbeddedTool } from './embedded-tools.js';
import { runProgram } from './node-program.js';

export interface CompiledChip {
  readonly modulePath: string;
  /** Of Yosys, then of clang. */
  readonly version: string;
  readonly compiled: 'cached' | 'built';
}

const defaultTimeLimitSeconds = 900;
const moduleName = 'simulator.wasm';
/** To be raised when `compile-program` makes something else of the same task. */
const compilerRevision = 'revision 1';

/** Evaluation keeps large values on the stack, and linear memory does not notice when that overflows. */
const clangArguments = [
  '-std=c++17',
  '-O2',
  '-fno-exceptions',
  '-DNDEBUG',
  '-mexec-model=reactor',
  '-Wl,-z,stack-size=8388608',
] as const;

function yosysScript(sources: readonly StagedSource[]): string {
  const folders = includeFolders(sources).map(folder => `-I${folder}`);
  return [
    `read_verilog -sv ${[...folders, ...sources.map(({ stagedPath }) => stagedPath)].join(' ')}`,
    'hierarchy -check -top accel_top',
    'proc',
    'flatten',
    'opt_expr',
    'opt_merge',
    'opt_clean',
    'write_cxxrtl -g0 accel_top_cxxrtl.hpp',
  ].join('; ');
}

/**
 * Compiles the chip and the harness to WebAssembly with tools that come with the node packages, or finds it in the
 * store.
 */
export async function buildCxxrtl(
  tools: ToolRunner,
  artifacts: ArtifactStore,
  request: SimulatorBuildRequest,
): Promise<CompiledChip> {
  const yosys = await findEmbeddedTool('@yowasp/yosys');
  const clang = await findEmbeddedTool('@yowasp/clang');
  const sources = await stageSources(request.rtlFiles);
  const harness = await readHarness('cxxrtl');
  const script = yosysScript(sources);
  const artifact = await artifacts.obtain({
    kind: 'cxxrtl-simulator',
    inputs: [
      compilerRevision,
      yosys.version,
      clang.version,
      script,
      ...clangArguments,
      ...harness.flatMap(({ name, content }) => [name, content]),
      ...sources.flatMap(({ stagedPath, content }) => [stagedPath, content]),
    ],
    create: async directory => {
      const task: CompileTask = {
        yosysModule: yosys.moduleUrl,
        yosysResources: pathToFileURL(join(yosys.directory, 'resources-yosys.js')).href,
        clangModule: clang.moduleUrl,
        yosysScript: script,
        clangArguments,
        sources: sources.map(({ stagedPath, content }) => ({ path: stagedPath, content })),
        harness,
        output: moduleName,
      };
      await compile(tools, request, directory, task, sources);
      await rm(join(directory, 'task.json'));
    },
  });
  return {
    modulePath: join(artifact.directory, moduleName),
    version: `${yosys.version} (clang ${clang.version})`,
    compiled: artifact.reused ? 'cached' : 'built',
  };
}

async function compile(
  tools: ToolRunner,
  request: SimulatorBuildRequest,
  directory: string,
  task: CompileTask,
  sources: readonly StagedSource[],
): Promise<void> {
  try {
    await runProgram(tools, {
      program: 'compile-program',
      directory,
      task,
      timeLimitSeconds: request.compileTimeLimitSeconds ?? defaultTimeLimitSeconds,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
  } catch (error) {
    throw locateRtlError(error, 'Yosys', sources);
  }
}
