import {
  ChipError,
  numbers,
  platformConstant,
  type Arithmetic,
  type MemoryModel,
  type Platform,
} from '@autodnnchip/core';
import type { Engine, EngineBound } from '@autodnnchip/core/engine';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { LoweredLayer, LoweredNetwork } from '../lowering/index.js';
import { createLeastEnds } from './least-ends.js';

/** A layer as the coarse mode sees it. */
export interface CoarseLayer<Value> {
  readonly layer: LoweredLayer;
  /** The same object for layers of which the engine's bound says the same. */
  readonly bound: EngineBound;
  readonly writtenBytes: Value;
  readonly writeCycles: Value;
  readonly latencyCycles: Value;
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

/** Cycles in which the bus moves a byte. */
export function cyclesOfByte<Value>(
  math: Arithmetic<Value>,
  { busBytes }: Pick<AccelSharedConfiguration, 'busBytes'>,
  platform: Platform,
  memory: MemoryModel,
): Value {
  return math.apply('quotient', 'cycles per byte', 'cycle/byte', [
    platformConstant(math, platform, 'memory.beatIntervalCycles', memory.beatIntervalCycles, 'cycle'),
    math.constant('busBytes', busBytes, { unit: 'byte', kind: 'given', source: 'configuration of the chip' }),
  ]);
}

/**
 * When the layers of a network end at the earliest: `createLeastEnds` says so of the units, `createServedBy` of memory.
 * A layer's latency is the time after the layer before.
 */
export function coarseLayers<Value>(
  math: Arithmetic<Value>,
  network: LoweredNetwork,
  engines: readonly Engine[],
  configuration: AccelSharedConfiguration,
  platform: Platform,
  memory: MemoryModel,
): readonly CoarseLayer<Value>[] {
  const cyclesPerByte = cyclesOfByte(math, configuration, platform, memory);
  const transfer = (figure: string, bytes: Value): Value =>
    math.apply('product', figure, 'cycle', [bytes, cyclesPerByte]);
  let end = math.constant('start', 0, { unit: 'cycle', kind: 'definition', source: 'start of the run' });
  const leastEnd = createLeastEnds(math, network, end);
  const servedBy = createServedBy(math, configuration, platform, memory, end);
  const firstAlike = firstAlikeOf(network);
  const bounds: EngineBound[] = [];
  return network.layers.map((layer, index): CoarseLayer<Value> => {
    const bound = (bounds[firstAlike[index]] ??= boundOf(engines[layer.unit - 1], layer));
    const counted = (figure: string, value: number, unit: string): Value => countedOf(math, layer, figure, value, unit);
    const activationBytes = counted('bytes of feature maps', bound.activationBytes, 'byte');
    const constantBytes = counted('bytes of weights, parameters and tables', bound.constantBytes, 'byte');
    const writtenBytes = counted('writtenBytes', bound.writtenBytes, 'byte');
    const activationCycles = transfer('cycles to read feature maps', activationBytes);
    const constantCycles = transfer('cycles to read constants', constantBytes);
    const writeCycles = transfer('cycles to write results', writtenBytes);
    const readCycles = math.apply('sum', 'cycles to read', 'cycle', [activationCycles, constantCycles]);
    const computeCycles = counted('cycles to compute', bound.computeCycles, 'cycle');
    const next = math.apply('roundUp', `end of ${layer.work.name}`, 'cycle', [
      servedBy(
        layer.work.name,
        [activationBytes, constantBytes, writtenBytes],
        leastEnd(layer, bound.readsWholeMaps, { readCycles, computeCycles, writeCycles }),
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
    return { layer, bound, writtenBytes, writeCycles, latencyCycles };
  });
}

/** An engine's bound, if it can be one. Throws ADC2011 naming the engine, the layer and the figure. */
function boundOf(engine: Engine, { work }: LoweredLayer): EngineBound {
  const bound = engine.bound(work);
  for (const figure of ['computeCycles', 'activationBytes', 'constantBytes', 'writtenBytes'] as const) {
    if (Number.isFinite(bound[figure]) && bound[figure] >= 0) continue;
    throw new ChipError('ADC2011', `The ${engine.unit} engine bounds ${work.name} by ${figure} = ${bound[figure]}.`, {
      location: { node: work.name },
      hint: 'A bound is finite and not below 0: docs/engines.md has the contract.',
    });
  }
  return bound;
}

/** A count that follows from the layer's own sizes. */
export function countedOf<Value>(
  math: Arithmetic<Value>,
  { work }: LoweredLayer,
  figure: string,
  value: number,
  unit: string,
): Value {
  return math.constant(figure, value, {
    unit,
    kind: 'counted',
    source: `layer ${work.name}: every pixel computed once, every byte that is needed moved once`,
  });
}

/** Cycles of the whole network in coarse mode, and nothing else: what a search ranks very many chips by. */
export function coarseLatencyCycles(
  network: LoweredNetwork,
  engines: readonly Engine[],
  configuration: AccelSharedConfiguration,
  platform: Platform,
  memory: MemoryModel,
): number {
  return coarseLayers(numbers, network, engines, configuration, platform, memory).reduce(
    (sum, { latencyCycles }) => sum + latencyCycles,
    0,
  );
}
