import type { EngineActivity } from './engine-activity.js';
import type { EngineBuffer, EngineMemories, PrivateMemory } from './engine-buffer.js';
import type { Task, TaskField } from './task-fields.js';
import type { TaskTiming } from './task-timing.js';

/** What holds up an engine at a task: its own steps, or the way of its results back to eight bits. */
export type EngineLimit = 'compute' | 'requantize';

/**
 * An engine with its values: everything about one task of it. Plain functions that keep no state; a chassis calls them in its loops.
 */
export interface Engine {
  /** Short name of the unit in counters, reports and RTL. */
  readonly unit: string;
  /** Multipliers that layers on this engine are measured by. */
  readonly multipliers: number;
  readonly buffers: readonly EngineBuffer[];
  readonly memories: readonly PrivateMemory[];
  readonly fields: readonly TaskField[];
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
