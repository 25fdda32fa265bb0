import type { TaskTiming } from './task-timing.js';

/**
 * The tasks of one engine on their way through its stages: when the next may start, and when it is done. Cost follows
 * tasks, stages and slots; of the past only what a slot may still wait for is looked at.
 */
export class EnginePipeline {
  /** By stage: the cycle in which each task left it. */
  private readonly left: number[][] = [];
  private tasks = 0;

  /** First cycle in which a task of this timing can start, as far as the tasks before it go. */
  earliestStart({ stages, slots }: TaskTiming): number {
    let start = 0;
    if (this.tasks > 0 && stages[0].kind === 'work') start = this.left[0][this.tasks - 1];
    for (const { count, freedAfter } of slots) {
      if (count <= this.tasks) start = Math.max(start, this.left[freedAfter][this.tasks - count] + 1);
    }
    return start;
  }

  /** Adds the next task; returns the cycle in which it leaves the last stage, that of its done pulse. */
  add({ stages }: TaskTiming, start: number): number {
    let enter = start;
    for (let stage = 0; stage < stages.length; stage++) {
      const { kind, cycles } = stages[stage];
      const leaves = (this.left[stage] ??= []);
      if (stage > 0 && kind === 'work' && this.tasks > 0) enter = Math.max(enter, leaves[this.tasks - 1]);
      enter += cycles;
      leaves.push(enter);
    }
    this.tasks++;
    return enter;
  }

  /** Cycle in which the last task leaves the first stage. */
  get firstStageLeft(): number {
    return this.left[0][this.tasks - 1];
  }
}
