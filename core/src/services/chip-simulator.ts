import type { MemoryModel } from '../chip/index.js';
import type { NotCosted, UnitCycles } from '../prediction/index.js';
import type { Bundle } from './bundle.js';
import type { NamedArray } from './named-array.js';
import { serviceToken } from './service-token.js';

export const simulationTools = ['verilator', 'cxxrtl', 'icarus'] as const;
export type SimulationTool = (typeof simulationTools)[number];

export interface SimulateRequest {
  readonly bundle: Bundle;
  /**
   * Arrays by the name of the network input that they are for; a lone array goes with a lone input, whatever its name.
   * Others are not used.
   */
  readonly inputs: readonly NamedArray[];
  /** Values that the outputs must equal, matched in the same way; outputs without any are not compared. */
  readonly expected?: readonly NamedArray[];
  /** The best that is installed when absent. */
  readonly tool?: SimulationTool;
  /** Replaces parts of the platform's memory model, in the simulated memory and in the prediction alike. */
  readonly memory?: Partial<MemoryModel>;
  readonly signal?: AbortSignal;
}

export interface SimulatedOutput {
  readonly name: string;
  readonly values: NamedArray;
  /** Elements that differ from the expected ones; absent when the output was not compared. */
  readonly mismatches?: number;
  readonly firstMismatch?: { readonly index: readonly number[]; readonly expected: number; readonly simulated: number };
}

export interface SimulatedLayer {
  readonly name: string;
  /** Cycles of the fine mode for the same memory model. */
  readonly predicted: number;
  readonly simulated: number;
  /** The chip's counters of each unit, by its name; absent for a chip without counters. */
  readonly units?: Readonly<Record<string, { readonly predicted: UnitCycles; readonly simulated: UnitCycles }>>;
}

export interface SimulateResponse {
  readonly tool: string;
  readonly version: string;
  /** Operators that the host ran before and after the chip, and why; they are in no cycle count. */
  readonly hostOperators: readonly NotCosted[];
  readonly outputs: readonly SimulatedOutput[];
  readonly cycles: {
    readonly total: number;
    readonly predictedTotal: number;
    readonly layers: readonly SimulatedLayer[];
  };
  readonly wallSeconds: number;
}

/**
 * Runs a bundle's RTL cycle by cycle on real inputs and compares bits and cycles. What the bundle leaves to the host
 * runs on the `NetworkExecutor` before and after it.
 */
export interface ChipSimulator {
  simulate(request: SimulateRequest): Promise<SimulateResponse>;
}
export const ChipSimulator = serviceToken<ChipSimulator>('ChipSimulator');
