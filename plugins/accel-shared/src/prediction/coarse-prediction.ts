import {
  energyCoefficients,
  explainedEnergyCoefficients,
  explaining,
  numbers,
  platformConstant,
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
import type { LoweredLayer, LoweredNetwork } from '../lowering/index.js';
import { clockOf, predictionBlocks, resourceFigures, wholeChipFigures } from './chip-figures.js';
import { utilizationOf, type ChipResources } from './fine-prediction.js';
import { emptyActivity, type LayerActivity } from './layer-activity.js';
import { layerEnergies, type LayerEnergy } from './layer-energy.js';
import { createLeastEnds } from './least-ends.js';

/** The least that a layer takes, and what the chip does for it. */
interface LayerWork extends EngineBound {
  readonly layerActivity: LayerActivity;
}

function workOf(chip: Chip, { work, unit }: LoweredLayer): LayerWork {
  const bound = chip.engines[unit - 1].bound(work);
  const { activationBytes, constantBytes, writtenBytes } = bound;
  const empty = emptyActivity(chip);
  return {
    ...bound,
    layerActivity: {
      ...empty,
      engines: empty.engines.map((none, index) => (index === unit - 1 ? bound.activity : none)),
      externalReadBytes: activationBytes + constantBytes,
      externalWrittenBytes: writtenBytes,
    },
  };
}

const knownAlike = new WeakMap<LoweredNetwork, Int32Array>();

/**
 * By layer, the first one of which the bounds of the engines say the same: a search asks for each candidate, and costs
 * follow distinct layers.
 */
function firstAlikeOf(network: LoweredNetwork): Int32Array {
  const known = knownAlike.get(network);
  if (known !== undefined) return known;
  const first = new Map<string, number>();
  const alike = Int32Array.from(network.layers, ({ work, unit }, index) => {
    const { form, window, inputs, output } = work;
    const weights = form === 'convolution' || form === 'depthwise' ? work.weights : undefined;
    const key = JSON.stringify([
      unit,
      form,
      window,
      output.blocks,
      inputs.map(({ blocks }) => blocks),
      form === 'convolution' ? [] : work.sweeps,
      // Which blocks a grouped convolution reads hangs on the order of the channels.
      ...(weights === undefined
        ? []
        : [
            weights.groups,
            weights.parts,
            ...(weights.groups === 1
              ? []
              : [weights.outputChannels, weights.channels, [...inputs[0].channelMap], [...output.channelMap]]),
          ]),
    ]);
    if (!first.has(key)) first.set(key, index);
    return first.get(key) ?? index;
  });
  knownAlike.set(network, alike);
  return alike;
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

function limitOf(work: LayerWork, readCycles: number, writeCycles: number, latencyCycles: number): LayerLimit {
  if (work.computeCycles >= latencyCycles * 0.999) return work.requantizeBound ? 'requantize' : 'compute';
  return writeCycles > readCycles ? 'memoryWrite' : 'memoryRead';
}

/**
 * Coarse mode: a lower bound of the fine mode by construction, from the same closed forms, without tilings, fill,
 * latency or waiting. `createLeastEnds` tells when a layer can end at the earliest; its latency is the time after the
 * layer before.
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

/**
 * When a layer can end at the earliest as far as memory goes, whose bandwidth reads and writes share: what all layers
 * up to it move has been served, but for the last burst, which has only begun, and the part of a cycle before a burst
 * that counts as its own.
 */
function createServedBy<Value>(
  math: Arithmetic<Value>,
  configuration: AccelSharedConfiguration,
  platform: Platform,
  memory: MemoryModel,
  start: Value,
): (name: string, bytes: readonly Value[], end: Value) => Value {
  const bytesPerKilocycle = memory.sharedBytesPerKilocycle;
  if (bytesPerKilocycle === 0) return (_name, _bytes, end) => end;
  const cyclesPerByte = math.apply('quotient', 'cycles in which memory moves a byte', 'cycle/byte', [
    math.constant('cycles in a kilocycle', 1000, { unit: 'cycle', kind: 'definition', source: 'definition' }),
    platformConstant(math, platform, 'memory.sharedBytesPerKilocycle', bytesPerKilocycle, 'byte/(1000 cycle)'),
  ]);
  const lastBurst = math.constant(
    'cycles of the last burst and of the part of a cycle before a burst',
    (configuration.burstBeats * configuration.busBytes * 1000) / bytesPerKilocycle + 1,
    {
      unit: 'cycle',
      kind: 'definition',
      source:
        'burstBeats and busBytes of the chip: a burst is not counted until memory has served it, nor the part of a cycle before a burst',
    },
  );
  let moved = start;
  return (name, bytes, end) => {
    const all = math.apply('sum', `cycles in which memory moves what ${name} needs and what went before it`, 'cycle', [
      moved,
      ...bytes.map(count => math.apply('product', 'cycles of memory', 'cycle', [count, cyclesPerByte])),
    ]);
    moved = math.procedure(
      'cycles of memory up to here',
      math.valueOf(all),
      'cycle',
      `cycles in which memory moves what the layers up to ${name} need, added up`,
      [],
    );
    const served = math.apply('difference', `memory has served ${name}`, 'cycle', [all, lastBurst]);
    return math.valueOf(served) > math.valueOf(end) ? math.named(`end of ${name}, by what memory moves`, served) : end;
  };
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
  const cyclesPerByte = math.apply('quotient', 'cycles per byte', 'cycle/byte', [
    platformConstant(math, platform, 'memory.beatIntervalCycles', memory.beatIntervalCycles, 'cycle'),
    math.constant('busBytes', configuration.busBytes, {
      unit: 'byte',
      kind: 'given',
      source: 'configuration of the chip',
    }),
  ]);
  const chip = chipOf(configuration);
  const sized = resourceFigures(math, resources, configuration, platform);
  const energyOf = remember(
    layerEnergies(math, configuration, coefficients, { resources: sized.clocked, clockMegahertz }),
  );
  const transfer = (figure: string, bytes: Value): Value =>
    math.apply('product', figure, 'cycle', [bytes, cyclesPerByte]);
  let end = math.constant('start', 0, { unit: 'cycle', kind: 'definition', source: 'start of the run' });
  const leastEnd = createLeastEnds(math, network, end);
  const servedBy = createServedBy(math, configuration, platform, memory, end);
  const energies: LayerEnergy<Value>[] = [];
  const latencies: Value[] = [];
  const firstAlike = firstAlikeOf(network);
  const works = new Map<number, LayerWork>();
  const layers = network.layers.map((layer: LoweredLayer, index): ValuesOf<LayerPrediction, Value> => {
    const work = works.get(firstAlike[index]) ?? workOf(chip, layer);
    works.set(firstAlike[index], work);
    const counted = (figure: string, value: number, unit: string): Value =>
      math.constant(figure, value, {
        unit,
        kind: 'counted',
        source: `layer ${layer.work.name}: every pixel computed once, every byte that is needed moved once`,
      });
    const activationBytes = counted('bytes of feature maps', work.activationBytes, 'byte');
    const constantBytes = counted('bytes of weights, parameters and tables', work.constantBytes, 'byte');
    const writtenBytes = counted('writtenBytes', work.layerActivity.externalWrittenBytes, 'byte');
    const activationCycles = transfer('cycles to read feature maps', activationBytes);
    const constantCycles = transfer('cycles to read constants', constantBytes);
    const writeCycles = transfer('cycles to write results', writtenBytes);
    const readCycles = math.apply('sum', 'cycles to read', 'cycle', [activationCycles, constantCycles]);
    const computeCycles = counted('cycles to compute', work.computeCycles, 'cycle');
    const next = math.apply('roundUp', `end of ${layer.work.name}`, 'cycle', [
      servedBy(
        layer.work.name,
        [activationBytes, constantBytes, writtenBytes],
        leastEnd(layer, work.readsWholeMaps, { readCycles, computeCycles, writeCycles }),
      ),
    ]);
    const latencyCycles = math.apply('difference', 'latencyCycles', 'cycle', [next, end]);
    end = math.procedure(
      `end of ${layer.work.name}`,
      math.valueOf(next),
      'cycle',
      `latencies of the layers up to ${layer.work.name}, added up`,
      [],
    );
    latencies.push(math.named(`latency of ${layer.work.name}`, latencyCycles));
    const energy = energyOf(work.layerActivity, latencyCycles);
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
        work,
        (work.activationBytes + work.constantBytes) * math.valueOf(cyclesPerByte),
        math.valueOf(writeCycles),
        math.valueOf(latencyCycles),
      ),
      multiplyAccumulates,
      utilization: utilizationOf(math, layer.engine, configuration, multiplyAccumulates, latencyCycles),
      engine: layer.engine,
      declined: declinedEngines(layer.answers),
      readBytes: counted('readBytes', work.layerActivity.externalReadBytes, 'byte'),
      writtenBytes,
    };
  });
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
