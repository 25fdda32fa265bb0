import type { AccelSharedConfiguration } from '../configuration.js';
import type { ConvInstruction, Instruction, LaneInstruction, MemoryBox } from '../program/instruction.js';

/** Bytes that cross one on-chip memory. */
export interface MemoryTraffic {
  readBytes: number;
  writtenBytes: number;
}

export const memoryNames = [
  'activation', 'weight', 'convParameter', 'partialSum', 'convOutput', 'laneInput', 'laneWeight', 'laneParameter', 'laneTable', 'laneOutput', 'program',
] as const;
export type MemoryName = (typeof memoryNames)[number];

/** What the chip does for one layer, counted from its instructions. */
export interface LayerActivity {
  /** Products that the hardware forms, those of filling channels too. */
  convProducts: number;
  laneOperations: number;
  convRequantizations: number;
  laneRequantizations: number;
  readonly memories: Record<MemoryName, MemoryTraffic>;
  externalReadBytes: number;
  externalWrittenBytes: number;
}

export function emptyActivity(): LayerActivity {
  const memories = Object.fromEntries(memoryNames.map((name) => [name, { readBytes: 0, writtenBytes: 0 }])) as Record<MemoryName, MemoryTraffic>;
  return { convProducts: 0, laneOperations: 0, convRequantizations: 0, laneRequantizations: 0, memories, externalReadBytes: 0, externalWrittenBytes: 0 };
}

/** Words of a box. */
function boxWords(box: MemoryBox): number {
  return box.rowWords * box.rowCount * box.planeCount;
}

function addConv(activity: LayerActivity, task: ConvInstruction, configuration: AccelSharedConfiguration): void {
  const { channelBlock, outputParallelism } = configuration;
  const pixels = task.outputWidth * task.outputHeight;
  const steps = pixels * task.repeat * task.kernelHeight * task.kernelWidth * task.blocks;
  activity.convProducts += steps * channelBlock * outputParallelism;
  activity.memories.activation.readBytes += steps * channelBlock;
  activity.memories.weight.readBytes += steps * channelBlock * outputParallelism;
  const partialBytes = 4 * pixels * outputParallelism;
  if (task.accumulateIn === 1) activity.memories.partialSum.readBytes += partialBytes;
  if (task.accumulateOut === 1) activity.memories.partialSum.writtenBytes += partialBytes;
  else {
    activity.convRequantizations += pixels * outputParallelism;
    activity.memories.convParameter.readBytes += 8 * pixels * outputParallelism;
    activity.memories.convOutput.writtenBytes += pixels * outputParallelism;
  }
}

function addLane(activity: LayerActivity, task: LaneInstruction, configuration: AccelSharedConfiguration): void {
  const lanes = configuration.channelBlock * configuration.laneBlocks;
  const pixels = task.groups * task.outputWidth * task.outputHeight;
  const steps = pixels * task.kernelHeight * task.kernelWidth * task.operands;
  activity.laneOperations += steps * lanes;
  activity.memories.laneInput.readBytes += steps * lanes;
  if (task.operation === 'multiply') activity.memories.laneWeight.readBytes += steps * lanes;
  activity.memories.laneOutput.writtenBytes += pixels * lanes;
  if (task.result === 'requantize') {
    activity.laneRequantizations += pixels * lanes;
    activity.memories.laneParameter.readBytes += 8 * pixels * lanes;
  } else if (task.result === 'table') activity.memories.laneTable.readBytes += 4 * pixels * lanes;
}

/** Counts what every layer makes the chip do. Program loads count to the layer of the instruction that they are. */
export function layerActivities(instructions: readonly Instruction[], layerCount: number, configuration: AccelSharedConfiguration): LayerActivity[] {
  const activities = Array.from({ length: layerCount }, emptyActivity);
  for (const instruction of instructions) {
    const activity = activities[instruction.layer];
    if (activity === undefined) continue;
    switch (instruction.unit) {
      case 'load': {
        const bytes = boxWords(instruction) * configuration.channelBlock;
        activity.externalReadBytes += bytes;
        activity.memories[instruction.target].writtenBytes += bytes;
        break;
      }
      case 'store': {
        const bytes = boxWords(instruction) * configuration.channelBlock;
        activity.externalWrittenBytes += bytes;
        activity.memories[instruction.source === 'lane' ? 'laneOutput' : 'convOutput'].readBytes += bytes;
        break;
      }
      case 'conv': addConv(activity, instruction, configuration); break;
      case 'lane': addLane(activity, instruction, configuration); break;
      case 'halt': break;
    }
  }
  return activities;
}
