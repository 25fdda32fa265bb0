import type { ArtifactStore, ToolRunner } from '@autodnnchip/core';
import { createSimulator } from '../create-simulator.js';
import type { BusWidth, Simulator, SimulatorBuildRequest } from '../requests.js';
import { buildVerilator } from './build-verilator.js';
import { runVerilator } from './run-verilator.js';

/** Simulation by Verilator: the fastest, for every run a process of its own. */
export async function buildVerilatorSimulator(
  tools: ToolRunner,
  artifacts: ArtifactStore,
  request: SimulatorBuildRequest,
  busBytes: BusWidth,
): Promise<Simulator> {
  const started = performance.now();
  const chip = await buildVerilator(tools, artifacts, request);
  return createSimulator({
    tool: 'verilator',
    version: chip.version,
    compiled: chip.compiled,
    compileSeconds: (performance.now() - started) / 1000,
    busBytes,
    traces: request.trace === true,
    run: run => runVerilator(tools, chip, run, busBytes),
  });
}
