import type { LayerPrediction, MemoryModel, NotCosted, Platform, Prediction, ResourceEstimate, UnitCycles } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { Instruction } from '../program/instruction.js';
import { convStepsPerPixel, laneStepsPerPixel } from '../timing/constants.js';
import { convTaskCycles, laneTaskCycles } from '../timing/task-cycles.js';
import { runTiming, unitNames, type UnitName } from '../timing/run-timing.js';
import { layerActivities } from './layer-activity.js';
import { layerEnergy, type EnergyBlock } from './layer-energy.js';
import { layerLimit } from './limits.js';

/** What a prediction needs to know of a layer beside its instructions. */
export interface PredictedLayer {
  readonly name: string;
  readonly operator: string;
  readonly engine: 'conv' | 'lane';
  readonly multiplyAccumulates: number;
}

/** A program and its surroundings. */
export interface PredictedProgram {
  readonly configuration: AccelSharedConfiguration;
  readonly layers: readonly PredictedLayer[];
  readonly instructions: readonly Instruction[];
  readonly programAddress: number;
}

export interface BlockResources {
  readonly id: string;
  readonly resources: ResourceEstimate;
}

/** Resources of the whole chip and of its blocks. */
export interface ChipResources {
  readonly total: ResourceEstimate;
  readonly blocks: readonly BlockResources[];
  /** `total` with the cells that clock and control energy follow, also where they are no resource of the platform. */
  readonly clocked: ResourceEstimate;
}

/** What the engines do for each layer. */
interface EngineWork {
  /** Cycles that the layer's tasks occupy their engine. */
  readonly cycles: Float64Array;
  /** 1 for layers whose pixels wait for requantisation rather than for window steps. */
  readonly requantizeBound: Uint8Array;
}

function engineWork(program: PredictedProgram): EngineWork {
  const { configuration, instructions, layers } = program;
  const convSteps = convStepsPerPixel(configuration);
  const laneSteps = laneStepsPerPixel(configuration);
  const cycles = new Float64Array(layers.length);
  const requantizeBound = new Uint8Array(layers.length);
  for (const task of instructions) {
    if (task.unit === 'conv') {
      cycles[task.layer] += convTaskCycles(task, configuration);
      if (task.repeat * task.kernelHeight * task.kernelWidth * task.blocks < convSteps) requantizeBound[task.layer] = 1;
    } else if (task.unit === 'lane') {
      cycles[task.layer] += laneTaskCycles(task, configuration);
      if (task.kernelHeight * task.kernelWidth * task.operands < laneSteps) requantizeBound[task.layer] = 1;
    }
  }
  return { cycles, requantizeBound };
}

function difference(now: UnitCycles, before: UnitCycles | undefined): UnitCycles {
  return {
    busyCycles: now.busyCycles - (before?.busyCycles ?? 0),
    waitInputCycles: now.waitInputCycles - (before?.waitInputCycles ?? 0),
    waitOutputCycles: now.waitOutputCycles - (before?.waitOutputCycles ?? 0),
  };
}

/** Multipliers of the engine that a layer runs on. */
export function engineMultipliers(engine: 'conv' | 'lane', configuration: AccelSharedConfiguration): number {
  return engine === 'conv' ? configuration.channelBlock * configuration.outputParallelism : configuration.channelBlock * configuration.laneBlocks;
}

/** Fine mode: exact cycles of the program against the memory model, energy from what each layer does. */
export function predictProgram(program: PredictedProgram, platform: Platform, memory: MemoryModel, resources: ChipResources, notCosted: readonly NotCosted[]): Prediction {
  const { configuration, layers, instructions } = program;
  const timing = runTiming(instructions, program.programAddress, layers.length, configuration, memory);
  const activities = layerActivities(instructions, layers.length, configuration);
  const work = engineWork(program);
  const hardware = { resources: resources.clocked, clockMegahertz: platform.clockMegahertz };
  const blockEnergy: Record<EnergyBlock, number> = { convEngine: 0, laneEngine: 0, buffers: 0, externalMemory: 0, clockAndStatic: 0 };

  let energyPicojoules = 0;
  const predicted = layers.map((layer, index): LayerPrediction => {
    const recorded = timing.layers[index];
    const before = timing.layers[index - 1];
    // What follows the last layer's end (the chip finds that all is done) belongs to it.
    const end = index === layers.length - 1 ? timing.totalCycles : recorded.endCycle;
    const latencyCycles = end - (before?.endCycle ?? 0);
    const units = Object.fromEntries(unitNames.map((name) => [name, difference(recorded.units[name], before?.units[name])])) as Record<UnitName, UnitCycles>;
    const activity = activities[index];
    const energy = layerEnergy(activity, latencyCycles, configuration, platform, hardware);
    for (const block of Object.keys(blockEnergy) as EnergyBlock[]) blockEnergy[block] += energy.blocks[block];
    energyPicojoules += energy.total;
    return {
      name: layer.name, operator: layer.operator, latencyCycles, energyPicojoules: energy.total,
      limitedBy: layerLimit(units, latencyCycles, work.requantizeBound[index] === 1),
      multiplyAccumulates: layer.multiplyAccumulates,
      // A layer's tasks may begin while the layer before still ends: then it takes longer than its latency.
      utilization: layer.multiplyAccumulates / (engineMultipliers(layer.engine, configuration) * Math.max(latencyCycles, work.cycles[index])),
      units, readBytes: activity.externalReadBytes, writtenBytes: activity.externalWrittenBytes,
    };
  });

  return {
    mode: 'fine', platform: platform.id, clockMegahertz: platform.clockMegahertz,
    ...wholeChipFigures(timing.totalCycles, energyPicojoules, platform.clockMegahertz),
    resources: resources.total,
    blocks: predictionBlocks(resources.blocks, blockEnergy),
    layers: predicted, notCosted,
  };
}

/** Latency, throughput and power of one inference after another. */
export function wholeChipFigures(latencyCycles: number, energyPicojoules: number, clockMegahertz: number):
Pick<Prediction, 'latencyCycles' | 'latencySeconds' | 'throughputPerSecond' | 'energyPicojoules' | 'powerMilliwatts'> {
  const latencySeconds = latencyCycles / (clockMegahertz * 1e6);
  return {
    latencyCycles, latencySeconds, throughputPerSecond: 1 / latencySeconds, energyPicojoules,
    powerMilliwatts: (energyPicojoules * 1e-9) / latencySeconds,
  };
}

/** Blocks with resources, energy or both. */
export function predictionBlocks(blocks: readonly BlockResources[], energies: Readonly<Record<EnergyBlock, number>>): Prediction['blocks'] {
  const rest = new Map<string, number>(Object.entries(energies));
  const withResources = blocks.map(({ id, resources }) => {
    const energyPicojoules = rest.get(id) ?? 0;
    rest.delete(id);
    return { id, resources, energyPicojoules };
  });
  return [...withResources, ...[...rest].map(([id, energyPicojoules]) => ({ id, resources: { multipliers: 0 }, energyPicojoules }))];
}
