import {
  explainFigure,
  platformConstant,
  type Arithmetic,
  type MemoryModel,
  type Platform,
  type Prediction,
  type ResourceEstimate,
  type ValuesOf,
} from '@autodnnchip/core';

import { chipOf, engineValues } from '../chip/chip.js';
import type { AccelSharedConfiguration } from '../configuration.js';
import type { ChipResources } from './fine-prediction.js';
import { energyBlocks, engineBlock, type LayerEnergy } from './layer-energy.js';

type ResourceName = keyof ResourceEstimate;

const resourceUnits: Readonly<Record<ResourceName, string>> = {
  lut: 'LUT',
  ff: 'flip-flop',
  dsp: 'multiplier block',
  bram: 'block RAM',
  areaSquareMillimetres: 'mm2',
  sramBytes: 'byte',
  multipliers: 'multiplier',
  fmaxMegahertz: 'MHz',
};

/** Parameters that the size of a block follows from. */
function blockParameters(
  id: string,
  configuration: AccelSharedConfiguration,
): readonly (readonly [name: string, value: number])[] {
  if (id === 'chassis')
    return (['channelBlock', 'busBytes', 'queueDepth', 'outstandingReads', 'programBlock'] as const).map(name => [
      name,
      configuration[name],
    ]);
  const index = chipOf(configuration).engines.findIndex(({ unit }) => engineBlock(unit) === id);
  const definition = configuration.engines[index];
  if (definition === undefined) return [];
  const values = engineValues(configuration, definition);
  return ['channelBlock', ...definition.parameters.map(({ name }) => name)].map(name => [name, values[name]]);
}

/** Memory model of the platform, as inputs of what was timed against it. */
export function memoryInputs<Value>(math: Arithmetic<Value>, platform: Platform, memory: MemoryModel): Value[] {
  const names = ['readLatencyCycles', 'writeLatencyCycles', 'beatIntervalCycles', 'burstGapCycles'] as const;
  return [
    ...names.map(name => platformConstant(math, platform, `memory.${name}`, memory[name], 'cycle')),
    platformConstant(
      math,
      platform,
      'memory.sharedBytesPerKilocycle',
      memory.sharedBytesPerKilocycle,
      'byte/(1000 cycle)',
    ),
  ];
}

/** The clock, with its source. */
export function clockOf<Value>(math: Arithmetic<Value>, platform: Platform): Value {
  return platformConstant(math, platform, 'clockMegahertz', platform.clockMegahertz, 'MHz');
}

/** Latency, throughput and power of one inference after another. */
export function wholeChipFigures<Value>(
  math: Arithmetic<Value>,
  latencyCycles: Value,
  energyPicojoules: Value,
  clockMegahertz: Value,
): ValuesOf<
  Pick<
    Prediction,
    | 'batch'
    | 'clockMegahertz'
    | 'latencyCycles'
    | 'latencySeconds'
    | 'throughputPerSecond'
    | 'energyPicojoules'
    | 'powerMilliwatts'
  >,
  Value
> {
  const defined = (figure: string, value: number, unit: string): Value =>
    math.constant(figure, value, { unit, kind: 'definition', source: 'definition' });
  const hertz = math.apply('product', 'clock', 'Hz', [clockMegahertz, defined('hertz in a megahertz', 1e6, 'Hz/MHz')]);
  const latencySeconds = math.apply('quotient', 'latencySeconds', 's', [latencyCycles, hertz]);
  const batch = defined('one inference after another', 1, 'inference');
  return {
    batch,
    clockMegahertz,
    latencyCycles,
    latencySeconds,
    throughputPerSecond: math.apply('quotient', 'throughputPerSecond', '1/s', [batch, latencySeconds]),
    energyPicojoules,
    powerMilliwatts: math.apply('quotient', 'powerMilliwatts', 'mW', [
      math.apply('product', 'energy in millijoules', 'mJ', [
        energyPicojoules,
        defined('millijoules in a picojoule', 1e-9, 'mJ/pJ'),
      ]),
      latencySeconds,
    ]),
  };
}

/** Resources of the chip, of its blocks, and of what is clocked, each with the model that gives it. */
export interface ChipResourceFigures<Value> {
  readonly total: ValuesOf<ResourceEstimate, Value>;
  readonly blocks: readonly { readonly id: string; readonly resources: ValuesOf<ResourceEstimate, Value> }[];
  readonly clocked: ValuesOf<ResourceEstimate, Value>;
}

/**
 * Sums over blocks where the total is one; the blocks' own figures come from the cost models of the hardware blocks.
 */
