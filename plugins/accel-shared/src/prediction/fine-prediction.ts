import {
  energyCoefficients,
  explainedEnergyCoefficients,
  explaining,
  numbers,
  type Arithmetic,
  type EnergyCoefficients,
  type Explained,
  type LayerPrediction,
  type MemoryModel,
  type NotCosted,
  type Platform,
  type Prediction,
  type ResourceEstimate,
  type UnitCycles,
  type ValuesOf,
} from '@autodnnchip/core';

import { chipOf } from '../chip/chip.js';
import type { AccelSharedConfiguration } from '../configuration.js';
import type { ChipMemory } from '../cost/memories.js';
import type { Instruction } from '../program/instruction.js';
import { declinedEngines } from '../lowering/declined-engines.js';
import type { EngineAnswer } from '../lowering/index.js';
import { runTiming, type ProgramTiming } from '../timing/run-timing.js';
import { clockOf, memoryInputs, predictionBlocks, resourceFigures, wholeChipFigures } from './chip-figures.js';
import { layerActivities } from './layer-activity.js';
import { layerEnergies, type LayerEnergy } from './layer-energy.js';
import { layerLimit } from './limits.js';

/** What a prediction needs to know of a layer beside its instructions. */
export interface PredictedLayer {
  readonly name: string;
  readonly operator: string;
  /** Unit of the engine that runs it. */
  readonly engine: string;
  /** What the engines said of it; absent in a bundle, which holds the program and not how it came about. */
  readonly answers?: readonly EngineAnswer[];
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
  /** Memories of the chassis. */
  readonly memories: readonly ChipMemory[];
}

/** What the engines do for each layer. */
interface EngineWork {
  /** Cycles that the layer's tasks occupy their engine. */
  readonly cycles: Float64Array;
  /** 1 for layers whose pixels wait for requantisation rather than for window steps. */
  readonly requantizeBound: Uint8Array;
}

function engineWork({ configuration, instructions, layers }: PredictedProgram): EngineWork {
  const { engines } = chipOf(configuration);
  const cycles = new Float64Array(layers.length);
  const requantizeBound = new Uint8Array(layers.length);
  for (const instruction of instructions) {
    if (instruction.kind !== 'task') continue;
    const engine = engines[instruction.unit - 1];
    cycles[instruction.layer] += engine.computeCycles(instruction.task);
    if (engine.limit(instruction.task) === 'requantize') requantizeBound[instruction.layer] = 1;
  }
  return { cycles, requantizeBound };
}

/** Fine mode: exact cycles of the program against the memory model, energy from what each layer does. */
export function predictProgram(
  program: PredictedProgram,
  platform: Platform,
  memory: MemoryModel,
  resources: ChipResources,
  notCosted: readonly NotCosted[],
): Prediction {
  return programFigures(
    numbers,
    energyCoefficients(platform.technology),
    program,
    platform,
    memory,
    resources,
    notCosted,
  );
}

/** `predictProgram` with where each number comes from. */
export function explainProgram(
  program: PredictedProgram,
  platform: Platform,
  memory: MemoryModel,
  resources: ChipResources,
  notCosted: readonly NotCosted[],
): Explained<Prediction> {
  return programFigures(
    explaining,
    explainedEnergyCoefficients(platform.technology),
    program,
    platform,
    memory,
    resources,
    notCosted,
  );
}

