import {
  energyCoefficients, explainedEnergyCoefficients, explaining, numbers, platformConstant,
  type Arithmetic, type EnergyCoefficients, type Explained, type LayerLimit, type LayerPrediction, type MemoryModel, type NotCosted, type Platform, type Prediction, type ValuesOf,
} from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { ConvLayer, LaneLayer, LoweredLayer, LoweredNetwork } from '../lowering/index.js';
import { convStepsPerPixel, laneStepsPerPixel } from '../timing/constants.js';
import { clockOf, predictionBlocks, resourceFigures, wholeChipFigures } from './chip-figures.js';
import { utilizationOf, type ChipResources } from './fine-prediction.js';
import { emptyActivity, type LayerActivity } from './layer-activity.js';
import { layerEnergies, type LayerEnergy } from './layer-energy.js';
import { createLeastEnds } from './least-ends.js';
import { touchedMaps } from './touched-words.js';

/** The least that a layer takes: every pixel computed once, every byte that is needed moved once. */
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
  const { kernelHeight, kernelWidth, outputHeight, outputWidth } = layer.window;
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
  const activationBytes = touchedMaps(layer).words * channelBlock;
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
  const { kernelHeight, kernelWidth, outputHeight, outputWidth } = layer.window;
  const operands = layer.inputs.length;
  const blocks = layer.inputs[0].blocks;
  const window = kernelHeight * kernelWidth * operands;
  const least = laneStepsPerPixel(configuration);
  const pixels = Math.ceil(blocks / laneBlocks) * outputHeight * outputWidth * layer.variants.length;
  const lanes = channelBlock * laneBlocks;
  const activationBytes = touchedMaps(layer).words * channelBlock;
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

const knownAlike = new WeakMap<LoweredNetwork, Int32Array>();

