import type { ConvolutionWork } from '@autodnnchip/core/engine';

import type { ConvEngineValues } from './conv-values.js';
import { convStepsPerPixel } from './conv-pipeline.js';

/**
 * K-groups [groupBase, groupBase + groups) of output blocks read input blocks [blockBase, blockBase + blocks) of the
 * view.
 */
export interface ConvPartition {
  readonly groupBase: number;
  readonly groups: number;
  readonly blockBase: number;
  readonly blocks: number;
}

const known = new WeakMap<ConvolutionWork, Map<number, readonly ConvPartition[]>>();

/** Partitions of a work; worked out once, as bid, bound, plan and constants ask for the same. */
export function partitionsOf(work: ConvolutionWork, configuration: ConvEngineValues): readonly ConvPartition[] {
  const { outputParallelism } = configuration;
  let byParallelism = known.get(work);
  if (byParallelism === undefined) known.set(work, (byParallelism = new Map()));
  let partitions = byParallelism.get(outputParallelism);
  if (partitions === undefined)
    byParallelism.set(outputParallelism, (partitions = convPartitions(work, configuration)));
  return partitions;
}

/**
 * Input blocks that each K-group (outputParallelism output channels) reads: all of them in a dense convolution, the
 * blocks of its groups otherwise. Neighbouring K-groups that read the same blocks make one partition.
 */
function convPartitions(
  { weights, inputs: [{ channelMap: inputMap }], output: { channelMap: outputMap } }: ConvolutionWork,
  configuration: ConvEngineValues,
): ConvPartition[] {
  const { channelBlock, outputParallelism } = configuration;
  const kGroups = Math.ceil(outputMap.length / outputParallelism);
  const inputBlocks = inputMap.length / channelBlock;
  if (weights.groups === 1) return [{ groupBase: 0, groups: kGroups, blockBase: 0, blocks: inputBlocks }];
  const perGroup = weights.outputChannels / weights.groups;
  const columns = weights.unfoldedChannels === undefined ? 1 : weights.kernelWidth;
  const channels = weights.channels * weights.groups;
  const physical = physicalChannels(inputMap, channels * columns);
  const partitions: { groupBase: number; groups: number; blockBase: number; blocks: number }[] = [];
  for (let kGroup = 0; kGroup < kGroups; kGroup++) {
    let first = inputBlocks;
    let last = -1;
    const end = Math.min(outputMap.length, (kGroup + 1) * outputParallelism);
    let seen = -1;
    for (let index = kGroup * outputParallelism; index < end; index++) {
      if (outputMap[index] < 0) continue;
      const group = Math.floor(outputMap[index] / perGroup);
      if (group === seen) continue;
      seen = group;
      for (let column = 0; column < columns; column++) {
        for (let c = group * weights.channels; c < (group + 1) * weights.channels; c++) {
          const block = Math.floor(physical[column * channels + c] / channelBlock);
          if (block < first) first = block;
          if (block > last) last = block;
        }
      }
    }
    if (last < 0) {
      first = 0;
      last = 0;
    }
    const before = partitions.at(-1);
    if (before !== undefined && before.blockBase === first && before.blocks === last - first + 1) before.groups++;
    else partitions.push({ groupBase: kGroup, groups: 1, blockBase: first, blocks: last - first + 1 });
  }
  return partitions;
}

/** Physical channel of each logical one. */
function physicalChannels(channelMap: Int32Array, channels: number): Int32Array {
  const physical = new Int32Array(channels).fill(-1);
  for (let index = 0; index < channelMap.length; index++) {
    if (channelMap[index] >= 0) physical[channelMap[index]] = index;
  }
  return physical;
}

/** Cycles of the engine for all pixels, without overhead. */
export function convCycles(work: ConvolutionWork, configuration: ConvEngineValues): number {
  const { kernelHeight, kernelWidth, outputHeight, outputWidth } = work.window;
  const requantize = convStepsPerPixel(configuration);
  const perBlock = work.weights.parts * kernelHeight * kernelWidth;
  let steps = 0;
  for (const { groups, blocks } of partitionsOf(work, configuration))
    steps += groups * Math.max(perBlock * blocks, requantize);
  return steps * outputHeight * outputWidth;
}
