import { ChipError, type Configuration, type Network, type Platform, type TemplateParameter } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from './configuration.js';

const powers = (from: number, to: number): number[] => {
  const values: number[] = [];
  for (let value = from; value <= to; value *= 2) values.push(value);
  return values;
};

type ParameterName = keyof AccelSharedConfiguration;

const narrowestBusBytes = 4;

/** Meaning, candidates and legal range of every parameter. */
const parameterTable: Readonly<Record<ParameterName, { readonly description: string; readonly candidates: readonly number[]; readonly minimum: number; readonly maximum: number }>> = {
  channelBlock: { description: 'input channels multiplied per cycle, and bytes per word', candidates: [4, 8, 12, 16, 24, 32], minimum: 4, maximum: 32 },
  outputParallelism: { description: 'output channels computed per cycle', candidates: [4, 8, 12, 16, 24, 32, 48, 64], minimum: 4, maximum: 128 },
  busBytes: { description: 'width of the memory bus in bytes', candidates: [4, 8, 16, 32], minimum: 4, maximum: 32 },
  laneBlocks: { description: 'channel blocks that the lane engine works on side by side', candidates: [1, 2, 4], minimum: 1, maximum: 4 },
  laneMultiply: { description: '1 when the lane engine runs depthwise convolutions', candidates: [0, 1], minimum: 0, maximum: 1 },
  convRequantizeDivider: { description: 'the convolution engine requantises channelBlock / this channels per cycle', candidates: [1, 2, 4], minimum: 1, maximum: 4 },
  laneRequantizeDivider: { description: 'the lane engine requantises channelBlock / this channels per cycle', candidates: [1, 2, 4], minimum: 1, maximum: 4 },
  activationDepth: { description: 'words of the activation buffer', candidates: powers(512, 32768), minimum: 16, maximum: 2 ** 17 },
  weightDepth: { description: 'rows of the weight buffer, outputParallelism words each', candidates: powers(64, 4096), minimum: 16, maximum: 2 ** 16 },
  convParameterDepth: { description: 'rows of the convolution parameter buffer', candidates: powers(32, 2048), minimum: 16, maximum: 2 ** 16 },
  partialSumDepth: { description: 'pixels of the partial-sum memory', candidates: powers(16, 256), minimum: 2, maximum: 2 ** 14 },
  convOutputDepth: { description: 'words of the convolution output buffer', candidates: powers(256, 16384), minimum: 16, maximum: 2 ** 17 },
  laneInputDepth: { description: 'rows of the lane input buffer, laneBlocks words each', candidates: powers(256, 8192), minimum: 16, maximum: 2 ** 17 },
  laneWeightDepth: { description: 'rows of the lane weight buffer', candidates: powers(32, 1024), minimum: 16, maximum: 2 ** 16 },
  laneParameterDepth: { description: 'rows of the lane parameter buffer', candidates: powers(32, 1024), minimum: 16, maximum: 2 ** 16 },
  laneOutputDepth: { description: 'words of the lane output buffer', candidates: powers(256, 16384), minimum: 16, maximum: 2 ** 17 },
  burstBeats: { description: 'longest AXI burst in beats', candidates: [16, 64, 256], minimum: 2, maximum: 256 },
  outstandingReads: { description: 'read bursts in flight', candidates: [2, 4, 8], minimum: 1, maximum: 64 },
  queueDepth: { description: 'instructions that each unit\'s queue holds', candidates: [2, 4, 8], minimum: 1, maximum: 64 },
  programBlock: { description: 'instructions per program block', candidates: [16, 32, 64], minimum: 4, maximum: 1024 },
};

export const parameterNames = Object.keys(parameterTable) as ParameterName[];

/** The template's parameters, as users see them. */
export const templateParameters: readonly TemplateParameter[] = parameterNames.map((name) => ({
  name, description: parameterTable[name].description, candidates: parameterTable[name].candidates,
}));

function refuse(name: string, message: string): never {
  throw new ChipError('ADC3003', `Parameter ${name} ${message}.`, { location: { node: name }, hint: '`autodnnchip plugins` lists the parameters and their values.' });
}

/** Checks a whole configuration. Throws ADC3003 naming the parameter. */
export function checkConfiguration(values: Configuration): AccelSharedConfiguration {
  for (const name of Object.keys(values)) if (!Object.hasOwn(parameterTable, name)) refuse(name, `does not exist; there are ${parameterNames.join(', ')}`);
  for (const name of parameterNames) {
    const value = values[name];
    const { minimum, maximum } = parameterTable[name];
    if (value === undefined || !Number.isInteger(value) || value < minimum || value > maximum) refuse(name, `is ${value}; it must be a whole number from ${minimum} to ${maximum}`);
  }
  const configuration = values as unknown as AccelSharedConfiguration;
  const { channelBlock, outputParallelism, busBytes, burstBeats } = configuration;
  const isPower = (value: number): boolean => Number.isInteger(Math.log2(value));
  if (channelBlock % 4 !== 0) refuse('channelBlock', `is ${channelBlock}; it must be a multiple of 4`);
  if (outputParallelism % channelBlock !== 0) refuse('outputParallelism', `is ${outputParallelism}; it must be a multiple of channelBlock (${channelBlock})`);
  if (!isPower(busBytes) || channelBlock % busBytes !== 0) refuse('busBytes', `is ${busBytes}; it must be 4, 8, 16 or 32 and divide channelBlock (${channelBlock})`);
  if (!isPower(burstBeats) || burstBeats * busBytes > 4096) refuse('burstBeats', `is ${burstBeats}; it must be a power of two, and times busBytes (${busBytes}) at most 4096`);
  for (const name of ['laneBlocks', 'convRequantizeDivider', 'laneRequantizeDivider'] as const) {
    if (!isPower(configuration[name])) refuse(name, `is ${configuration[name]}; it must be 1, 2 or 4`);
  }
  return configuration;
}