export function resourceFigures<Value>(
  math: Arithmetic<Value>,
  chip: ChipResources,
  configuration: AccelSharedConfiguration,
  platform: Platform,
): ChipResourceFigures<Value> {
  const blocks = chip.blocks.map(({ id, resources }) => ({
    id,
    resources: ofEach(resources, (name, value) => blockFigure(math, id, name, value, chip, configuration, platform)),
  }));
  const sum = (name: ResourceName, value: number): Value => {
    const parts = blocks.flatMap(({ id, resources }) => {
      const part = resources[name];
      return part === undefined ? [] : [math.named(`${name} of ${id}`, part)];
    });
    const unit = resourceUnits[name];
    if (name === 'fmaxMegahertz')
      return math.procedure(name, value, unit, "the lowest of the engines' clocks (docs/fmax.md)", parts);
    const added = math.apply('sum', name, unit, parts);
    return parts.length > 0 && math.valueOf(added) === value
      ? added
      : math.procedure(
          name,
          value,
          unit,
          `cells of all blocks, counted as ${platform.family === 'asic' ? 'on UltraScale+' : 'on this family'}`,
          [],
        );
  };
  const total = ofEach(chip.total, sum);
  return { total, blocks, clocked: chip.clocked === chip.total ? total : ofEach(chip.clocked, sum) };
}

function ofEach<Value>(
  resources: ResourceEstimate,
  make: (name: ResourceName, value: number) => Value,
): ValuesOf<ResourceEstimate, Value> {
  return Object.fromEntries(
    Object.entries(resources).map(([name, value]) => [name, make(name as ResourceName, value as number)]),
  ) as unknown as ValuesOf<ResourceEstimate, Value>;
}

function blockFigure<Value>(
  math: Arithmetic<Value>,
  id: string,
  name: ResourceName,
  value: number,
  chip: ChipResources,
  configuration: AccelSharedConfiguration,
  platform: Platform,
): Value {
  const unit = resourceUnits[name];
  const given = (parameter: string, amount: number, of = '1'): Value =>
    math.constant(parameter, amount, { unit: of, kind: 'given', source: 'configuration of the chip' });
  const inputs = blockParameters(id, configuration).map(([parameter, amount]) => given(parameter, amount));
  if (id === 'buffers') {
    for (const memory of chip.memories) {
      inputs.push(
        given(
          `bits of ${memory.id}`,
          memory.count * memory.widthBits * memory.depth,
          `bit (${memory.count} of ${memory.depth} x ${memory.widthBits})`,
        ),
      );
    }
  }
  if (name === 'areaSquareMillimetres') {
    for (const figure of [
      'areaPerGate',
      'gatesPerLut',
      'gatesPerFlipFlop',
      'gatesPerMultiplier8Bit',
      'areaPerSramBit',
      'placementDensity',
    ]) {
      const known = platform.technology.figures[figure];
      if (known !== undefined) inputs.push(math.known(figure, known.value, explainFigure(figure, known)));
    }
  }
  return math.procedure(name, value, unit, modelOf(id, name), inputs);
}

function modelOf(id: string, name: ResourceName): string {
  if (name === 'fmaxMegahertz')
    return 'longest path through multiplier blocks, nets as long as the chip is wide (docs/fmax.md)';
  if (name === 'multipliers') return 'products that the block forms in a cycle';
  if (id === 'buffers')
    return name === 'areaSquareMillimetres' || name === 'sramBytes'
      ? 'bits of all memories'
      : 'every memory as Yosys 0.23 maps it (docs/technology-tables.md)';
  if (name === 'areaSquareMillimetres')
    return 'gates of the block over placement density, and memory bits (docs/technology-tables.md, area of an ASIC)';
  if (name === 'dsp') return 'every multiplier as Yosys 0.23 maps it (docs/technology-tables.md)';
  return `cost model of the ${id}: its structure counted, the rest fitted on recorded synthesis runs (docs/resources.md)`;
}

/** Blocks with resources, energy or both. */
export function predictionBlocks<Value>(
  math: Arithmetic<Value>,
  configuration: AccelSharedConfiguration,
  blocks: ChipResourceFigures<Value>['blocks'],
  layers: readonly LayerEnergy<Value>[],
  names: readonly string[],
): ValuesOf<Prediction['blocks'], Value> {
  const energyOf = (block: string): Value =>
    math.apply(
      'sum',
      'energyPicojoules',
      'pJ',
      layers.map((layer, index) => math.named(`${block} in ${names[index]}`, layer.blocks[block])),
    );
  const withEnergy = energyBlocks(chipOf(configuration));
  const none = math.constant('0', 0, {
    unit: '1',
    kind: 'definition',
    source: 'nothing of the chip is counted to this block',
  });
  const withResources = blocks.map(({ id, resources }) => ({
    id,
    resources,
    energyPicojoules: withEnergy.includes(id) ? energyOf(id) : none,
  }));
  const rest = withEnergy.filter(block => blocks.every(({ id }) => id !== block));
  return [
    ...withResources,
    ...rest.map(id => ({ id, resources: { multipliers: none }, energyPicojoules: energyOf(id) })),
  ];
}
