import {
  requantizeLatencyCycles, rowsFault, windowFault, windowPositions, windowSteps,
  type Engine, type EngineActivity, type EngineBuffer, type PrivateMemory, type TaskTiming,
} from '@autodnnchip/core/engine';

import type { AccelSharedConfiguration } from '../../configuration.js';
import { convFields, type ConvTask } from './conv-task.js';
import { executeConv } from './execute-conv.js';

/** Requantisation steps of a pixel: the fewest cycles between pixels. */
export function convStepsPerPixel({ outputParallelism, channelBlock, convRequantizeDivider }: AccelSharedConfiguration): number {
  return (outputParallelism / channelBlock) * convRequantizeDivider;
}

/**
 * From the cycle of a task's last step to its done pulse: buffer 2, padding 1, multiplier 1, adder tree, accumulator 1, capture 1,
 * requantisation steps, operand alignment 2, requantiser, output word 1.
 */
export function convDrainCycles(configuration: AccelSharedConfiguration): number {
  const adderLevels = Math.max(1, Math.ceil(Math.log2(configuration.channelBlock)));
  return 5 + adderLevels + convStepsPerPixel(configuration) + 2 + requantizeLatencyCycles + 1;
}

/** Cycles that a task occupies the sequencer: max(window steps, requantisation steps) per pixel; the last is its last step. */
export function convTaskCycles(task: ConvTask, configuration: AccelSharedConfiguration): number {
  return windowPositions(task) * Math.max(windowSteps(task), convStepsPerPixel(configuration));
}

function convBuffers(c: AccelSharedConfiguration): readonly EngineBuffer[] {
  return [
    { id: 'activation', role: 'operand', depth: c.activationDepth, banks: 1, bankOrder: 'words' },
    { id: 'weight', role: 'constant', depth: c.weightDepth, banks: c.outputParallelism, bankOrder: 'words' },
    { id: 'parameter', role: 'constant', depth: c.convParameterDepth, banks: 8 / c.convRequantizeDivider, bankOrder: 'words' },
    { id: 'output', role: 'result', depth: c.convOutputDepth, banks: 1, bankOrder: 'words' },
  ];
}

/** The adder-tree convolution engine with its values. Two tasks are in flight; one that continues partial sums waits until it is alone. */
export function convEngine(configuration: AccelSharedConfiguration): Engine {
  const { channelBlock, outputParallelism, weightDepth, partialSumDepth, convOutputDepth } = configuration;
  const steps = convStepsPerPixel(configuration);
  const drain = { kind: 'latency', cycles: convDrainCycles(configuration) - 1 } as const;
  const twoTasks = [{ count: 2, freedAfter: 1 }];
  const alone = [{ count: 1, freedAfter: 1 }];
  const partialSums: PrivateMemory = { id: 'partialSum', widthBits: 32 * outputParallelism, depth: partialSumDepth };
  return {
    unit: 'conv', multipliers: channelBlock * outputParallelism, buffers: convBuffers(configuration), memories: [partialSums], fields: convFields,
    timing: (task: ConvTask): TaskTiming => ({
      stages: [{ kind: 'work', cycles: convTaskCycles(task, configuration) + 1 }, drain],
      slots: task.accumulateIn === 1 ? alone : twoTasks,
    }),
    computeCycles: (task: ConvTask) => convTaskCycles(task, configuration),
    limit: (task: ConvTask) => (windowSteps(task) < steps ? 'requantize' : 'compute'),
    fault(task: ConvTask) {
      const pixels = task.outputWidth * task.outputHeight;
      const sums = task.accumulateIn === 1 || task.accumulateOut === 1 ? rowsFault(pixels, task.partialSumBase, partialSumDepth) : undefined;
      const outputs = task.accumulateOut === 1 ? undefined : rowsFault((outputParallelism / channelBlock - 1) * task.outputPlaneStride + pixels, task.outputBase, convOutputDepth);
      return windowFault(task) ?? rowsFault(windowSteps(task), task.weightBase, weightDepth) ?? sums ?? outputs;
    },
    addActivity: (activity, task: ConvTask) => addConvActivity(activity, task, configuration),
    execute: (task: ConvTask, memories) => executeConv(task, memories, configuration),
  };
}

function addConvActivity(activity: EngineActivity, task: ConvTask, { channelBlock, outputParallelism }: AccelSharedConfiguration): void {
  const { activation, weight, parameter, partialSum, output } = activity.memories;
  const pixels = windowPositions(task);
  const steps = pixels * windowSteps(task);
  const products = steps * channelBlock * outputParallelism;
  activity.multiplyAccumulates += products;
  activity.registerBytes += 2 * products;
  activation.readBytes += steps * channelBlock;
  weight.readBytes += products;
  const partialBytes = 4 * pixels * outputParallelism;
  if (task.accumulateIn === 1) partialSum.readBytes += partialBytes;
  if (task.accumulateOut === 1) partialSum.writtenBytes += partialBytes;
  else {
    activity.requantizations += pixels * outputParallelism;
    parameter.readBytes += 8 * pixels * outputParallelism;
    output.writtenBytes += pixels * outputParallelism;
  }
}
