import {
  energyCoefficients,
  explainedEnergyCoefficients,
  explaining,
  numbers,
  type Arithmetic,
  type EnergyCoefficients,
  type Explained,
  type LayerLimit,
  type LayerPrediction,
  type MemoryModel,
  type NotCosted,
  type Platform,
  type Prediction,
  type ValuesOf,
} from '@autodnnchip/core';
import type { EngineBound } from '@autodnnchip/core/engine';

import { chipOf, type Chip } from '../chip/chip.js';
import type { AccelSharedConfiguration } from '../configuration.js';
import { declinedEngines } from '../lowering/declined-engines.js';
import type { LoweredNetwork } from '../lowering/index.js';
import { coarseLayers, countedOf, cyclesOfByte } from './coarse-layers.js';
import { clockOf, predictionBlocks, resourceFigures, wholeChipFigures } from './chip-figures.js';
import { utilizationOf, type ChipResources } from './fine-prediction.js';
import { emptyActivity, type LayerActivity } from './layer-activity.js';
import { layerEnergies, type LayerEnergy } from './layer-energy.js';

/** What the chip does for a layer at least. */
function activityOf(chip: Chip, unit: number, bound: EngineBound): LayerActivity {
  const empty = emptyActivity(chip);
  return {
    ...empty,
    engines: empty.engines.map((none, index) => (index === unit - 1 ? bound.activity : none)),
    externalReadBytes: bound.activationBytes + bound.constantBytes,
    externalWrittenBytes: bound.writtenBytes,
  };
}

type EnergyOf<Value> = ReturnType<typeof layerEnergies<Value>>;

/** The energy of equal work in equal time is worked out once. */
function rememberEnergies(energyOf: EnergyOf<number>): EnergyOf<number> {
  const known = new Map<LayerActivity, Map<number, LayerEnergy<number>>>();
  return (activity, cycles) => {
    const byCycles = known.get(activity) ?? new Map<number, LayerEnergy<number>>();
    known.set(activity, byCycles);
    const energy = byCycles.get(cycles) ?? energyOf(activity, cycles);
    byCycles.set(cycles, energy);
    return energy;
  };
}

function limitOf(bound: EngineBound, readCycles: number, writeCycles: number, latencyCycles: number): LayerLimit {
  if (bound.computeCycles >= latencyCycles * 0.999) return bound.requantizeBound ? 'requantize' : 'compute';
  return writeCycles > readCycles ? 'memoryWrite' : 'memoryRead';
}

/**
 * Coarse mode: a lower bound of the fine mode by construction, from the same closed forms, without tilings, fill,
 * latency or waiting. `coarseLayers` tells when layers can end.
 */
export function predictLowered(
  network: LoweredNetwork,
  configuration: AccelSharedConfiguration,
  platform: Platform,
  memory: MemoryModel,
  resources: ChipResources,
  notCosted: readonly NotCosted[],
): Prediction {
  return loweredFigures(
    numbers,
    energyCoefficients(platform.technology),
    rememberEnergies,
    network,
    configuration,
    platform,
    memory,
    resources,
    notCosted,
  );
}

/** `predictLowered` with where each number comes from. */
export function explainLowered(
  network: LoweredNetwork,
  configuration: AccelSharedConfiguration,
  platform: Platform,
  memory: MemoryModel,
  resources: ChipResources,
  notCosted: readonly NotCosted[],
): Explained<Prediction> {
  return loweredFigures(
    explaining,
    explainedEnergyCoefficients(platform.technology),
    energyOf => energyOf,
    network,
    configuration,
    platform,
    memory,
    resources,
    notCosted,
  );
}

function loweredFigures<Value>(
  math: Arithmetic<Value>,
  coefficients: EnergyCoefficients<Value>,
  remember: (energyOf: EnergyOf<Value>) => EnergyOf<Value>,
  network: LoweredNetwork,
  configuration: AccelSharedConfiguration,
  platform: Platform,
  memory: MemoryModel,
  resources: ChipResources,
  notCosted: readonly NotCosted[],
): ValuesOf<Prediction, Value> {
  const clockMegahertz = clockOf(math, platform);
  const cyclesPerByte = cyclesOfByte(math, configuration, platform, memory);
  const chip = chipOf(configuration);
  const sized = resourceFigures(math, resources, configuration, platform);
  const energyOf = remember(
    layerEnergies(math, configuration, coefficients, { resources: sized.clocked, clockMegahertz }),
  );
  const energies: LayerEnergy<Value>[] = [];
  const latencies: Value[] = [];
  const activities = new Map<EngineBound, LayerActivity>();
  const coarse = coarseLayers(math, network, chip.engines, configuration, platform, memory);
  const layers = coarse.map(
    ({ layer, bound, writtenBytes, writeCycles, latencyCycles }): ValuesOf<LayerPrediction, Value> => {
      const activity = activities.get(bound) ?? activityOf(chip, layer.unit, bound);
      activities.set(bound, activity);
      latencies.push(math.named(`latency of ${layer.work.name}`, latencyCycles));
      const energy = energyOf(activity, latencyCycles);
      energies.push(energy);
      const multiplyAccumulates = math.constant('multiplyAccumulates', layer.work.multiplyAccumulates, {
        unit: 'multiply-accumulate',
        kind: 'counted',
        source: `operator ${layer.work.name} of the network`,
      });
      return {
        name: layer.work.name,
        operator: layer.work.operator,
        latencyCycles,
        energyPicojoules: energy.total,
        limitedBy: limitOf(
          bound,
          (bound.activationBytes + bound.constantBytes) * math.valueOf(cyclesPerByte),
          math.valueOf(writeCycles),
          math.valueOf(latencyCycles),
        ),
        multiplyAccumulates,
        utilization: utilizationOf(math, layer.engine, configuration, multiplyAccumulates, latencyCycles),
        engine: layer.engine,
        declined: declinedEngines(layer.answers),
        readBytes: countedOf(math, layer, 'readBytes', activity.externalReadBytes, 'byte'),
        writtenBytes,
      };
    },
  );
  const energyPicojoules = math.apply(
    'sum',
    'energyPicojoules',
    'pJ',
    layers.map(({ name }, index) => math.named(`energy of ${name}`, energies[index].total)),
  );
  return {
    mode: 'coarse',
    platform: platform.id,
    ...wholeChipFigures(math, math.apply('sum', 'latencyCycles', 'cycle', latencies), energyPicojoules, clockMegahertz),
    resources: sized.total,
    blocks: predictionBlocks(
      math,
      configuration,
      sized.blocks,
      energies,
      layers.map(({ name }) => name),
    ),
    layers,
    notCosted,
  };
}
