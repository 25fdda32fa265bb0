import type { Bid } from './bid.js';
import type { EngineActivity } from './engine-activity.js';
import type { EngineBound } from './engine-bound.js';
import type { EngineBuffer, EngineMemories, PrivateMemory } from './engine-buffer.js';
import type { Emission, Plan } from './plan.js';
import type { Task, TaskField } from './task-fields.js';
import type { TaskTiming } from './task-timing.js';
import type { TransferCost } from './transfer-cost.js';
import type { Work } from './work.js';

/** What holds up an engine at a task: its own steps, or the way of its results back to eight bits. */
export type EngineLimit = 'compute' | 'requantize';

/**
 * The SystemVerilog module of an engine, with the values of its parameters. It speaks protocol *task-memory*, version
 * 1; all signals belong to the rising edge of `clk`, and `rst` is synchronous:
 *
 * - `head` (in): the task at the head of the queue, the engine's fields from bit 0; package `<module>_pkg` has their
 *   places.
 *   `ready` (in): there is one, and all that it waits for is done. `pop` (out): the engine takes it in this cycle; only while `ready`.
 * - `done` (out): one cycle for each task, in order, when its last result is written. `busy` (out): a task is in the
 *   first stage, or
 *   one may start.
 * - A buffer that loads fill: `<id>_address` (out), the addresses of its copies side by side, and `<id>_data` (in) two
 *   cycles later,
 *   for each copy the words of all banks side by side, first copy and bank lowest. One without copies has the ports of one copy.
 * - A result buffer: `<id>_write`, `<id>_address`, `<id>_data` (out), a word.
 */
export interface EngineRtl {
  readonly module: string;
  readonly parameters: Readonly<Record<string, number>>;
}

/**
 * An engine with its values: everything about a work and about one task of it. Plain functions that keep no state; a
 * chassis calls them in its loops.
 */
export interface Engine {
  /** Short name of the unit in counters, reports and RTL. */
  readonly unit: string;
  /** Multipliers that layers on this engine are measured by. */
  readonly multipliers: number;
  readonly buffers: readonly EngineBuffer[];
  readonly memories: readonly PrivateMemory[];
  readonly fields: readonly TaskField[];
  readonly rtl: EngineRtl;
  bid(work: Work): Bid;
  /** Of a work that it bid for. */
  bound(work: Work): EngineBound;
  /**
   * The tiling with the fewest estimated cycles. Throws ADC3201, naming the parameter that is too small, where none
   * fits.
   */
  plan(work: Work, cost: TransferCost): Plan;
  emit(work: Work, plan: Plan, emission: Emission): void;
  /** Writes the work's constants as `plan` laid them out, each part at its offset in the image. */
  writeConstants(work: Work, plan: Plan, image: Uint8Array, offsets: readonly number[]): void;
  timing(task: Task): TaskTiming;
  /**
   * Cycles in which the task keeps the engine at work, without fill and drain: what its multipliers are measured by.
   */
  computeCycles(task: Task): number;
  limit(task: Task): EngineLimit;
  /** What no task that was emitted has, as a sentence: rows outside of buffers and memories, work without end. */
  fault(task: Task): string | undefined;
  addActivity(activity: EngineActivity, task: Task): void;
  /** Second reader of a task beside the RTL, to the bit. Throws a RangeError where it leaves a memory. */
  execute(task: Task, memories: EngineMemories): void;
}
