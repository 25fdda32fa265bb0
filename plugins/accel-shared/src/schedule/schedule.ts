import type { OperatorKind } from '@autodnnchip/core';
import type { Plan } from '@autodnnchip/core/engine';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { Instruction } from '../program/instruction.js';
import type { EngineAnswer } from '../lowering/index.js';

/** A network mapped onto a configuration: the program, and where everything lies in external memory. */
export interface Schedule {
  readonly configuration: AccelSharedConfiguration;
  readonly layers: readonly ScheduledLayer[];
  /** The whole program, program loads and closing halts included; a multiple of programBlock. */
  readonly instructions: readonly Instruction[];
  readonly memory: MemoryPlan;
}

/** One layer of the program. */
export interface ScheduledLayer {
  readonly name: string;
  readonly operator: OperatorKind | 'copy';
  /** Unit of the engine that runs it. */
  readonly engine: string;
  /** What all engines said of it, the winner's answer first. */
  readonly answers: readonly EngineAnswer[];
  readonly multiplyAccumulates: number;
  /** First and last instruction of the layer; those of neighbouring layers may lie between. */
  readonly firstInstruction: number;
  readonly lastInstruction: number;
  /** Bytes that its loads and stores move; the program itself not counted. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Name of the tensor that it writes (the concatenation, where it writes a part of one). */
  readonly output: string;
  /** Cycles that the engine needs at least: every pixel of every instruction, no overhead, no waiting. */
  readonly idealComputeCycles: number;
  readonly plan: Plan;
  /** Address of each part of its constants. */
  readonly constants: readonly number[];
}

export interface MemoryRegion {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
}

/** External memory of the chip. Addresses are byte addresses from 0. */
export interface MemoryPlan {
  readonly program: MemoryRegion;
  readonly weights: MemoryRegion;
  /** Feature maps, index as in `LoweredNetwork.tensors`; regions of different life spans overlap. */
  readonly tensors: readonly MemoryRegion[];
  /** Where the host writes each of `LoweredNetwork.inputs` and reads each of `LoweredNetwork.outputs`. */
  readonly inputs: readonly MemoryRegion[];
  readonly outputs: readonly MemoryRegion[];
  readonly totalBytes: number;
}
