/** A part of an engine's pipeline that a task goes through. */
export interface Stage {
  /** `work`: takes one task at a time, in order. `latency`: any number of tasks are on their way through it. */
  readonly kind: 'work' | 'latency';
  readonly cycles: number;
}

/**
 * Something of which the engine has a few, and a task holds one from its start on: a task context, a result register.
 */
export interface Slot {
  /** Tasks that hold one at the same time. */
  readonly count: number;
  /** Index of the stage at whose end the task gives it back. */
  readonly freedAfter: number;
}

/**
 * How long a task takes, whatever went before. A task starts when its waits are met, when its first stage is free, and
 * the cycle after each slot was given back by the task `count` before it. It enters a stage when it has left the one
 * before and, where that is a `work` stage, the task before has left it. It is done when it leaves the last stage.
 */
export interface TaskTiming {
  readonly stages: readonly Stage[];
  readonly slots: readonly Slot[];
}
