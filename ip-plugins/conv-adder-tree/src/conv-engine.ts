import {
  foreignForm,
  rowsFault,
  windowFault,
  windowPositions,
  windowSteps,
  workTimings,
  type Bid,
  type ConvolutionWork,
  type Engine,
  type EngineActivity,
  type TaskTiming,
  type Work,
} from '@autodnnchip/core/engine';

import type { ConvEngineValues } from './conv-values.js';
import { convBound } from './conv-bound.js';
import { convBuffers, convMemories } from './conv-buffers.js';
import { convCost } from './conv-cost.js';
import { writeConvConstants } from './conv-image.js';
import type { ConvMapping } from './conv-mapping.js';
import { convCycles } from './conv-partitions.js';
import { convDrainCycles, convStepsPerPixel } from './conv-pipeline.js';
import { convRtl } from './conv-rtl.js';
import { convFields, type ConvTask } from './conv-task.js';
import { emitConvolution } from './emit-convolution.js';
import { executeConv } from './execute-conv.js';
import { mapConvolution } from './plan-convolution.js';

const unit = 'conv';
/** Parts that weights of more than eight bits may be split into. */
const mostParts = 3;
const twoTasks = [{ count: 2, freedAfter: 1 }];
const alone = [{ count: 1, freedAfter: 1 }];

/**
 * Cycles that a task occupies the sequencer: max(window steps, requantisation steps) per pixel; the last is its last
 * step.
 */
function convTaskCycles(task: ConvTask, configuration: ConvEngineValues): number {
  return windowPositions(task) * Math.max(windowSteps(task), convStepsPerPixel(configuration));
}

/** Works that the engine runs. */
function bidFor(work: Work, configuration: ConvEngineValues): Bid {
  if (work.form !== 'convolution') return foreignForm(unit, work.form);
  if (work.weights.parts > mostParts)
    return { refused: 'its weights minus their zero points need more than three 8-bit parts' };
  return { cycles: convCycles(work, configuration) };
}

/**
 * The adder-tree convolution engine with its values. Two tasks are in flight; one that continues partial sums waits
 * until it is alone. Values are read when they are needed: whoever watches sees what a bid depends on.
 */
export function convEngine(configuration: ConvEngineValues): Engine {
  let pipeline: ReturnType<typeof convPipeline> | undefined;
  const pipelineOf = (): NonNullable<typeof pipeline> => (pipeline ??= convPipeline(configuration));
  return {
    unit,
    fields: convFields,
    get multipliers() {
      return configuration.channelBlock * configuration.outputParallelism;
    },
    get buffers() {
      return convBuffers(configuration);
    },
    get memories() {
      return convMemories(configuration);
    },
    get rtl() {
      return convRtl(configuration);
    },
    bid: work => bidFor(work, configuration),
    bound: (work: ConvolutionWork) => convBound(work, configuration),
    plan: (work: ConvolutionWork, cost) => mapConvolution(work, configuration, convCost(configuration, cost)),
    emit: (work: ConvolutionWork, { mapping }, emission) =>
      emitConvolution(emission, work, mapping as ConvMapping, configuration),
    writeConstants: (work: ConvolutionWork, { mapping }, image, offsets) =>
      writeConvConstants(work, mapping as ConvMapping, image, offsets, configuration),
    timing(task: ConvTask): TaskTiming {
      const { timingAlone, timingOfTwo } = pipelineOf();
      return (task.accumulateIn === 1 ? timingAlone : timingOfTwo)(convTaskCycles(task, configuration) + 1);
    },
    computeCycles: (task: ConvTask) => convTaskCycles(task, configuration),
    limit: (task: ConvTask) => (windowSteps(task) < pipelineOf().steps ? 'requantize' : 'compute'),
    fault: (task: ConvTask) => convFault(task, configuration),
    addActivity: (activity, task: ConvTask) => addConvActivity(activity, task, configuration),
    execute: (task: ConvTask, memories) => executeConv(task, memories, configuration),
  };
}

function convPipeline(configuration: ConvEngineValues): {
  readonly steps: number;
  readonly timingAlone: (cycles: number) => TaskTiming;
  readonly timingOfTwo: (cycles: number) => TaskTiming;
} {
  const drain = { kind: 'latency', cycles: convDrainCycles(configuration) - 1 } as const;
  return {
    steps: convStepsPerPixel(configuration),
    timingAlone: workTimings(drain, alone),
    timingOfTwo: workTimings(drain, twoTasks),
  };
}

function convFault(
  task: ConvTask,
  { channelBlock, outputParallelism, weightDepth, partialSumDepth, convOutputDepth }: ConvEngineValues,
): string | undefined {
  const pixels = task.outputWidth * task.outputHeight;
  const sums =
    task.accumulateIn === 1 || task.accumulateOut === 1
      ? rowsFault(pixels, task.partialSumBase, partialSumDepth)
      : undefined;
  const outputs =
    task.accumulateOut === 1
      ? undefined
      : rowsFault(
          (outputParallelism / channelBlock - 1) * task.outputPlaneStride + pixels,
          task.outputBase,
          convOutputDepth,
        );
  return windowFault(task) ?? rowsFault(windowSteps(task), task.weightBase, weightDepth) ?? sums ?? outputs;
}

function addConvActivity(
  activity: EngineActivity,
  task: ConvTask,
  { channelBlock, outputParallelism }: ConvEngineValues,
): void {
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
