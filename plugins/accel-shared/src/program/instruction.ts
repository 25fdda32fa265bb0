/**
 * The chip's instructions. One is one task of one unit. Units take their instructions in program order and finish them
 * in that order; an instruction starts when every unit has finished at least the number of instructions that `waits`
 * names. `instruction-format.ts` gives each field its bits; `docs/accel-shared.md` says what each unit does with them.
 */
import type { MemoryBox, Task } from '@autodnnchip/core/engine';

interface InstructionBase {
  /** Number of the unit that it is for (`chip/chip.ts`). */
  readonly unit: number;
  /** Index into the schedule's layers. */
  readonly layer: number;
  /** Instructions that must have been finished, by unit, since the program's start. */
  readonly waits: number[];
}

export interface LoadInstruction extends InstructionBase, MemoryBox {
  readonly kind: 'load';
  /** Code of the buffer that is filled. */
  readonly target: number;
  /** First row of it. */
  readonly bufferBase: number;
}

/** A task of an engine. */
export interface TaskInstruction extends InstructionBase {
  readonly kind: 'task';
  readonly task: Task;
}

export interface StoreInstruction extends InstructionBase, MemoryBox {
  readonly kind: 'store';
  /** Code of the buffer that is emptied. */
  readonly source: number;
  readonly bufferBase: number;
  /** 1: this ends the layer; when it is finished the counters are recorded. */
  readonly layerEnd: number;
}

/** Ends the program: done once every unit has finished. Its unit is the number behind the last unit's. */
export interface HaltInstruction extends InstructionBase {
  readonly kind: 'halt';
}

export type Instruction = LoadInstruction | TaskInstruction | StoreInstruction | HaltInstruction;
