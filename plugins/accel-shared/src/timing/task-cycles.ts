import type { AccelSharedConfiguration } from '../configuration.js';
import type { ConvInstruction, LaneInstruction } from '../program/instruction.js';
import { convStepsPerPixel, laneStepsPerPixel } from './constants.js';

/** Cycles that a conv task occupies the sequencer: max(window steps, requantisation steps) per pixel; the last is its last step. */
export function convTaskCycles(task: ConvInstruction, configuration: AccelSharedConfiguration): number {
  const steps = task.repeat * task.kernelHeight * task.kernelWidth * task.blocks;
  return task.outputWidth * task.outputHeight * Math.max(steps, convStepsPerPixel(configuration));
}

/** The same for a lane task: max(window reads, requantisation steps) per pixel and group. */
export function laneTaskCycles(task: LaneInstruction, configuration: AccelSharedConfiguration): number {
  const steps = task.kernelHeight * task.kernelWidth * task.operands;
  return task.groups * task.outputWidth * task.outputHeight * Math.max(steps, laneStepsPerPixel(configuration));
}
