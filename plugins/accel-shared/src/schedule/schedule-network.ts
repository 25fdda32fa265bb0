import { ChipError, type MemoryModel } from '@autodnnchip/core';
import type { TransferCost } from '@autodnnchip/core/engine';

import { chipOf } from '../chip/chip.js';
import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import { convCost } from '../engines/conv/conv-cost.js';
import { convStepsPerPixel } from '../engines/conv/conv-engine.js';
import { chunkSteps, type ConvMapping } from '../engines/conv/conv-mapping.js';
import { emitConvolution } from '../engines/conv/emit-convolution.js';
import { planConvolution, reductionChunks } from '../engines/conv/plan-convolution.js';
import { emitLane } from '../engines/lane/emit-lane.js';
import { laneCost } from '../engines/lane/lane-cost.js';
import { laneTableRows } from '../engines/lane/lane-engine.js';
import type { LaneMapping } from '../engines/lane/lane-mapping.js';
import { laneSteps, planLane } from '../engines/lane/plan-lane.js';
import { convSteps } from '../lowering/conv-partitions.js';
import type { ConvLayer, LaneLayer, LoweredLayer, LoweredNetwork } from '../lowering/index.js';
import type { Instruction } from '../program/instruction.js';
import { TensorAccess } from './access-list.js';
import { createTransferCost } from './cost-model.js';
import { createEmitters } from './emission-context.js';
import { alignUp, completeMemoryPlan, memoryAlignment, planTensors } from './memory-plan.js';
import { blockCount, instructionCount, mergeProgram } from './merge-program.js';
import { ProgramBuilder } from './program-builder.js';
import type { Schedule, ScheduledLayer } from './schedule.js';

/**
 * Maps a lowered network onto a configuration: tilings, memory plan and program. `memory` is the timing that the program is
 * tuned for. Throws ADC3001 where operators are unsupported, ADC3201 where a layer fits in no tiling, ADC3202 where memory
 * does not suffice.
 */
export function scheduleNetwork(lowered: LoweredNetwork, configuration: AccelSharedConfiguration, memory: MemoryModel): Schedule {
  refuseUnsupported(lowered);
  const cost = createTransferCost(configuration, memory);
  const alignment = memoryAlignment(configuration);
  const { mappings, bytes } = mapLayers(lowered, configuration, cost, alignment);
  const weights = { name: 'weights', address: 0, bytes };
  const tensors = planTensors(lowered, configuration, alignUp(bytes, alignment));
  const builder = new ProgramBuilder(configuration, cost, memory, lowered.tensors.map(() => new TensorAccess()), tensors.freedBy);
  const chip = chipOf(configuration);
  const [conv, lane] = createEmitters(chip, builder);
  const context = { configuration, lowered, tensorAddresses: tensors.regions.map(({ address }) => address), channelBlock: configuration.channelBlock };
  for (const [index, layer] of lowered.layers.entries()) {
    builder.layer = index;
    const mapping = mappings[index];
    if (layer.engine === 'conv' && mapping.engine === 'conv') emitConvolution({ ...context, emitter: conv }, layer, mapping);
    else if (layer.engine === 'lane' && mapping.engine === 'lane') emitLane({ ...context, emitter: lane }, layer, mapping);
  }
  const programBytes = blockCount(instructionCount(builder.programs), configuration.programBlock) * configuration.programBlock * instructionWords(configuration) * configuration.channelBlock;
  const program = { name: 'program', address: alignUp(tensors.end, alignment), bytes: programBytes };
  const plan = completeMemoryPlan(lowered, configuration, tensors.regions, weights, program);
  const instructions = mergeProgram(builder.programs, configuration, program.address);
  return { configuration, layers: describeLayers(lowered, configuration, mappings, instructions), instructions, memory: plan };
}

/** Records of 64 bytes from 0x1000 to the end of the 64 KiB of control registers. */
const mostLayers = (0x10000 - 0x1000) / 64;

/** Refuses, with ADC3001, a network that no configuration runs. */
export function refuseUnsupported(lowered: LoweredNetwork): void {
  const { unsupported } = lowered;
  if (unsupported.length > 0) {
    const list = unsupported.map(({ name, operator, reason }) => `${name} (${operator}): ${reason}`).join('\n  ');
    throw new ChipError('ADC3001', `The chip cannot run ${unsupported.length} operator(s) of ${lowered.name}:\n  ${list}`, {
      location: { node: unsupported[0].name }, hint: 'Run them on the host (--host-fallback) where they are at the beginning or the end of the network.',
    });
  }
  if (lowered.layers.length === 0) throw new ChipError('ADC3001', `${lowered.name} has no operator that computes on the chip.`, {
    hint: 'Give a network with convolutions, fully connected layers, pooling or additions.',
  });
  if (lowered.layers.length > mostLayers) {
    throw new ChipError('ADC3001', `${lowered.name} becomes ${lowered.layers.length} layers; the chip keeps records of ${mostLayers}.`, { hint: 'Split the network into several chips.' });
  }
}

