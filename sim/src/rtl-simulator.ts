import {
  createFileArtifactStore,
  createProcessToolRunner,
  serviceToken,
  type ArtifactStore,
  type SimulationTool,
  type ToolRunner,
} from '@autodnnchip/core';
import { checkBuildRequest } from './check-requests.js';
import type { RtlSimulationRequest, RtlSimulationResult, Simulator, SimulatorBuildRequest } from './requests.js';
import { buildCxxrtlSimulator } from './cxxrtl/cxxrtl-simulator.js';
import { buildIcarusSimulator } from './icarus/icarus-simulator.js';
import { verilatorObstacle } from './verilator/build-verilator.js';
import { buildVerilatorSimulator } from './verilator/verilator-simulator.js';

/** Simulates the RTL of a chip, cycle by cycle, with one of three tools that give the same results. */
export interface RtlSimulator {
  /** Compiles a simulator, or finds it among those compiled before. */
  build(request: SimulatorBuildRequest): Promise<Simulator>;
  /** Builds, runs once and disposes. */
  simulate(request: RtlSimulationRequest): Promise<RtlSimulationResult>;
}
export const RtlSimulator = serviceToken<RtlSimulator>('RtlSimulator');

export function createRtlSimulator(tools: ToolRunner, artifacts: ArtifactStore): RtlSimulator {
  const build = async (request: SimulatorBuildRequest): Promise<Simulator> => {
    const busBytes = checkBuildRequest(request);
    const tool = request.tool === 'auto' ? await chooseTool(tools, request) : request.tool;
    switch (tool) {
      case 'verilator':
        return await buildVerilatorSimulator(tools, artifacts, request, busBytes);
      case 'cxxrtl':
        return await buildCxxrtlSimulator(tools, artifacts, request, busBytes);
      case 'icarus':
        return await buildIcarusSimulator(tools, artifacts, request, busBytes);
    }
  };
  return {
    build,
    async simulate(request) {
      const simulator = await build(request);
      try {
        return await simulator.run(request);
      } finally {
        await simulator.dispose();
      }
    },
  };
}

async function chooseTool(tools: ToolRunner, request: SimulatorBuildRequest): Promise<SimulationTool> {
  const obstacle = await verilatorObstacle(tools);
  if (obstacle === undefined) return 'verilator';
  request.onFallback?.(obstacle);
  return 'cxxrtl';
}

/** Where the functions below keep compiled simulators; the user's cache folder when absent. */
export interface CacheOptions {
  readonly cacheDirectory?: string;
}

function standalone(options: CacheOptions): RtlSimulator {
  return createRtlSimulator(createProcessToolRunner(), createFileArtifactStore(options.cacheDirectory));
}

/** Compiles a simulator for use without the framework. */
export async function buildSimulator(request: SimulatorBuildRequest & CacheOptions): Promise<Simulator> {
  return await standalone(request).build(request);
}

/** Simulates once, for use without the framework. */
export async function simulateRtl(request: RtlSimulationRequest & CacheOptions): Promise<RtlSimulationResult> {
  return await standalone(request).simulate(request);
}
