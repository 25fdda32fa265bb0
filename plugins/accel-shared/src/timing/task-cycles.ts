import type { AccelSharedConfiguration } from '../configuration.js';
import type { ConvInstruction, LaneInstruction } from '../program/instruction.js';
import { convStepsPerPixel, laneStepsPerPixel } from './constants.js';

/** Closed form of an engine task: cycles it occupies the sequencer, and the cycle of its last step (1 is the first after its start). */
export interface TaskCycles {
  readonly occupiedCycles: number;
  readonly lastStepCycle: number;
}

/** A conv task takes max(window steps, requantisation steps) per pixel. */
export function convTaskCycles(task: ConvInstruction, configuration: AccelSharedConfiguration): TaskCycles {
  const steps = task.repeat * task.kernelHeight * task.kernelWidth * task.blocks;
  const interval = Math.max(steps, convStepsPerPixel(configuration));
  const pixels = task.outputWidth * task.outputHeight;
  return { occupiedCycles: pixels * interval, lastStepCycle: (pixels - 1) * interval + steps };
}

/** A lane task takes max(window reads, requantisation steps) per pixel and group. */
export function laneTaskCycles(task: LaneInstruction, configuration: AccelSharedConfiguration): TaskCycles {
  const steps = task.kernelHeight * task.kernelWidth * task.operands;
  const interval = Math.max(steps, laneStepsPerPixel(configuration));
  const pixels = task.groups * task.outputWidth * task.outputHeight;
  return { occupiedCycles: pixels * interval, lastStepCycle: (pixels - 1) * interval + steps };
}