/** Tilings of all layers and the places of their weights, from address 0 on. */
function mapLayers(
  lowered: LoweredNetwork, configuration: AccelSharedConfiguration, cost: TransferCost, alignment: number,
): { mappings: (ConvMapping | LaneMapping)[]; bytes: number } {
  let next = 0;
  const allocate = (words: number): number => {
    const address = next;
    next = alignUp(next + words * configuration.channelBlock, alignment);
    return address;
  };
  const mappings = lowered.layers.map((layer) => (layer.engine === 'conv' ? mapConvolution(layer, configuration, cost, allocate) : mapLane(layer, configuration, cost, allocate)));
  return { mappings, bytes: next };
}

type Allocate = (words: number) => number;

function mapConvolution(layer: ConvLayer, configuration: AccelSharedConfiguration, cost: TransferCost, allocate: Allocate): ConvMapping {
  const plan = planConvolution(layer, configuration, convCost(configuration, cost));
  let firstRow = 0;
  let kGroups = 0;
  const partitions = layer.partitions.map((partition) => {
    const chunks = reductionChunks(layer, plan, partition.blocks);
    const steps = chunks.reduce((sum, chunk) => sum + chunkSteps(chunk), 0);
    const mapped = { ...partition, chunks, steps, firstRow };
    firstRow += steps * partition.groups;
    kGroups += partition.groups;
    return mapped;
  });
  const parameterRows = convStepsPerPixel(configuration);
  const parameterSlots = Math.floor(configuration.convParameterDepth / parameterRows);
  // All of the layer's parameters in one load where half of the buffer holds them; several K-groups at a time otherwise.
  const parameterBatch = Math.max(1, Math.min(kGroups, kGroups <= parameterSlots ? kGroups : Math.floor(parameterSlots / 2)));
  return {
    engine: 'conv', tileHeight: plan.tileHeight, tileWidth: plan.tileWidth, order: plan.order, rangeGroups: plan.rangeGroups,
    weightBatch: plan.weightBatch, storeBatch: plan.storeBatch, parameterBatch, partitions,
    weightAddress: allocate(firstRow * configuration.outputParallelism),
    parameterAddress: allocate(kGroups * (configuration.outputParallelism / configuration.channelBlock) * 8),
  };
}

function mapLane(layer: LaneLayer, configuration: AccelSharedConfiguration, cost: TransferCost, allocate: Allocate): LaneMapping {
  const plan = planLane(layer, configuration, laneCost(configuration, cost));
  const { kernelHeight, kernelWidth } = layer.window;
  const blocks = layer.inputs[0].blocks * layer.variants.length;
  return {
    engine: 'lane', tileHeight: plan.tileHeight, tileWidth: plan.tileWidth, rangeGroups: plan.rangeGroups,
    weightAddress: layer.operation === 'multiply' ? allocate(blocks * kernelHeight * kernelWidth) : 0,
    parameterAddress: layer.result === 'requantize' ? allocate(blocks * 8) : 0,
    tableAddress: layer.table === undefined ? 0 : allocate(laneTableRows),
  };
}

function describeLayers(
  lowered: LoweredNetwork, configuration: AccelSharedConfiguration, mappings: readonly (ConvMapping | LaneMapping)[], instructions: readonly Instruction[],
): ScheduledLayer[] {
  const { programTarget } = chipOf(configuration);
  const spans = lowered.layers.map(() => ({ first: -1, last: -1, read: 0, written: 0 }));
  for (const [index, instruction] of instructions.entries()) {
    if (instruction.kind === 'halt' || (instruction.kind === 'load' && instruction.target === programTarget)) continue;
    const span = spans[instruction.layer];
    if (span.first < 0) span.first = index;
    span.last = index;
    if (instruction.kind === 'load') span.read += instruction.rowWords * instruction.rowCount * instruction.planeCount;
    if (instruction.kind === 'store') span.written += instruction.rowWords * instruction.rowCount * instruction.planeCount;
  }
  return lowered.layers.map((layer, index) => ({
    name: layer.name, operator: layer.operator, engine: layer.engine, multiplyAccumulates: layer.multiplyAccumulates,
    firstInstruction: spans[index].first, lastInstruction: spans[index].last,
    bytesRead: spans[index].read * configuration.channelBlock, bytesWritten: spans[index].written * configuration.channelBlock,
    output: lowered.tensors[layer.output.tensor].name, idealComputeCycles: idealCycles(layer, configuration), mapping: mappings[index],
  }));
}

function idealCycles(layer: LoweredLayer, configuration: AccelSharedConfiguration): number {
  if (layer.engine === 'conv') return convSteps(configuration, layer.window, layer.repeat, layer.partitions);
  const groups = Math.ceil(layer.inputs[0].blocks / configuration.laneBlocks);
  return layer.window.outputHeight * layer.window.outputWidth * groups * layer.variants.length * laneSteps(layer, configuration);
}
