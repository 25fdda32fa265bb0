import type { AccelSharedConfiguration } from '../configuration.js';
import { convStepsPerPixel } from '../engines/conv/conv-engine.js';
import type { ConvPartition, WeightSource, WindowGeometry } from './lowered-network.js';
import { physicalChannels } from './tensor-node.js';

/**
 * Input blocks that each K-group (outputParallelism output channels) reads: all of them in a dense convolution, the blocks
 * of its groups otherwise. Neighbouring K-groups that read the same blocks make one partition.
 */
export function convPartitions(
  configuration: AccelSharedConfiguration, weights: WeightSource, inputMap: Int32Array, outputMap: Int32Array,
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
    if (last < 0) { first = 0; last = 0; }
    const before = partitions.at(-1);
    if (before !== undefined && before.blockBase === first && before.blocks === last - first + 1) before.groups++;
    else partitions.push({ groupBase: kGroup, groups: 1, blockBase: first, blocks: last - first + 1 });
  }
  return partitions;
}

/** Cycles of the conv engine for all pixels, without overhead. */
export function convSteps(configuration: AccelSharedConfiguration, window: WindowGeometry, repeat: number, partitions: readonly ConvPartition[]): number {
  const requantize = convStepsPerPixel(configuration);
  const perBlock = repeat * window.kernelHeight * window.kernelWidth;
  let steps = 0;
  for (const { groups, blocks } of partitions) steps += groups * Math.max(perBlock * blocks, requantize);
  return steps * window.outputHeight * window.outputWidth;
}
