import { ChipError, type MemoryModel } from '@autodnnchip/core';
import type { Emission, Plan, TransferCost } from '@autodnnchip/core/engine';

import { chipOf } from '../chip/chip.js';
import { mostRecordedLayers } from '../chip/register-map.js';
import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { LoweredNetwork } from '../lowering/index.js';
import type { Instruction } from '../program/instruction.js';
import { TensorAccess } from './access-list.js';
import { createTransferCost } from './cost-model.js';
import { createEmitters } from './task-emitters.js';
import { alignUp, completeMemoryPlan, memoryAlignment, planTensors } from './memory-plan.js';
import { blockCount, instructionCount, mergeProgram } from './merge-program.js';
import { ProgramBuilder } from './program-builder.js';
import { mostInstructions, refuseTooLong } from './program-size.js';
import type { Schedule, ScheduledLayer } from './schedule.js';

/**
 * Maps a lowered network onto a configuration: tilings, memory plan and program. `memory` is the timing that the
 * program is tuned for. Throws ADC3001 where operators are unsupported, ADC3201 where a layer fits in no tiling,
 * ADC3202 where memory of the chip does not suffice and ADC3205 where that of this process does not: beyond `most`
 * instructions, those that fetch the program not counted.
 */
export function scheduleNetwork(
  lowered: LoweredNetwork,
  configuration: AccelSharedConfiguration,
  memory: MemoryModel,
  most = mostInstructions(),
): Schedule {
  refuseUnsupported(lowered, configuration);
  const cost = createTransferCost(configuration, memory);
  const alignment = memoryAlignment(configuration);
  const { layers, bytes } = planLayers(lowered, configuration, cost, alignment);
  refuseTooLong(
    lowered,
    layers.reduce((sum, { plan }) => sum + plan.leastInstructions, 0),
    most,
  );
  const weights = { name: 'weights', address: 0, bytes };
  const tensors = planTensors(lowered, configuration, alignUp(bytes, alignment));
  // Loads that come again, as a buffer turns out too small to keep the data, are known only as they are made.
  const grow = (count: number): void => refuseTooLong(lowered, count, most);
  const builder = new ProgramBuilder(
    configuration,
    cost,
    memory,
    lowered.tensors.map(() => new TensorAccess()),
    tensors.freedBy,
    grow,
  );
  const chip = chipOf(configuration);
  const emitters = createEmitters(chip, builder);
  const place: Emission['place'] = ({ tensor }) => ({
    address: tensors.regions[tensor].address,
    height: lowered.tensors[tensor].height,
    width: lowered.tensors[tensor].width,
  });
  for (const [index, { work, unit }] of lowered.layers.entries()) {
    builder.layer = index;
    const { plan, constants } = layers[index];
    chip.engines[unit - 1].emit(work, plan, {
      emitter: emitters[unit - 1],
      channelBlock: configuration.channelBlock,
      constants,
      place,
    });
  }
  const programBytes =
    blockCount(instructionCount(builder.programs), configuration.programBlock) *
    configuration.programBlock *
    instructionWords(configuration) *
    configuration.channelBlock;
  const program = { name: 'program', address: alignUp(tensors.end, alignment), bytes: programBytes };
  const plan = completeMemoryPlan(lowered, configuration, tensors.regions, weights, program);
  const instructions = mergeProgram(builder.programs, configuration, program.address);
  return {
    configuration,
    layers: describeLayers(lowered, configuration, layers, instructions),
    instructions,
    memory: plan,
  };
}

/** Refuses, with ADC3001, a network that no configuration with these engines runs. */
export function refuseUnsupported(lowered: LoweredNetwork, configuration: AccelSharedConfiguration): void {
  const { unsupported } = lowered;
  if (unsupported.length > 0) {
    const list = unsupported.map(({ name, operator, reason }) => `${name} (${operator}): ${reason}`).join('\n  ');
    throw new ChipError(
      'ADC3001',
      `The chip cannot run ${unsupported.length} operator(s) of ${lowered.name}:\n  ${list}`,
      {
        location: { node: unsupported[0].name },
        hint: 'Run them on the host (--host-fallback) where they are at the beginning or the end of the network.',
      },
    );
  }
  if (lowered.layers.length === 0)
    throw new ChipError('ADC3001', `${lowered.name} has no operator that computes on the chip.`, {
      hint: 'Give a network with convolutions, fully connected layers, pooling or additions.',
    });
  const mostLayers = mostRecordedLayers(chipOf(configuration));
  if (lowered.layers.length > mostLayers) {
    throw new ChipError(
      'ADC3001',
      `${lowered.name} becomes ${lowered.layers.length} layers; the chip keeps records of ${mostLayers}.`,
      { hint: 'Split the network into several chips.' },
    );
  }
}

/** How a layer runs, and the address of each part of its constants. */
interface PlannedLayer {
  readonly plan: Plan;
  readonly constants: readonly number[];
}

/** Plans of all layers and the places of their constants, from address 0 on. */
function planLayers(
  lowered: LoweredNetwork,
  configuration: AccelSharedConfiguration,
  cost: TransferCost,
  alignment: number,
): { layers: PlannedLayer[]; bytes: number } {
  const { engines } = chipOf(configuration);
  let next = 0;
  const layers = lowered.layers.map(({ work, unit }): PlannedLayer => {
    const plan = engines[unit - 1].plan(work, cost);
    const constants = plan.constantWords.map(words => {
      const address = next;
      next = alignUp(next + words * configuration.channelBlock, alignment);
      return address;
    });
    return { plan, constants };
  });
  return { layers, bytes: next };
}

function describeLayers(
  lowered: LoweredNetwork,
  configuration: AccelSharedConfiguration,
  layers: readonly PlannedLayer[],
  instructions: readonly Instruction[],
): ScheduledLayer[] {
  const { programTarget, engines } = chipOf(configuration);
  const spans = lowered.layers.map(() => ({ first: -1, last: -1, read: 0, written: 0 }));
  for (let index = 0; index < instructions.length; index++) {
    const instruction = instructions[index];
    if (instruction.kind === 'halt' || (instruction.kind === 'load' && instruction.target === programTarget)) continue;
    const span = spans[instruction.layer];
    if (span.first < 0) span.first = index;
    span.last = index;
    if (instruction.kind === 'load') span.read += instruction.rowWords * instruction.rowCount * instruction.planeCount;
    if (instruction.kind === 'store')
      span.written += instruction.rowWords * instruction.rowCount * instruction.planeCount;
  }
  return lowered.layers.map(({ work, unit, engine, answers }, index) => ({
    ...layers[index],
    name: work.name,
    operator: work.operator,
    engine,
    answers,
    multiplyAccumulates: work.multiplyAccumulates,
    firstInstruction: spans[index].first,
    lastInstruction: spans[index].last,
    bytesRead: spans[index].read * configuration.channelBlock,
    bytesWritten: spans[index].written * configuration.channelBlock,
    output: lowered.tensors[work.output.tensor].name,
    idealComputeCycles: engines[unit - 1].bound(work).computeCycles,
  }));
}
