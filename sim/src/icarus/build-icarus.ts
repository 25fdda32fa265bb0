import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { knownTools, type ArtifactStore, type ToolRunner } from '@autodnnchip/core';
import { readHarness } from '../harness-sources.js';
import type { BusWidth, SimulatorBuildRequest } from '../requests.js';
import { locateRtlError } from '../rtl-errors.js';
import { includeFolders, stageSources, writeSources } from '../rtl-sources.js';
import { requireLeft } from '../run-folder.js';

export interface CompiledTestbench {
  readonly programPath: string;
  readonly version: string;
  readonly compiled: 'cached' | 'built';
}

const defaultTimeLimitSeconds = 900;
const programName = 'simulator.vvp';
const testbench = 'icarus_testbench';
/** Memory sizes are rounded up to powers of two, so that few testbenches do for many runs. */
const fewestMemoryWords = 2 ** 16;

export function memoryWordsFor(memoryBytes: number, busBytes: number): number {
  return Math.max(fewestMemoryWords, 2 ** Math.ceil(Math.log2(memoryBytes / busBytes)));
}

/** Compiles chip and testbench with a memory of this many bus words, or finds them in the store. */
export async function buildIcarus(
  tools: ToolRunner,
  artifacts: ArtifactStore,
  request: SimulatorBuildRequest,
  busBytes: BusWidth,
  memoryWords: number,
): Promise<CompiledTestbench> {
  const { version } = await tools.require(knownTools.icarus);
  const sources = await stageSources(request.rtlFiles);
  const harness = await readHarness('icarus');
  const options = [
    '-g2012',
    '-s',
    testbench,
    `-P${testbench}.BUS_BYTES=${busBytes}`,
    `-P${testbench}.MEMORY_WORDS=${memoryWords}`,
  ];
  const artifact = await artifacts.obtain({
    kind: 'icarus-simulator',
    inputs: [
      version,
      ...options,
      ...harness.flatMap(({ name, content }) => [name, content]),
      ...sources.flatMap(({ stagedPath, content }) => [stagedPath, content]),
    ],
    create: async directory => {
      await writeSources(directory, sources);
      await mkdir(join(directory, 'harness'));
      for (const { name, content } of harness) await writeFile(join(directory, 'harness', name), content);
      try {
        await tools.run({
          tool: knownTools.icarus,
          arguments: [
            ...options,
            '-o',
            programName,
            ...includeFolders(sources).map(folder => `-I${folder}`),
            ...sources.map(({ stagedPath }) => stagedPath),
            ...harness.map(({ name }) => `harness/${name}`),
          ],
          workingDirectory: directory,
          timeLimitSeconds: request.compileTimeLimitSeconds ?? defaultTimeLimitSeconds,
          ...(request.signal === undefined ? {} : { signal: request.signal }),
        });
      } catch (error) {
        throw locateRtlError(error, 'Icarus Verilog', sources);
      }
      await requireLeft(directory, programName, `icarus ${version}`);
      for (const folder of ['harness', 'rtl']) await rm(join(directory, folder), { recursive: true, force: true });
    },
  });
  return {
    programPath: join(artifact.directory, programName),
    version,
    compiled: artifact.reused ? 'cached' : 'built',
  };
}