/** By layer, the first one of which `convWork` and `laneWork` say the same: a search asks for each candidate, and costs follow distinct layers. */
function firstAlikeOf(network: LoweredNetwork): Int32Array {
  const known = knownAlike.get(network);
  if (known !== undefined) return known;
  const first = new Map<string, number>();
  const alike = Int32Array.from(network.layers, (layer, index) => {
    const { window, output: { blocks } } = layer;
    const own = layer.engine === 'conv' ? [layer.repeat, layer.partitions, layer.input.blocks] : [layer.operation, layer.result, layer.variants, layer.inputs.map((input) => input.blocks)];
    const key = JSON.stringify([window, blocks, ...own]);
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
 * Coarse mode: a lower bound of the fine mode by construction, from the same closed forms, without tilings, fill, latency or
 * waiting. `createLeastEnds` tells when a layer can end at the earliest; its latency is the time after the layer before.
 */
export function predictLowered(network: LoweredNetwork, configuration: AccelSharedConfiguration, platform: Platform, memory: MemoryModel, resources: ChipResources, notCosted: readonly NotCosted[]): Prediction {
  return loweredFigures(numbers, energyCoefficients(platform.technology), rememberEnergies, network, configuration, platform, memory, resources, notCosted);
}

/** `predictLowered` with where each number comes from. */
export function explainLowered(network: LoweredNetwork, configuration: AccelSharedConfiguration, platform: Platform, memory: MemoryModel, resources: ChipResources, notCosted: readonly NotCosted[]): Explained<Prediction> {
  return loweredFigures(explaining, explainedEnergyCoefficients(platform.technology), (energyOf) => energyOf, network, configuration, platform, memory, resources, notCosted);
}

/**
 * When a layer can end at the earliest as far as memory goes, whose bandwidth reads and writes share: what all layers up to it
 * move has been served, but for the last burst, which has only begun, and the part of a cycle before a burst that counts as its own.
 */
function createServedBy<Value>(math: Arithmetic<Value>, configuration: AccelSharedConfiguration, platform: Platform, memory: MemoryModel, start: Value): (name: string, bytes: readonly Value[], end: Value) => Value {
  const bytesPerKilocycle = memory.sharedBytesPerKilocycle;
  if (bytesPerKilocycle === 0) return (_name, _bytes, end) => end;
  const cyclesPerByte = math.apply('quotient', 'cycles in which memory moves a byte', 'cycle/byte', [
    math.constant('cycles in a kilocycle', 1000, { unit: 'cycle', kind: 'definition', source: 'definition' }),
    platformConstant(math, platform, 'memory.sharedBytesPerKilocycle', bytesPerKilocycle, 'byte/(1000 cycle)'),
  ]);
  const lastBurst = math.constant('cycles of the last burst and of the part of a cycle before a burst', configuration.burstBeats * configuration.busBytes * 1000 / bytesPerKilocycle + 1, {
    unit: 'cycle', kind: 'definition', source: 'burstBeats and busBytes of the chip: a burst is not counted until memory has served it, nor the part of a cycle before a burst',
  });
  let moved = start;
  return (name, bytes, end) => {
    const all = math.apply('sum', `cycles in which memory moves what ${name} needs and what went before it`, 'cycle', [moved, ...bytes.map((count) => math.apply('product', 'cycles of memory', 'cycle', [count, cyclesPerByte]))]);
    moved = math.procedure('cycles of memory up to here', math.valueOf(all), 'cycle', `cycles in which memory moves what the layers up to ${name} need, added up`, []);
    const served = math.apply('difference', `memory has served ${name}`, 'cycle', [all, lastBurst]);
    return math.valueOf(served) > math.valueOf(end) ? math.named(`end of ${name}, by what memory moves`, served) : end;
  };
}

function loweredFigures<Value>(
  math: Arithmetic<Value>, coefficients: EnergyCoefficients<Value>, remember: (energyOf: EnergyOf<Value>) => EnergyOf<Value>,
  network: LoweredNetwork, configuration: AccelSharedConfiguration, platform: Platform, memory: MemoryModel,
  resources: ChipResources, notCosted: readonly NotCosted[],
): ValuesOf<Prediction, Value> {
  const clockMegahertz = clockOf(math, platform);
  const cyclesPerByte = math.apply('quotient', 'cycles per byte', 'cycle/byte', [
    platformConstant(math, platform, 'memory.beatIntervalCycles', memory.beatIntervalCycles, 'cycle'),
    math.constant('busBytes', configuration.busBytes, { unit: 'byte', kind: 'given', source: 'configuration of the chip' }),
  ]);
  const sized = resourceFigures(math, resources, configuration, platform);
  const energyOf = remember(layerEnergies(math, configuration, coefficients, { resources: sized.clocked, clockMegahertz }));
  const transfer = (figure: string, bytes: Value): Value => math.apply('product', figure, 'cycle', [bytes, cyclesPerByte]);
  let end = math.constant('start', 0, { unit: 'cycle', kind: 'definition', source: 'start of the run' });
  const leastEnd = createLeastEnds(math, network, end);
  const servedBy = createServedBy(math, configuration, platform, memory, end);
  const energies: LayerEnergy<Value>[] = [];
  const latencies: Value[] = [];
  const firstAlike = firstAlikeOf(network);
  const works = new Map<number, LayerWork>();
  const layers = network.layers.map((layer: LoweredLayer, index): ValuesOf<LayerPrediction, Value> => {
    const work = works.get(firstAlike[index]) ?? (layer.engine === 'conv' ? convWork(layer, configuration) : laneWork(layer, configuration));
    works.set(firstAlike[index], work);
    const counted = (figure: string, value: number, unit: string): Value => math.constant(figure, value, { unit, kind: 'counted', source: `layer ${layer.name}: every pixel computed once, every byte that is needed moved once` });
    const activationBytes = counted('bytes of feature maps', work.activationBytes, 'byte');
    const constantBytes = counted('bytes of weights, parameters and tables', work.constantBytes, 'byte');
    const writtenBytes = counted('writtenBytes', work.activity.externalWrittenBytes, 'byte');
    const activationCycles = transfer('cycles to read feature maps', activationBytes);
    const constantCycles = transfer('cycles to read constants', constantBytes);
    const writeCycles = transfer('cycles to write results', writtenBytes);
    const readCycles = math.apply('sum', 'cycles to read', 'cycle', [activationCycles, constantCycles]);
    const computeCycles = counted('cycles to compute', work.computeCycles, 'cycle');
    const next = math.apply('roundUp', `end of ${layer.name}`, 'cycle', [servedBy(layer.name, [activationBytes, constantBytes, writtenBytes], leastEnd(layer, { readCycles, computeCycles, writeCycles }))]);
    const latencyCycles = math.apply('difference', 'latencyCycles', 'cycle', [next, end]);
    end = math.procedure(`end of ${layer.name}`, math.valueOf(next), 'cycle', `latencies of the layers up to ${layer.name}, added up`, []);
    latencies.push(math.named(`latency of ${layer.name}`, latencyCycles));
    const energy = energyOf(work.activity, latencyCycles);
    energies.push(energy);
    const multiplyAccumulates = math.constant('multiplyAccumulates', layer.multiplyAccumulates, { unit: 'multiply-accumulate', kind: 'counted', source: `operator ${layer.name} of the network` });
    return {
      name: layer.name, operator: layer.operator, latencyCycles, energyPicojoules: energy.total,
      limitedBy: limitOf(work, (work.activationBytes + work.constantBytes) * math.valueOf(cyclesPerByte), math.valueOf(writeCycles), math.valueOf(latencyCycles)),
      multiplyAccumulates, utilization: utilizationOf(math, layer.engine, configuration, multiplyAccumulates, latencyCycles),
      readBytes: counted('readBytes', work.activity.externalReadBytes, 'byte'), writtenBytes,
    };
  });
  const energyPicojoules = math.apply('sum', 'energyPicojoules', 'pJ', layers.map(({ name }, index) => math.named(`energy of ${name}`, energies[index].total)));
  return {
    mode: 'coarse', platform: platform.id, ...wholeChipFigures(math, math.apply('sum', 'latencyCycles', 'cycle', latencies), energyPicojoules, clockMegahertz),
    resources: sized.total, blocks: predictionBlocks(math, sized.blocks, energies, layers.map(({ name }) => name)), layers, notCosted,
  };
}
