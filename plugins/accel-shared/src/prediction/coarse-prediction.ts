import type { LayerLimit, LayerPrediction, MemoryModel, NotCosted, Platform, Prediction } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { ConvLayer, LaneLayer, LoweredLayer, LoweredNetwork } from '../lowering/index.js';
import { convStepsPerPixel, laneStepsPerPixel } from '../timing/constants.js';
import { engineMultipliers, predictionBlocks, wholeChipFigures, type ChipResources } from './fine-prediction.js';
import { emptyActivity, type LayerActivity } from './layer-activity.js';
import { layerEnergy, type EnergyBlock } from './layer-energy.js';

/** The least that a layer takes: every pixel computed once, every byte moved once. */
interface LayerWork {
  readonly computeCycles: number;
  readonly activationBytes: number;
  /** Weights, parameters and tables. */
  readonly constantBytes: number;
  readonly writtenBytes: number;
  readonly requantizeBound: boolean;
  readonly activity: LayerActivity;
}

function convWork(layer: ConvLayer, configuration: AccelSharedConfiguration): LayerWork {
  const { channelBlock, outputParallelism } = configuration;
  const { kernelHeight, kernelWidth, outputHeight, outputWidth, inputHeight, inputWidth } = layer.window;
  const least = convStepsPerPixel(configuration);
  const pixels = outputHeight * outputWidth;
  let computeCycles = 0;
  let steps = 0;
  let groups = 0;
  let requantizeBound = false;
  for (const partition of layer.partitions) {
    const window = layer.repeat * kernelHeight * kernelWidth * partition.blocks;
    computeCycles += partition.groups * pixels * Math.max(window, least);
    steps += partition.groups * window;
    groups += partition.groups;
    requantizeBound ||= window < least;
  }
  const activationBytes = layer.input.blocks * inputHeight * inputWidth * channelBlock;
  const weightBytes = steps * outputParallelism * channelBlock;
  const outputs = groups * outputParallelism;
  const writtenBytes = layer.output.blocks * pixels * channelBlock;
  const activity = emptyActivity();
  activity.convProducts = pixels * weightBytes;
  activity.convRequantizations = pixels * outputs;
  activity.memories.activation = { readBytes: pixels * steps * channelBlock, writtenBytes: activationBytes };
  activity.memories.weight = { readBytes: pixels * weightBytes, writtenBytes: weightBytes };
  activity.memories.convParameter = { readBytes: 8 * pixels * outputs, writtenBytes: 8 * outputs };
  activity.memories.convOutput = { readBytes: writtenBytes, writtenBytes: pixels * outputs };
  return { computeCycles, activationBytes, constantBytes: weightBytes + 8 * outputs, writtenBytes, requantizeBound, activity: withExternal(activity, activationBytes + weightBytes + 8 * outputs, writtenBytes) };
}

function laneWork(layer: LaneLayer, configuration: AccelSharedConfiguration): LayerWork {
  const { channelBlock, laneBlocks } = configuration;
  const { kernelHeight, kernelWidth, outputHeight, outputWidth, inputHeight, inputWidth } = layer.window;
  const operands = layer.inputs.length;
  const blocks = layer.inputs[0].blocks;
  const window = kernelHeight * kernelWidth * operands;
  const least = laneStepsPerPixel(configuration);
  const pixels = Math.ceil(blocks / laneBlocks) * outputHeight * outputWidth * layer.variants.length;
  const lanes = channelBlock * laneBlocks;
  const activationBytes = operands * blocks * inputHeight * inputWidth * channelBlock;
  const weightBytes = layer.operation === 'multiply' ? kernelHeight * kernelWidth * blocks * channelBlock : 0;
  const parameterBytes = layer.result === 'requantize' ? 8 * blocks * channelBlock : layer.result === 'table' ? 256 * channelBlock : 0;
  const writtenBytes = blocks * outputHeight * outputWidth * layer.variants.length * channelBlock;
  const activity = emptyActivity();
  activity.laneOperations = pixels * window * lanes;
  if (layer.result === 'requantize') activity.laneRequantizations = pixels * lanes;
  activity.memories.laneInput = { readBytes: pixels * window * lanes, writtenBytes: activationBytes };
  activity.memories.laneOutput = { readBytes: writtenBytes, writtenBytes: pixels * lanes };
  return {
    computeCycles: pixels * Math.max(window, least), activationBytes, constantBytes: weightBytes + parameterBytes, writtenBytes,
    requantizeBound: window < least, activity: withExternal(activity, activationBytes + weightBytes + parameterBytes, writtenBytes),
  };
}

