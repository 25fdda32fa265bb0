import { ChipError, convolutionScale } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { ConvLayer, LaneLayer, LoweredNetwork, Requantization, WeightSource } from '../lowering/index.js';
import type { ConvMapping, PartitionMapping, ReductionChunk } from '../engines/conv/conv-mapping.js';
import type { LaneMapping } from '../engines/lane/lane-mapping.js';
import type { Schedule } from './schedule.js';

/** Bytes of the weights region: weights, parameters and tables of all layers in the orders of `docs/accel-shared.md`. */
export function buildWeightImage(lowered: LoweredNetwork, schedule: Schedule): Uint8Array {
  if (lowered.weightless) {
    throw new ChipError('ADC3203', `${lowered.name} came without its weights: it can be predicted, not built.`, { hint: 'Give the model file with its weights.' });
  }
  const { configuration, memory } = schedule;
  const image = new Uint8Array(memory.weights.bytes);
  for (const [index, layer] of lowered.layers.entries()) {
    const { mapping } = schedule.layers[index];
    if (layer.engine === 'conv' && mapping.engine === 'conv') writeConvolution(image, configuration, layer, mapping, memory.weights.address);
    else if (layer.engine === 'lane' && mapping.engine === 'lane') writeLane(image, configuration, layer, mapping, memory.weights.address);
  }
  return image;
}

/** Weights minus zero point, of any source. */
class WeightReader {
  private readonly data: ArrayLike<number> | undefined;
  readonly taps: number;
  readonly perChannel: number;

  constructor(readonly source: WeightSource) {
    this.data = source.data as ArrayLike<number> | undefined;
    this.taps = source.kernelHeight * source.kernelWidth;
    this.perChannel = source.channels * this.taps;
  }

  zeroPoint(outputChannel: number): number {
    const { zeroPoints } = this.source;
    return zeroPoints.length === 1 ? zeroPoints[0] : zeroPoints[outputChannel];
  }

  /** `offset` counts from the output channel's first weight. */
  at(outputChannel: number, offset: number): number {
    return this.data === undefined ? 1 : this.data[outputChannel * this.perChannel + offset] - this.zeroPoint(outputChannel);
  }

  sum(outputChannel: number): number {
    if (this.data === undefined) return this.perChannel;
    const base = outputChannel * this.perChannel;
    let sum = 0;
    for (let offset = 0; offset < this.perChannel; offset++) sum += this.data[base + offset];
    return sum - this.perChannel * this.zeroPoint(outputChannel);
  }
}

function writeConvolution(image: Uint8Array, configuration: AccelSharedConfiguration, layer: ConvLayer, mapping: ConvMapping, base: number): void {
  const { outputParallelism, channelBlock } = configuration;
  const reader = new WeightReader(layer.weights);
  const signed = new Int8Array(image.buffer);
  const rowBytes = outputParallelism * channelBlock;
  for (const partition of mapping.partitions) {
    for (let group = 0; group < partition.groups; group++) {
      let target = mapping.weightAddress - base + (partition.firstRow + group * partition.steps) * rowBytes;
      for (const chunk of partition.chunks) target = writeChunk(signed, target, configuration, layer, reader, partition, partition.groupBase + group, chunk);
    }
  }
  const kGroups = mapping.partitions.reduce((sum, { groups }) => sum + groups, 0);
  writeParameters(image, mapping.parameterAddress - base, layer.output.channelMap, 0, kGroups * outputParallelism, reader, layer.requantization);
}

/** One chunk's weight rows for a K-group; returns the position behind them. */
function writeChunk(
  image: Int8Array, start: number, configuration: AccelSharedConfiguration, layer: ConvLayer, reader: WeightReader, partition: PartitionMapping, kGroup: number,
  chunk: ReductionChunk,
): number {
  const { outputParallelism, channelBlock } = configuration;
  const { weights, input, output } = layer;
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
              image[target + lane] = layer.repeat === 1 ? weight : weightPart(weight, repeat);
            }
          }
        }
      }
    }
  }
  return target;
}

/** Part `index` of a weight that is a sum of int8 values: each takes as much as it can. */
function weightPart(weight: number, index: number): number {
  let rest = weight;
  for (let part = 0; ; part++) {
    const value = Math.min(127, Math.max(-128, rest));
    if (part === index) return value;
    rest -= value;
  }
}

function writeLane(image: Uint8Array, configuration: AccelSharedConfiguration, layer: LaneLayer, mapping: LaneMapping, base: number): void {
  const { channelBlock } = configuration;
  const channels = layer.inputs[0].blocks * channelBlock;
  const reader = layer.weights === undefined ? undefined : new WeightReader(layer.weights);
  for (const [sweep, variant] of layer.variants.entries()) {
    const first = variant.outputBlock * channelBlock;
    if (reader !== undefined) writeLaneWeights(image, mapping.weightAddress - base + sweep * channels * reader.taps, configuration, layer, reader, first, channels);
    if (layer.requantization !== undefined) {
      writeParameters(image, mapping.parameterAddress - base + sweep * channels * 8, layer.output.channelMap, first, channels, reader, layer.requantization);
    }
  }
  if (layer.table !== undefined) {
    const view = new DataView(image.buffer);
    for (let entry = 0; entry < 256; entry++) view.setInt32(mapping.tableAddress - base + entry * channelBlock, layer.table.entries[entry], true);
  }
}

/** [block][tap][lane] of the physical output channels [first, first + channels). */
function writeLaneWeights(
  image: Uint8Array, start: number, { channelBlock }: AccelSharedConfiguration, layer: LaneLayer, reader: WeightReader, first: number, channels: number,
): void {
  const { taps } = reader;
  for (let physical = 0; physical < channels; physical++) {
    const outputChannel = layer.output.channelMap[first + physical];
    if (outputChannel < 0) continue;
    const target = start + Math.floor(physical / channelBlock) * taps * channelBlock + (physical % channelBlock);
    for (let tap = 0; tap < taps; tap++) image[target + tap * channelBlock] = reader.at(outputChannel, tap);
  }
}

/** Bias and scale of the physical output channels [first, first + channels); of those that are none, any values. */
function writeParameters(
  image: Uint8Array, start: number, channelMap: Int32Array, first: number, channels: number, reader: WeightReader | undefined, requantization: Requantization,
): void {
  const view = new DataView(image.buffer);
  for (let index = 0; index < channels; index++) {
    const channel = first + index < channelMap.length ? channelMap[first + index] : -1;
    const { bias, scale } = channel < 0 ? { bias: 0, scale: 1 } : channelParameters(channel, reader, requantization);
    view.setInt32(start + index * 8, bias, true);
    view.setFloat32(start + index * 8 + 4, scale, true);
  }
}

function channelParameters(channel: number, reader: WeightReader | undefined, requantization: Requantization): { bias: number; scale: number } {
  if (requantization.kind === 'constant') return requantization;
  const { bias, inputZeroPoint, inputScale, weightScales, outputScale } = requantization;
  const sum = inputZeroPoint === 0 || reader === undefined ? 0 : reader.sum(channel);
  return {
    bias: (bias === undefined ? 0 : Number(bias[channel])) - inputZeroPoint * sum,
    scale: convolutionScale(inputScale, weightScales[weightScales.length === 1 ? 0 : channel], outputScale),
  };
}
