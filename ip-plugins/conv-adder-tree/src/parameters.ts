import { ChipError } from '@autodnnchip/core';

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

export const parameterDescriptions = [
  { name: 'channelBlock', description: 'input channels multiplied per cycle' },
  { name: 'outputParallelism', description: 'output channels computed per cycle; a multiple of channelBlock' },
  { name: 'convRequantizeDivider', description: 'channelBlock / this channels are requantised per cycle' },
  { name: 'partialSumDepth', description: 'pixels of the partial-sum memory' },
  { name: 'activationDepth', description: 'words of the activation buffer that the engine reads (optional: sizes addresses)' },
  { name: 'weightDepth', description: 'rows of the weight buffer that the engine reads (optional: sizes addresses)' },
  { name: 'convParameterDepth', description: 'rows of the parameter buffer that the engine reads (optional: sizes addresses)' },
  { name: 'convOutputDepth', description: 'words of the output buffer that the engine writes (optional: sizes addresses)' },
] as const;

const required = ['channelBlock', 'outputParallelism', 'convRequantizeDivider', 'partialSumDepth'] as const;

/** Checks that the values of an instance are there. Throws ADC3003 naming the one that is missing. */
export function convEngineParameters(values: Readonly<Record<string, number>>): ConvEngineParameters {
  for (const name of required) {
    const value = values[name];
    if (value === undefined || !Number.isInteger(value) || value < 1) {
      throw new ChipError('ADC3003', `Parameter ${name} of conv-adder-tree is ${value}; it must be a positive whole number.`, { location: { node: name } });
    }
  }
  return values as unknown as ConvEngineParameters;
}