function withExternal(activity: LayerActivity, readBytes: number, writtenBytes: number): LayerActivity {
  activity.externalReadBytes = readBytes;
  activity.externalWrittenBytes = writtenBytes;
  return activity;
}

function limitOf(work: LayerWork, readCycles: number, writeCycles: number, latencyCycles: number): LayerLimit {
  if (work.computeCycles >= latencyCycles * 0.999) return work.requantizeBound ? 'requantize' : 'compute';
  return writeCycles > readCycles ? 'memoryWrite' : 'memoryRead';
}

/**
 * Coarse mode: analytical, from the same closed forms as the fine mode, without tilings, fill, latency or waiting. A layer
 * ends no earlier than its computation, its feature maps and its results take after the layer before, nor before all
 * constants up to it have been read. Only what neighbouring layers overlap can make the fine mode quicker than this.
 */
export function predictLowered(network: LoweredNetwork, configuration: AccelSharedConfiguration, platform: Platform, memory: MemoryModel, resources: ChipResources, notCosted: readonly NotCosted[]): Prediction {
  const cyclesPerByte = memory.beatIntervalCycles / configuration.busBytes;
  const hardware = { resources: resources.clocked, clockMegahertz: platform.clockMegahertz };
  const blockEnergy: Record<EnergyBlock, number> = { convEngine: 0, laneEngine: 0, buffers: 0, externalMemory: 0, clockAndStatic: 0 };
  let end = 0;
  let readEnd = 0;
  let energyPicojoules = 0;
  const layers = network.layers.map((layer: LoweredLayer): LayerPrediction => {
    const work = layer.engine === 'conv' ? convWork(layer, configuration) : laneWork(layer, configuration);
    const activationCycles = work.activationBytes * cyclesPerByte;
    const writeCycles = work.writtenBytes * cyclesPerByte;
    readEnd += activationCycles + work.constantBytes * cyclesPerByte;
    const next = Math.max(end + Math.max(work.computeCycles, activationCycles, writeCycles), readEnd);
    const latencyCycles = Math.ceil(next - end);
    end += latencyCycles;
    const energy = layerEnergy(work.activity, latencyCycles, configuration, platform, hardware);
    for (const block of Object.keys(blockEnergy) as EnergyBlock[]) blockEnergy[block] += energy.blocks[block];
    energyPicojoules += energy.total;
    return {
      name: layer.name, operator: layer.operator, latencyCycles, energyPicojoules: energy.total,
      limitedBy: limitOf(work, (work.activationBytes + work.constantBytes) * cyclesPerByte, writeCycles, latencyCycles),
      multiplyAccumulates: layer.multiplyAccumulates,
      utilization: layer.multiplyAccumulates / (engineMultipliers(layer.engine, configuration) * latencyCycles),
      readBytes: work.activity.externalReadBytes, writtenBytes: work.activity.externalWrittenBytes,
    };
  });
  return {
    mode: 'coarse', platform: platform.id, clockMegahertz: platform.clockMegahertz,
    ...wholeChipFigures(end, energyPicojoules, platform.clockMegahertz),
    resources: resources.total, blocks: predictionBlocks(resources.blocks, blockEnergy), layers, notCosted,
  };
}
