import { ChipError } from '@autodnnchip/core';
import type { EngineParameter, EngineValues } from '@autodnnchip/core/engine';

/** An instance of the engine. The four buffer depths tell which address bits are in use; all 20 where one is absent. */
export interface ConvEngineParameters {
  readonly channelBlock: number;
  readonly outputParallelism: number;
  readonly convRequantizeDivider: number;
  readonly partialSumDepth: number;
  readonly activationDepth?: number;
  readonly weightDepth?: number;
  readonly convParameterDepth?: number;
  readonly convOutputDepth?: number;
}

const powers = (from: number, to: number): number[] => {
  const values: number[] = [];
  for (let value = from; value <= to; value *= 2) values.push(value);
  return values;
};

/** Parameters of the engine; `channelBlock` is the chassis'. */
export const convParameters: readonly EngineParameter[] = [
  {
    name: 'outputParallelism',
    description: 'output channels computed per cycle; a multiple of channelBlock',
    unit: 'channel',
    candidates: [4, 8, 12, 16, 24, 32, 48, 64],
    minimum: 4,
    maximum: 128,
  },
  {
    name: 'convRequantizeDivider',
    description: 'the convolution engine requantises channelBlock / this channels per cycle: 1, 2 or 4',
    unit: '1',
    candidates: [1, 2, 4],
    minimum: 1,
    maximum: 4,
  },
  {
    name: 'activationDepth',
    description: 'words of the activation buffer',
    unit: 'word',
    candidates: powers(512, 32768),
    minimum: 16,
    maximum: 2 ** 17,
  },
  {
    name: 'weightDepth',
    description: 'rows of the weight buffer, outputParallelism words each',
    unit: 'row',
    candidates: powers(64, 4096),
    minimum: 16,
    maximum: 2 ** 16,
  },
  {
    name: 'convParameterDepth',
    description: 'rows of the convolution parameter buffer',
    unit: 'row',
    candidates: powers(32, 2048),
    minimum: 16,
    maximum: 2 ** 16,
  },
  {
    name: 'partialSumDepth',
    description: 'pixels of the partial-sum memory',
    unit: 'pixel',
    candidates: powers(16, 256),
    minimum: 2,
    maximum: 2 ** 14,
  },
  {
    name: 'convOutputDepth',
    description: 'words of the convolution output buffer',
    unit: 'word',
    candidates: powers(256, 16384),
    minimum: 16,
    maximum: 2 ** 17,
  },
];

/** What is wrong with values together. */
export function convValuesFault({
  channelBlock,
  outputParallelism,
  convRequantizeDivider,
}: EngineValues): string | undefined {
  if (outputParallelism % channelBlock !== 0)
    return `outputParallelism is ${outputParallelism}; it must be a multiple of channelBlock (${channelBlock})`;
  return [1, 2, 4].includes(convRequantizeDivider)
    ? undefined
    : `convRequantizeDivider is ${convRequantizeDivider}; it must be 1, 2 or 4`;
}

const required = ['channelBlock', 'outputParallelism', 'convRequantizeDivider', 'partialSumDepth'] as const;

/** Checks that the values of an instance are there. Throws ADC3003 naming the one that is missing. */
export function convEngineParameters(values: Readonly<Record<string, number>>): ConvEngineParameters {
  for (const name of required) {
    const value = values[name];
    if (value === undefined || !Number.isInteger(value) || value < 1) {
      throw new ChipError(
        'ADC3003',
        `Parameter ${name} of conv-adder-tree is ${value}; it must be a positive whole number.`,
        { location: { node: name } },
      );
    }
  }
  return values as unknown as ConvEngineParameters;
}
