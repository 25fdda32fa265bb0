import {
  requantizeLatencyCycles, rowsFault, windowFault, windowPositions, windowSteps,
  type Engine, type EngineActivity, type EngineBuffer, type TaskTiming,
} from '@autodnnchip/core/engine';

import type { AccelSharedConfiguration } from '../../configuration.js';
import { executeLane } from './execute-lane.js';
import { laneFields, laneOperationCodes, laneResultCodes, type LaneTask } from './lane-task.js';

/** Rows of a slot of the table, of which there are two. */
export const laneTableRows = 256;

/** Requantisation steps of a pixel: the fewest cycles between pixels. */
export function laneStepsPerPixel({ laneBlocks, laneRequantizeDivider }: AccelSharedConfiguration): number {
  return laneBlocks * laneRequantizeDivider;
}

/** From the cycle of a task's last step to its done pulse: as in the convolution engine, without an adder tree. */
export function laneDrainCycles(configuration: AccelSharedConfiguration): number {
  return 5 + laneStepsPerPixel(configuration) + 2 + requantizeLatencyCycles + 1;
}

/** Cycles that a task occupies the sequencer: max(window reads, requantisation steps) per pixel and group. */
export function laneTaskCycles(task: LaneTask, configuration: AccelSharedConfiguration): number {
  return windowPositions(task) * Math.max(windowSteps(task), laneStepsPerPixel(configuration));
}

function laneBuffers(c: AccelSharedConfiguration): readonly EngineBuffer[] {
  return [
    { id: 'input', role: 'operand', depth: c.laneInputDepth, banks: c.laneBlocks, bankOrder: 'planes' },
    { id: 'weight', role: 'constant', depth: c.laneWeightDepth, banks: c.laneBlocks, bankOrder: 'planes', copies: c.laneMultiply },
    { id: 'parameter', role: 'constant', depth: c.laneParameterDepth, banks: 8 / c.laneRequantizeDivider, bankOrder: 'words' },
    { id: 'table', role: 'constant', depth: 2 * laneTableRows, banks: 1, bankOrder: 'words', storedBits: 32, copies: c.channelBlock / c.laneRequantizeDivider },
    { id: 'output', role: 'result', depth: c.laneOutputDepth, banks: 1, bankOrder: 'words' },
  ];
}

/** The lane engine with its values: depthwise convolution, pooling, copies and tables. Two tasks are in flight. */
export function laneEngine(configuration: AccelSharedConfiguration): Engine {
  const { channelBlock, laneBlocks, laneOutputDepth } = configuration;
  const steps = laneStepsPerPixel(configuration);
  const drain = { kind: 'latency', cycles: laneDrainCycles(configuration) - 1 } as const;
  const slots = [{ count: 2, freedAfter: 1 }];
  return {
    unit: 'lane', multipliers: channelBlock * laneBlocks, buffers: laneBuffers(configuration), memories: [], fields: laneFields,
    timing: (task: LaneTask): TaskTiming => ({ stages: [{ kind: 'work', cycles: laneTaskCycles(task, configuration) + 1 }, drain], slots }),
    computeCycles: (task: LaneTask) => laneTaskCycles(task, configuration),
    limit: (task: LaneTask) => (windowSteps(task) < steps ? 'requantize' : 'compute'),
    fault: (task: LaneTask) => windowFault(task)
      ?? rowsFault((task.groups * laneBlocks - 1) * task.outputPlaneStride + task.outputWidth * task.outputHeight, task.outputBase, laneOutputDepth),
    addActivity: (activity, task: LaneTask) => addLaneActivity(activity, task, configuration),
    execute: (task: LaneTask, memories) => executeLane(task, memories, configuration),
  };
}

function addLaneActivity(activity: EngineActivity, task: LaneTask, { channelBlock, laneBlocks, laneMultiply }: AccelSharedConfiguration): void {
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
