import { weightPart, WeightReader, writeBiasesAndScales, type ConvolutionWork } from '@autodnnchip/core/engine';

import type { ConvEngineValues } from './conv-values.js';
import type { ConvMapping, PartitionMapping, ReductionChunk } from './conv-mapping.js';

/**
 * Weights of a convolution, [partition][K-group][chunk][repeat][row][column][block][output channel][lane], and its
 * biases and scales.
 */
export function writeConvConstants(
  work: ConvolutionWork,
  mapping: ConvMapping,
  image: Uint8Array,
  [weightOffset, parameterOffset]: readonly number[],
  configuration: ConvEngineValues,
): void {
  const { outputParallelism, channelBlock } = configuration;
  const reader = new WeightReader(work.weights);
  const signed = new Int8Array(image.buffer);
  const rowBytes = outputParallelism * channelBlock;
  for (const partition of mapping.partitions) {
    for (let group = 0; group < partition.groups; group++) {
      let target = weightOffset + (partition.firstRow + group * partition.steps) * rowBytes;
      for (const chunk of partition.chunks)
        target = writeChunk(signed, target, configuration, work, reader, partition, partition.groupBase + group, chunk);
    }
  }
  const kGroups = mapping.partitions.reduce((sum, { groups }) => sum + groups, 0);
  writeBiasesAndScales(
    image,
    parameterOffset,
    work.output.channelMap,
    0,
    kGroups * outputParallelism,
    reader,
    work.requantization,
  );
}

/** One chunk's weight rows for a K-group; returns the position behind them. */
function writeChunk(
  image: Int8Array,
  start: number,
  configuration: ConvEngineValues,
  work: ConvolutionWork,
  reader: WeightReader,
  partition: PartitionMapping,
  kGroup: number,
  chunk: ReductionChunk,
): number {
  const { outputParallelism, channelBlock } = configuration;
  const {
    weights,
    inputs: [input],
    output,
  } = work;
  const { taps } = reader;
  const columns = weights.unfoldedChannels === undefined ? weights.kernelWidth : 1;
  const perGroup = weights.outputChannels / weights.groups;
  let target = start;
  for (let repeat = chunk.repeatBase; repeat < chunk.repeatBase + chunk.repeats; repeat++) {
    for (let ky = chunk.rowBase; ky < chunk.rowBase + chunk.rows; ky++) {
      for (let kx = chunk.columnBase; kx < chunk.columnBase + chunk.columns; kx++) {
        const tap = weights.unfoldedChannels === undefined ? ky * columns + kx : ky * weights.kernelWidth;
        for (let block = chunk.blockBase; block < chunk.blockBase + chunk.blocks; block++) {
          const firstInput = (partition.blockBase + block) * channelBlock;
          for (let k = 0; k < outputParallelism; k++, target += channelBlock) {
            const physical = kGroup * outputParallelism + k;
            const outputChannel = physical < output.channelMap.length ? output.channelMap[physical] : -1;
            if (outputChannel < 0) continue;
            const firstChannel = Math.floor(outputChannel / perGroup) * weights.channels;
            for (let lane = 0; lane < channelBlock; lane++) {
              let channel = input.channelMap[firstInput + lane];
              if (channel < 0) continue;
              let offset = tap;
              if (weights.unfoldedChannels !== undefined) {
                offset += Math.floor(channel / weights.unfoldedChannels);
                channel %= weights.unfoldedChannels;
              }
              channel -= firstChannel;
              if (channel < 0 || channel >= weights.channels) continue;
              const weight = reader.at(outputChannel, channel * taps + offset);
              image[target + lane] = weights.parts === 1 ? weight : weightPart(weight, repeat);
            }
          }
        }
      }
    }
  }
  return target;
}
