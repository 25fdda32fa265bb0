import { ChipError } from '@autodnnchip/core';

/** An instance of the engine. The buffer depths tell which address bits are in use; all 20 where one is absent. */
export interface LaneEngineParameters {
  readonly channelBlock: number;
  readonly laneBlocks: number;
  readonly laneMultiply: number;
  readonly laneRequantizeDivider: number;
  readonly laneInputDepth?: number;
  readonly laneWeightDepth?: number;
  readonly laneParameterDepth?: number;
  readonly laneOutputDepth?: number;
}

export const parameterDescriptions = [
  { name: 'channelBlock', description: 'channels of a word' },
  { name: 'laneBlocks', description: 'words worked on side by side: there are channelBlock * laneBlocks lanes' },
  { name: 'laneMultiply', description: '1 when every lane has a multiplier (depthwise convolution), else 0' },
  { name: 'laneRequantizeDivider', description: 'channelBlock / this results are requantised or looked up per cycle' },
  { name: 'laneInputDepth', description: 'rows of the input buffer that the engine reads (optional: sizes addresses)' },
  { name: 'laneWeightDepth', description: 'rows of the weight buffer that the engine reads (optional: sizes addresses)' },
  { name: 'laneParameterDepth', description: 'rows of the parameter buffer that the engine reads (optional: sizes addresses)' },
  { name: 'laneOutputDepth', description: 'words of the output buffer that the engine writes (optional: sizes addresses)' },
] as const;

const required = [['channelBlock', 1], ['laneBlocks', 1], ['laneMultiply', 0], ['laneRequantizeDivider', 1]] as const;

/** Checks that the values of an instance are there. Throws ADC3003 naming the one that is missing. */
export function laneEngineParameters(values: Readonly<Record<string, number>>): LaneEngineParameters {
  for (const [name, minimum] of required) {
    const value = values[name];
    if (value === undefined || !Number.isInteger(value) || value < minimum) {
      throw new ChipError('ADC3003', `Parameter ${name} of lane-engine is ${value}; it must be a whole number from ${minimum}.`, { location: { node: name } });
    }
  }
  return values as unknown as LaneEngineParameters;
}
