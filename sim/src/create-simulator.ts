import { ChipError, type SimulationTool } from '@autodnnchip/core';
import { checkRunRequest } from './check-requests.js';
import type { RunReport } from './result-text.js';
import type { RtlSimulationResult, SimulationRunRequest, Simulator } from './requests.js';

/** What a run leaves, whatever the tool. */
export interface RunOutcome {
  readonly report: RunReport;
  readonly readBack: readonly Uint8Array[];
}

/** What is particular to a tool. */
export interface SimulatorParts {
  readonly tool: SimulationTool;
  readonly version: string;
  readonly compiled: 'cached' | 'built';
  readonly compileSeconds: number;
  readonly busBytes: number;
  /** Whether runs may write a trace. */
  readonly traces: boolean;
  /** The request is checked, and its signal ends with the simulator too. */
  run(request: SimulationRunRequest): Promise<RunOutcome>;
}

/** The part of every simulator that is the same for all tools: checks, time taken, and the end. */
export function createSimulator(parts: SimulatorParts): Simulator {
  const { tool, version, compiled, compileSeconds } = parts;
  const disposed = new AbortController();
  return {
    tool,
    version,
    compiled,
    compileSeconds,
    async run(request): Promise<RtlSimulationResult> {
      checkRunRequest(request, parts.busBytes);
      if (request.traceFile !== undefined && !parts.traces) {
        throw new ChipError('ADC5006', `This ${tool} simulator writes no traces`, {
          hint: 'Build it with trace: true and the tool verilator.',
        });
      }
      if (disposed.signal.aborted)
        throw new ChipError('ADC5006', 'The simulator is disposed of', { hint: 'Build another one.' });
      const started = performance.now();
      const signal =
        request.signal === undefined ? disposed.signal : AbortSignal.any([request.signal, disposed.signal]);
      const { report, readBack } = await parts.run({ ...request, signal });
      return {
        tool,
        version,
        compiled,
        compileSeconds,
        readBack,
        cycles: report.cycles,
        layerRecords: report.layerRecords,
        wallSeconds: (performance.now() - started) / 1000,
        simulatedCyclesPerSecond: report.seconds > 0 ? report.simulatedEdges / report.seconds : 0,
      };
    },
    async dispose() {
      disposed.abort();
    },
  };
}
