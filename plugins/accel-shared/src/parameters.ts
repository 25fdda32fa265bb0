import { ChipError, type Configuration, type Network, type Platform, type TemplateParameter } from '@autodnnchip/core';
import type { EngineDefinition } from '@autodnnchip/core/engine';

import { engineValues, parameterKey } from './chip/chip.js';
import { numbersOf, type AccelSharedConfiguration } from './configuration.js';

const narrowestBusBytes = 4;

/** A parameter with its key in configurations. */
interface ChipParameter extends TemplateParameter {
  readonly minimum: number;
  readonly maximum: number;
  /** The key with the engine's id, which `--set` takes as well. */
  readonly qualifiedName?: string;
}

/** Parameters of the chassis. */
const chassisTable: readonly ChipParameter[] = [
  {
    name: 'channelBlock',
    description: 'input channels multiplied per cycle, and bytes per word',
    candidates: [4, 8, 12, 16, 24, 32],
    minimum: 4,
    maximum: 32,
  },
  {
    name: 'busBytes',
    description: 'width of the memory bus in bytes',
    candidates: [4, 8, 16, 32],
    minimum: 4,
    maximum: 32,
  },
  {
    name: 'burstBeats',
    description: 'longest AXI burst in beats',
    candidates: [16, 64, 256],
    minimum: 2,
    maximum: 256,
  },
  { name: 'outstandingReads', description: 'read bursts in flight', candidates: [2, 4, 8], minimum: 1, maximum: 64 },
  {
    name: 'queueDepth',
    description: "instructions that each unit's queue holds",
    candidates: [2, 4, 8],
    minimum: 1,
    maximum: 64,
  },
  {
    name: 'programBlock',
    description: 'instructions per program block',
    candidates: [16, 32, 64],
    minimum: 4,
    maximum: 1024,
  },
];

const tables = new WeakMap<readonly EngineDefinition[], readonly ChipParameter[]>();

/** Parameters of a chip with these engines: those of the chassis, then each engine's. */
function chipParameters(engines: readonly EngineDefinition[]): readonly ChipParameter[] {
  let table = tables.get(engines);
  if (table === undefined) {
    tables.set(
      engines,
      (table = [
        ...chassisTable,
        ...engines.flatMap(engine =>
          engine.parameters.map(({ name, description, candidates, minimum, maximum }): ChipParameter => ({
            name: parameterKey(engines, engine, name),
            qualifiedName: `${engine.id}.${name}`,
            description,
            candidates,
            minimum,
            maximum,
          })),
        ),
      ]),
    );
  }
  return table;
}

/** The template's parameters, as users see them. */
export function templateParameters(engines: readonly EngineDefinition[]): readonly TemplateParameter[] {
  return chipParameters(engines).map(({ name, description, candidates }) => ({ name, description, candidates }));
}

function refuse(name: string, message: string): never {
  throw new ChipError('ADC3003', `Parameter ${name} ${message}.`, {
    location: { node: name },
    hint: '`autodnnchip plugins` lists the parameters and their values.',
  });
}

/**
 * Values by the keys of configurations; names with an engine's id are taken too. Throws ADC3003 for a name that no
 * parameter has.
 */
export function namedValues(
  values: Partial<Configuration>,
  engines: readonly EngineDefinition[],
): Partial<Configuration> {
  const parameters = chipParameters(engines);
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const found = parameters.find(parameter => parameter.name === name || parameter.qualifiedName === name);
      if (found === undefined)
        refuse(name, `does not exist; there are ${parameters.map(parameter => parameter.name).join(', ')}`);
      return [found.name, value];
    }),
  );
}

/** Checks a whole configuration. Throws ADC3003 naming the parameter. */
export function checkConfiguration(
  values: Configuration,
  engines: readonly EngineDefinition[],
): AccelSharedConfiguration {
  const named = namedValues(values, engines);
  for (const { name, minimum, maximum } of chipParameters(engines)) {
    const value = named[name];
    if (value === undefined || !Number.isInteger(value) || value < minimum || value > maximum)
      refuse(name, `is ${value}; it must be a whole number from ${minimum} to ${maximum}`);
  }
  const configuration = { ...named, engines } as unknown as AccelSharedConfiguration;
  const { channelBlock, busBytes, burstBeats } = configuration;
  const isPower = (value: number): boolean => Number.isInteger(Math.log2(value));
  if (channelBlock % 4 !== 0) refuse('channelBlock', `is ${channelBlock}; it must be a multiple of 4`);
  if (!isPower(busBytes) || channelBlock % busBytes !== 0)
    refuse('busBytes', `is ${busBytes}; it must be 4, 8, 16 or 32 and divide channelBlock (${channelBlock})`);
  if (!isPower(burstBeats) || burstBeats * busBytes > 4096)
    refuse('burstBeats', `is ${burstBeats}; it must be a power of two, and times busBytes (${busBytes}) at most 4096`);
  for (const engine of engines) {
    const fault = engine.check?.(engineValues(configuration, engine));
    if (fault !== undefined)
      throw new ChipError('ADC3003', `Parameter ${fault}.`, {
        location: { node: engine.id },
        hint: '`autodnnchip plugins` lists the parameters and their values.',
      });
  }
  return configuration;
}