/** Checks that the platform's memory port takes the chip's bus. Throws ADC3003. */
export function checkMemoryPort({ busBytes }: AccelSharedConfiguration, { id, memory }: Platform): void {
  if (busBytes <= memory.busBytes) return;
  throw new ChipError('ADC3003', `Parameter busBytes is ${busBytes}; the memory port of ${id} takes a bus of ${memory.busBytes} bytes at most.`, {
    location: { node: 'busBytes' }, hint: memory.busBytes < narrowestBusBytes ? `The chip's bus has at least ${narrowestBusBytes} bytes: choose another platform.` : `Give busBytes=${memory.busBytes} or less, or choose another platform.`,
  });
}

/** Whether the network has depthwise convolutions, which want multipliers in the lanes. */
export function hasDepthwise(network: Network): boolean {
  return network.operators.some((operator) => operator.kind === 'conv' && operator.attributes.group > 1);
}

/** Widest bus that both the platform and the word take; the narrowest there is where the platform takes none. */
function widestBus(channelBlock: number, platform: Platform): number {
  return [32, 16, 8].find((bytes) => bytes <= platform.memory.busBytes && channelBlock % bytes === 0) ?? narrowestBusBytes;
}

/** Buffers in proportion: `scale` 1 is for 16 x 16 multipliers on a small FPGA. Depths are powers of two. */
function buffersFor(scale: number): Pick<AccelSharedConfiguration,
  'activationDepth' | 'weightDepth' | 'convParameterDepth' | 'partialSumDepth' | 'convOutputDepth' | 'laneInputDepth' | 'laneWeightDepth' | 'laneParameterDepth' | 'laneOutputDepth'> {
  const depth = (value: number): number => Math.max(64, 2 ** Math.round(Math.log2(value * scale)));
  return {
    activationDepth: depth(8192), weightDepth: depth(1024), convParameterDepth: depth(512), partialSumDepth: 64, convOutputDepth: depth(4096),
    laneInputDepth: depth(2048), laneWeightDepth: depth(512), laneParameterDepth: depth(512), laneOutputDepth: depth(4096),
  };
}

interface Shape {
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
    channelBlock: shape.channelBlock, outputParallelism: shape.outputParallelism, busBytes, laneBlocks: shape.laneBlocks,
    laneMultiply: hasDepthwise(network) ? 1 : 0, convRequantizeDivider: shape.convDivider, laneRequantizeDivider: shape.laneDivider,
    ...buffersFor(shape.bufferScale), burstBeats: Math.min(256, 1024 / busBytes), outstandingReads: 8, queueDepth: 4, programBlock: 32,
  };
}

/** Completes what the user gave with values for a middling chip of the platform. */
export function completeConfiguration(values: Partial<Configuration>, network: Network, platform: Platform): AccelSharedConfiguration {
  const multipliers = platform.limits.fpga?.dsp ?? platform.limits.multipliers ?? 64;
  const channelBlock = values['channelBlock'] ?? (multipliers >= 340 ? 16 : 8);
  const base = shapeConfiguration({ channelBlock, outputParallelism: channelBlock, laneBlocks: 2, convDivider: 2, laneDivider: 2, bufferScale: multipliers >= 340 ? 1 : 0.5 }, network, platform);
  const configuration = checkConfiguration({ ...base, ...values });
  checkMemoryPort(configuration, platform);
  return configuration;
}

/** Requantisers of the conv engine and of the lane engine, which needs no more of them. */
const dividerPairs: readonly (readonly [number, number])[] = [[1, 1], [1, 2], [2, 2], [2, 4], [4, 4]];

/** Arrays, requantisers, lane widths and buffer sizes worth trying, larger ones first. */
export function* enumerateConfigurations(network: Network, platform: Platform): Generator<AccelSharedConfiguration> {
  if (platform.memory.busBytes < narrowestBusBytes) return;
  for (const channelBlock of [32, 24, 16, 12, 8, 4]) {
    for (const factor of [4, 3, 2, 1]) {
      for (const laneBlocks of [4, 2, 1]) {
        for (const [convDivider, laneDivider] of dividerPairs) {
          for (const bufferScale of [2, 1, 0.5, 0.25]) {
            yield shapeConfiguration({ channelBlock, outputParallelism: channelBlock * factor, laneBlocks, convDivider, laneDivider, bufferScale }, network, platform);
          }
        }
      }
    }
  }
}