function programFigures<Value>(
  math: Arithmetic<Value>,
  coefficients: EnergyCoefficients<Value>,
  program: PredictedProgram,
  platform: Platform,
  memory: MemoryModel,
  resources: ChipResources,
  notCosted: readonly NotCosted[],
): ValuesOf<Prediction, Value> {
  const { configuration, layers, instructions } = program;
  const chip = chipOf(configuration);
  const timing = runTiming(instructions, program.programAddress, layers.length, configuration, memory);
  const activities = layerActivities(instructions, layers.length, configuration);
  const work = engineWork(program);
  const clockMegahertz = clockOf(math, platform);
  const sized = resourceFigures(math, resources, configuration, platform);
  const energyOf = layerEnergies(math, configuration, coefficients, { resources: sized.clocked, clockMegahertz });
  const cycles = programCycles(math, program, timing, memoryInputs(math, platform, memory));

  const energies: LayerEnergy<Value>[] = [];
  const predicted = layers.map((layer, index): ValuesOf<LayerPrediction, Value> => {
    const counted = (figure: string, value: number, unit: string, source: string): Value =>
      math.constant(figure, value, { unit, kind: 'counted', source });
    const latencyCycles = cycles.latency(index);
    const units = Object.fromEntries(chip.units.map(({ name }, unit) => [name, cycles.unit(index, unit)]));
    const activity = activities[index];
    const energy = energyOf(activity, latencyCycles);
    energies.push(energy);
    const multiplyAccumulates = counted(
      'multiplyAccumulates',
      layer.multiplyAccumulates,
      'multiply-accumulate',
      `operator ${layer.name} of the network`,
    );
    return {
      name: layer.name,
      operator: layer.operator,
      latencyCycles,
      energyPicojoules: energy.total,
      limitedBy: layerLimit(chip, cycles.busy(index), math.valueOf(latencyCycles), work.requantizeBound[index] === 1),
      multiplyAccumulates,
      // A layer's tasks may begin while the layer before still ends: then it takes longer than its latency.
      utilization: utilizationOf(
        math,
        layer.engine,
        configuration,
        multiplyAccumulates,
        math.apply('maximum', 'cycles', 'cycle', [
          latencyCycles,
          counted('cycles of its tasks', work.cycles[index], 'cycle', 'closed forms of the tasks (docs/timing.md)'),
        ]),
      ),
      units,
      engine: layer.engine,
      ...(layer.answers === undefined ? {} : { declined: declinedEngines(layer.answers) }),
      readBytes: counted(
        'readBytes',
        activity.externalReadBytes,
        'byte',
        'load tasks of the layer, program blocks among them',
      ),
      writtenBytes: counted('writtenBytes', activity.externalWrittenBytes, 'byte', 'store tasks of the layer'),
    };
  });

  const energyPicojoules = math.apply(
    'sum',
    'energyPicojoules',
    'pJ',
    layers.map(({ name }, index) => math.named(`energy of ${name}`, energies[index].total)),
  );
  const latencyCycles = math.apply(
    'sum',
    'latencyCycles',
    'cycle',
    layers.map(({ name }, index) => math.named(`latency of ${name}`, predicted[index].latencyCycles)),
  );
  return {
    mode: 'fine',
    platform: platform.id,
    ...wholeChipFigures(math, latencyCycles, energyPicojoules, clockMegahertz),
    resources: sized.total,
    blocks: predictionBlocks(
      math,
      configuration,
      sized.blocks,
      energies,
      layers.map(({ name }) => name),
    ),
    layers: predicted,
    notCosted,
  };
}

/** Multiply-accumulates over what the multipliers of the engine could have done; 0 of an engine that has none. */
export function utilizationOf<Value>(
  math: Arithmetic<Value>,
  unit: string,
  configuration: AccelSharedConfiguration,
  multiplyAccumulates: Value,
  cycles: Value,
): Value {
  const engine = chipOf(configuration).engines.find(candidate => candidate.unit === unit);
  const multipliers = math.constant('multipliers', engine?.multipliers ?? 0, {
    unit: 'multiplier',
    kind: 'given',
    source: `configuration of the chip: ${unit} engine`,
  });
  if (engine?.multipliers === 0)
    return math.constant('utilization', 0, { unit: '1', kind: 'definition', source: `${unit} has no multipliers` });
  return math.apply('quotient', 'utilization', '1', [
    multiplyAccumulates,
    math.apply('product', 'products that could be formed', 'multiply-accumulate', [multipliers, cycles]),
  ]);
}

/** Cycles of layers: differences between what the chip's records say at the ends of neighbouring layers. */
function programCycles<Value>(
  math: Arithmetic<Value>,
  program: PredictedProgram,
  timing: ProgramTiming,
  memory: readonly Value[],
) {
  const { layers, instructions } = program;
  const counters = ['busyCycles', 'waitInputCycles', 'waitOutputCycles'] as const;
  const run = `run of the ${instructions.length} instructions on the chip's timing, exact against the memory model (docs/timing.md)`;
  const recorded = (figure: string, value: number): Value => math.procedure(figure, value, 'cycle', run, memory);
  // What follows the last layer's end (the chip finds that all is done) belongs to it.
  const endCycle = (index: number): number =>
    index < 0 ? 0 : index === layers.length - 1 ? timing.totalCycles : timing.layers[index].endCycle;
  const { units } = chipOf(program.configuration);
  const counter = (index: number, unit: number, name: (typeof counters)[number]): number =>
    index < 0 ? 0 : timing.layers[index].units[unit][name];
  const start = (figure: string): Value =>
    math.constant(figure, 0, { unit: 'cycle', kind: 'definition', source: 'start of the run' });
  return {
    latency: (index: number): Value =>
      math.apply('difference', 'latencyCycles', 'cycle', [
        recorded(`end of ${layers[index].name}`, endCycle(index)),
        index === 0 ? start('start') : recorded(`end of ${layers[index - 1].name}`, endCycle(index - 1)),
      ]),
    unit: (index: number, unit: number): ValuesOf<UnitCycles, Value> =>
      Object.fromEntries(
        counters.map(name => [
          name,
          math.apply('difference', name, 'cycle', [
            recorded(`${name} of ${units[unit].name} until ${layers[index].name} ends`, counter(index, unit, name)),
            index === 0
              ? start(`${name} at the start`)
              : recorded(
                  `${name} of ${units[unit].name} until ${layers[index - 1].name} ends`,
                  counter(index - 1, unit, name),
                ),
          ]),
        ]),
      ) as unknown as ValuesOf<UnitCycles, Value>,
    busy: (index: number): number[] =>
      units.map((_, unit) => counter(index, unit, 'busyCycles') - counter(index - 1, unit, 'busyCycles')),
  };
}
