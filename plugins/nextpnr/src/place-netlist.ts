import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import {
  ChipError,
  errorMessage,
  makeWorkingFolder,
  type PlaceableTarget,
  type ToolDescription,
  type ToolRunner,
} from '@autodnnchip/core';
import { placementDevices } from './nextpnr-tool.js';
import { readPlacementReport, type PlacementReport } from './read-report.js';

export interface PlaceNetlistRequest {
  /** Netlist in the JSON form of Yosys. */
  readonly netlistPath: string;
  readonly target: PlaceableTarget;
  readonly seed: number;
  /** 3600 when absent. */
  readonly timeLimitSeconds?: number;
  readonly signal?: AbortSignal;
}

export interface PlacedNetlist extends PlacementReport {
  readonly tool: string;
  readonly version: string;
  readonly wallSeconds: number;
}

const defaultTimeLimitSeconds = 3600;
const reportName = 'report.json';

/** More than these families reach: a clock that is met would let the tool stop early. Missing it is no failure here. */
const targetMegahertz = 200;

/** Places and routes a netlist once with `tool`. Throws ADC4001 to ADC4013; nothing is left behind. */
export async function placeNetlist(
  request: PlaceNetlistRequest,
  tool: ToolDescription,
  runner: ToolRunner,
): Promise<PlacedNetlist> {
  const netlist = resolve(request.netlistPath);
  // The WebAssembly build sees its working folder and what is below it: all files are named relative to that.
  const folder = await mkdtemp(join(dirname(netlist), 'placement-'));
  const name = basename(folder);
  try {
    const { version, wallSeconds } = await runner.run({
      tool,
      arguments: [
        ...placementDevices[request.target].arguments,
        '--json',
        basename(netlist),
        '--report',
        join(name, reportName),
        '--seed',
        String(request.seed),
        '--freq',
        String(targetMegahertz),
        '--timing-allow-fail',
        '--quiet',
      ],
      workingDirectory: dirname(netlist),
      timeLimitSeconds: request.timeLimitSeconds ?? defaultTimeLimitSeconds,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    return { ...readPlacementReport(await readReport(join(folder, reportName))), tool: tool.id, version, wallSeconds };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readReport(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ChipError('ADC4013', `The report of nextpnr cannot be read: it left none: ${errorMessage(error)}`, {
      hint: 'Check with `autodnnchip doctor` which nextpnr is used; 0.4 and 0.11 are known to work.',
    });
  }
}

/** A folder for a netlist and its placements. */
export async function placementFolder(): Promise<string> {
  return await makeWorkingFolder('placement');
}
