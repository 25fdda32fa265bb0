import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ChipError,
  makeWorkingFolder,
  type ModulePort,
  type NetlistResponse,
  type PlaceableTarget,
  type ShellSource,
  type ToolRunner,
} from '@autodnnchip/core';
import { readStatistics } from './read-results.js';
import { stageSources, type SourceFile, type StagedFile } from './source-files.js';
import { portScript, scriptOutputs, synthesisScript } from './synthesis-script.js';
import { withSourceLocation } from './source-location.js';
import { findYosys, type YosysChoice, type YosysTool } from './yosys-tool.js';

/** RTL to turn into a netlist. */
export interface SourceNetlistRequest {
  readonly sources: readonly SourceFile[];
  readonly top: string;
  /** Values of the top module's parameters; a shell has to set them itself. */
  readonly parameters?: Readonly<Record<string, number>>;
  readonly target: PlaceableTarget;
  readonly outputPath: string;
  readonly shell?: (ports: readonly ModulePort[]) => ShellSource;
  /** The installed Yosys where it works, else the embedded one, when absent. */
  readonly tool?: YosysChoice;
  /** 1800 when absent. */
  readonly timeLimitSeconds?: number;
  readonly signal?: AbortSignal;
}

const scriptName = 'netlist.ys';
const shellName = 'place_and_route_shell.sv';
const defaultTimeLimitSeconds = 1800;

/** Writes the netlist of a design in the JSON form of Yosys. Throws ADC4001 to ADC4013; nothing else is left behind. */
export async function writeNetlist(request: SourceNetlistRequest, runner: ToolRunner): Promise<NetlistResponse> {
  const staged = stageSources(request.sources);
  const tool = await findYosys(request.tool ?? 'best', runner);
  const started = performance.now();
  const folder = await makeWorkingFolder('netlist');
  const run = async (script: string): Promise<void> => await runScript(tool, folder, script, request, staged);
  try {
    for (const { name, text } of staged) await writeFile(join(folder, name), text);
    const sources = staged.filter(({ isRoot }) => isRoot).map(({ name }) => name);
    const { target, top, parameters = {} } = request;
    if (request.shell === undefined) {
      await run(synthesisScript({ sources, top, parameters, target, flatten: true, writesNetlist: true }));
    } else {
      await run(portScript(sources, top, parameters));
      const shell = request.shell(await readPorts(folder));
      await writeFile(join(folder, shellName), shell.text);
      await run(
        synthesisScript({
          sources: [...sources, shellName],
          top: shell.top,
          parameters: {},
          target,
          flatten: true,
          writesNetlist: true,
        }),
      );
    }
    const { version, cells } = await readStatistics(folder);
    await copyFile(join(folder, scriptOutputs.netlist), request.outputPath);
    return { tool: tool.name, version, cells, wallSeconds: (performance.now() - started) / 1000 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runScript(
  tool: YosysTool,
  folder: string,
  script: string,
  request: SourceNetlistRequest,
  staged: readonly StagedFile[],
): Promise<void> {
  await writeFile(join(folder, scriptName), script);
  try {
    await tool.run(folder, scriptName, request.timeLimitSeconds ?? defaultTimeLimitSeconds, request.signal);
  } catch (error) {
    throw withSourceLocation(error, staged);
  }
}

/** Ports as `portlist` printed them: a line each, with direction, range and name. */
async function readPorts(folder: string): Promise<readonly ModulePort[]> {
  const text = await readFile(join(folder, scriptOutputs.ports), 'utf8');
  const ports = [...text.matchAll(/^(input|output|inout) \[(\d+):(\d+)\] (\S+)$/gm)].map(
    ([, direction, high, low, name]) => ({
      direction: direction as ModulePort['direction'],
      name,
      bits: Math.abs(Number(high) - Number(low)) + 1,
    }),
  );
  if (ports.length > 0) return ports;
  throw new ChipError('ADC4013', 'The result of Yosys cannot be read: it listed no ports of the top module', {
    hint: 'Check that the top module has ports.',
  });
}
