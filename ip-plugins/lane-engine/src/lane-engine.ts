import {
  foreignForm,
  rowsFault,
  windowFault,
  windowPositions,
  windowSteps,
  workTimings,
  type Bid,
  type Engine,
  type EngineActivity,
  type TaskTiming,
  type Work,
} from '@autodnnchip/core/engine';

import type { LaneEngineValues } from './lane-values.js';
import { emitLane } from './emit-lane.js';
import { executeLane } from './execute-lane.js';
import { laneBound } from './lane-bound.js';
import { laneBuffers } from './lane-buffers.js';
import { laneCost } from './lane-cost.js';
import { writeLaneConstants } from './lane-image.js';
import type { LaneMapping } from './lane-mapping.js';
import { laneDrainCycles, laneStepsPerPixel } from './lane-pipeline.js';
import { laneRtl } from './lane-rtl.js';
import { laneFields, laneOperationCodes, laneResultCodes, type LaneTask } from './lane-task.js';
import type { LaneWork } from './lane-work.js';
import { mapLane } from './plan-lane.js';

const unit = 'lane';
const slots = [{ count: 2, freedAfter: 1 }];

/** Cycles that a task occupies the sequencer: max(window reads, requantisation steps) per pixel and group. */
function laneTaskCycles(task: LaneTask, configuration: LaneEngineValues): number {
  return windowPositions(task) * Math.max(windowSteps(task), laneStepsPerPixel(configuration));
}

function bidFor(work: Work, configuration: LaneEngineValues): Bid {
  if (work.form === 'convolution') return foreignForm(unit, work.form);
  const { kernelHeight, kernelWidth, dilationY, dilationX, outputHeight, outputWidth } = work.window;
  if (work.form === 'depthwise') {
    if (configuration.laneMultiply !== 1) return { refused: 'the lane engine has no multipliers (laneMultiply is 0)' };
    if (work.weights.parts > 1) return { refused: 'its weights minus their zero points need more than one 8-bit part' };
    if (kernelHeight * kernelWidth > configuration.laneWeightDepth)
      return {
        refused: `its window of ${kernelHeight * kernelWidth} weights does not fit in the lane engine's buffer (laneWeightDepth is ${configuration.laneWeightDepth})`,
      };
  }
  if (work.form === 'depthwise' || work.form === 'sum') {
    const rows = ((kernelHeight - 1) * dilationY + 1) * ((kernelWidth - 1) * dilationX + 1);
    if (rows > configuration.laneInputDepth)
      return {
        refused: `its window of ${rows} positions does not fit in the lane engine's buffer (laneInputDepth is ${configuration.laneInputDepth})`,
      };
  }
  const [first] = work.inputs;
  const cycles =
    kernelHeight *
    kernelWidth *
    work.inputs.length *
    outputHeight *
    outputWidth *
    Math.ceil(first.blocks / configuration.laneBlocks) *
    work.sweeps.length;
  // Several operands are read word by word at the same place, that of the result.
  const { channelMap: order } = work.inputs.length === 1 ? first : work.output;
  const copies = work.inputs.flatMap(({ channelMap }, operand) =>
    isSameOrder(channelMap, order) ? [] : [{ operand, channelMap: order }],
  );
  return copies.length === 0 ? { cycles } : { cycles, copies };
}

function isSameOrder(left: Int32Array, right: Int32Array): boolean {
  return left.length === right.length && left.every((channel, index) => channel === right[index]);
}

/**
 * The lane engine with its values: depthwise convolution, pooling, moves and tables. Two tasks are in flight. Values
 * are read when they are needed: whoever watches sees what a bid depends on.
 */
export function createLaneEngine(configuration: LaneEngineValues): Engine {
  let pipeline: { readonly steps: number; readonly timing: (cycles: number) => TaskTiming } | undefined;
  const pipelineOf = (): NonNullable<typeof pipeline> =>
    (pipeline ??= {
      steps: laneStepsPerPixel(configuration),
      timing: workTimings({ kind: 'latency', cycles: laneDrainCycles(configuration) - 1 }, slots),
    });
  return {
    unit,
    memories: [],
    fields: laneFields,
    get multipliers() {
      return configuration.channelBlock * configuration.laneBlocks;
    },
    get buffers() {
      return laneBuffers(configuration);
    },
    get rtl() {
      return laneRtl(configuration);
    },
    bid: work => bidFor(work, configuration),
    bound: (work: LaneWork) => laneBound(work, configuration),
    plan: (work: LaneWork, cost) => mapLane(work, configuration, laneCost(configuration, cost)),
    emit: (work: LaneWork, { mapping }, emission) => emitLane(emission, work, mapping as LaneMapping, configuration),
    writeConstants: (work: LaneWork, _plan, image, offsets) => writeLaneConstants(work, image, offsets, configuration),
    timing: (task: LaneTask) => pipelineOf().timing(laneTaskCycles(task, configuration) + 1),
    computeCycles: (task: LaneTask) => laneTaskCycles(task, configuration),
    limit: (task: LaneTask) => (windowSteps(task) < pipelineOf().steps ? 'requantize' : 'compute'),
    fault: (task: LaneTask) =>
      windowFault(task) ??
      rowsFault(
        (task.groups * configuration.laneBlocks - 1) * task.outputPlaneStride + task.outputWidth * task.outputHeight,
        task.outputBase,
        configuration.laneOutputDepth,
      ),
    addActivity: (activity, task: LaneTask) => addLaneActivity(activity, task, configuration),
    execute: (task: LaneTask, memories) => executeLane(task, memories, configuration),
  };
}

function addLaneActivity(
  activity: EngineActivity,
  task: LaneTask,
  { channelBlock, laneBlocks, laneMultiply }: LaneEngineValues,
): void {
  const { input, weight, parameter, table, output } = activity.memories;
  const lanes = channelBlock * laneBlocks;
  const positions = windowPositions(task);
  const operations = positions * windowSteps(task) * lanes;
  // Lanes with multipliers multiply by one where nothing is to be multiplied.
  if (laneMultiply === 1) activity.multiplyAccumulates += operations;
  else activity.additions += operations;
  activity.registerBytes += 2 * operations;
  input.readBytes += operations;
  if (task.operation === laneOperationCodes.multiply) weight.readBytes += operations;
  output.writtenBytes += positions * lanes;
  if (task.result === laneResultCodes.requantize) {
    activity.requantizations += positions * lanes;
    parameter.readBytes += 8 * positions * lanes;
  } else if (task.result === laneResultCodes.table) table.readBytes += 4 * positions * lanes;
}
