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
 * An engine with its values: everything about a work and about one task of it. Plain functions that keep no state; a chassis calls them in its loops.
 */
export interface Engine {
  /** Short name of the unit in counters, reports and RTL. */
  readonly unit: string;
  /** Multipliers that layers on this engine are measured by. */
  readonly multipliers: number;
  readonly buffers: readonly EngineBuffer[];
  readonly memories: readonly PrivateMemory[];
  readonly fields: readonly TaskField[];
  bid(work: Work): Bid;
  /** Of a work that it bid for. */
  bound(work: Work): EngineBound;
  /** The tiling with the fewest estimated cycles. Throws ADC3201, naming the parameter that is too small, where none fits. */
  plan(work: Work, cost: TransferCost): Plan;
  emit(work: Work, plan: Plan, emission: Emission): void;
  /** Writes the work's constants as `plan` laid them out, each part at its offset in the image. */
  writeConstants(work: Work, plan: Plan, image: Uint8Array, offsets: readonly number[]): void;
  timing(task: Task): TaskTiming;
  /** Cycles in which the task keeps the engine at work, without fill and drain: what its multipliers are measured by. */
  computeCycles(task: Task): number;
  limit(task: Task): EngineLimit;
  /** What no task that was emitted has, as a sentence: rows outside of buffers and memories, work without end. */
  fault(task: Task): string | undefined;
  addActivity(activity: EngineActivity, task: Task): void;
  /** Second reader of a task beside the RTL, to the bit. Throws a RangeError where it leaves a memory. */
  execute(task: Task, memories: EngineMemories): void;
}