/** Checks that the platform's memory port takes the chip's bus. Throws ADC3003. */
export function checkMemoryPort({ busBytes }: AccelSharedConfiguration, { id, memory }: Platform): void {
  if (busBytes <= memory.busBytes) return;
  throw new ChipError(
    'ADC3003',
    `Parameter busBytes is ${busBytes}; the memory port of ${id} takes a bus of ${memory.busBytes} bytes at most.`,
    {
      location: { node: 'busBytes' },
      hint:
        memory.busBytes < narrowestBusBytes
          ? `The chip's bus has at least ${narrowestBusBytes} bytes: choose another platform.`
          : `Give busBytes=${memory.busBytes} or less, or choose another platform.`,
    },
  );
}

/** Whether the network has depthwise convolutions, which want multipliers in the lanes. */
export function hasDepthwise(network: Network): boolean {
  return network.operators.some(operator => operator.kind === 'conv' && operator.attributes.group > 1);
}

/** Widest bus that both the platform and the word take; the narrowest there is where the platform takes none. */
function widestBus(channelBlock: number, platform: Platform): number {
  return (
    [32, 16, 8].find(bytes => bytes <= platform.memory.busBytes && channelBlock % bytes === 0) ?? narrowestBusBytes
  );
}

/** Buffers in proportion: `scale` 1 is for 16 x 16 multipliers on a small FPGA. Depths are powers of two. */
function buffersFor(
  scale: number,
): Pick<
  AccelSharedConfiguration,
  | 'activationDepth'
  | 'weightDepth'
  | 'convParameterDepth'
  | 'partialSumDepth'
  | 'convOutputDepth'
  | 'laneInputDepth'
  | 'laneWeightDepth'
  | 'laneParameterDepth'
  | 'laneOutputDepth'
> {
  const depth = (value: number): number => Math.max(64, 2 ** Math.round(Math.log2(value * scale)));
  return {
    activationDepth: depth(8192),
    weightDepth: depth(1024),
    convParameterDepth: depth(512),
    partialSumDepth: 64,
    convOutputDepth: depth(4096),
    laneInputDepth: depth(2048),
    laneWeightDepth: depth(512),
    laneParameterDepth: depth(512),
    laneOutputDepth: depth(4096),
  };
}

interface Shape {
  readonly engines: readonly EngineDefinition[];
  readonly channelBlock: number;
  readonly outputParallelism: number;
  readonly laneBlocks: number;
  readonly convDivider: number;
  readonly laneDivider: number;
  readonly bufferScale: number;
}

function shapeConfiguration(shape: Shape, network: Network, platform: Platform): AccelSharedConfiguration {
  const busBytes = widestBus(shape.channelBlock, platform);
  return {
    engines: shape.engines,
    channelBlock: shape.channelBlock,
    outputParallelism: shape.outputParallelism,
    busBytes,
    laneBlocks: shape.laneBlocks,
    laneMultiply: hasDepthwise(network) ? 1 : 0,
    convRequantizeDivider: shape.convDivider,
    laneRequantizeDivider: shape.laneDivider,
    ...buffersFor(shape.bufferScale),
    burstBeats: Math.min(256, 1024 / busBytes),
    outstandingReads: 8,
    queueDepth: 4,
    programBlock: 32,
  };
}

/** Completes what the user gave with values for a middling chip of the platform. */
export function completeConfiguration(
  given: Partial<Configuration>,
  engines: readonly EngineDefinition[],
  network: Network,
  platform: Platform,
): AccelSharedConfiguration {
  const values = namedValues(given, engines);
  const multipliers = platform.limits.fpga?.dsp ?? platform.limits.multipliers ?? 64;
  const channelBlock = values['channelBlock'] ?? (multipliers >= 340 ? 16 : 8);
  const base = shapeConfiguration(
    {
      engines,
      channelBlock,
      outputParallelism: channelBlock,
      laneBlocks: 2,
      convDivider: 2,
      laneDivider: 2,
      bufferScale: multipliers >= 340 ? 1 : 0.5,
    },
    network,
    platform,
  );
  const configuration = checkConfiguration({ ...numbersOf(base), ...values } as Configuration, engines);
  checkMemoryPort(configuration, platform);
  return configuration;
}

/** Requantisers of the conv engine and of the lane engine, which needs no more of them. */
const dividerPairs: readonly (readonly [number, number])[] = [
  [1, 1],
  [1, 2],
  [2, 2],
  [2, 4],
  [4, 4],
];

/** Arrays, requantisers, lane widths and buffer sizes worth trying, larger ones first. */
export function* enumerateConfigurations(
  engines: readonly EngineDefinition[],
  network: Network,
  platform: Platform,
): Generator<AccelSharedConfiguration> {
  if (platform.memory.busBytes < narrowestBusBytes) return;
  for (const channelBlock of [32, 24, 16, 12, 8, 4]) {
    for (const factor of [4, 3, 2, 1]) {
      for (const laneBlocks of [4, 2, 1]) {
        for (const [convDivider, laneDivider] of dividerPairs) {
          for (const bufferScale of [2, 1, 0.5, 0.25]) {
            yield shapeConfiguration(
              {
                engines,
                channelBlock,
                outputParallelism: channelBlock * factor,
                laneBlocks,
                convDivider,
                laneDivider,
                bufferScale,
              },
              network,
              platform,
            );
          }
        }
      }
    }
  }
}
