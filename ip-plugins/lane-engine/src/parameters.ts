import { ChipError } from '@autodnnchip/core';
import type { EngineParameter, EngineValues } from '@autodnnchip/core/engine';

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

const powers = (from: number, to: number): number[] => {
  const values: number[] = [];
  for (let value = from; value <= to; value *= 2) values.push(value);
  return values;
};

/** Parameters of the engine; `channelBlock` is the chassis'. */
export const laneParameters: readonly EngineParameter[] = [
  {
    name: 'laneBlocks',
    description: 'channel blocks that the lane engine works on side by side: 1, 2 or 4',
    unit: 'channel block',
    candidates: [1, 2, 4],
    minimum: 1,
    maximum: 4,
  },
  {
    name: 'laneMultiply',
    description: '1 when the lane engine runs depthwise convolutions',
    unit: '1',
    candidates: [0, 1],
    minimum: 0,
    maximum: 1,
  },
  {
    name: 'laneRequantizeDivider',
    description: 'the lane engine requantises channelBlock / this channels per cycle: 1, 2 or 4',
    unit: '1',
    candidates: [1, 2, 4],
    minimum: 1,
    maximum: 4,
  },
  {
    name: 'laneInputDepth',
    description: 'rows of the lane input buffer, laneBlocks words each',
    unit: 'row',
    candidates: powers(256, 8192),
    minimum: 16,
    maximum: 2 ** 17,
  },
  {
    name: 'laneWeightDepth',
    description: 'rows of the lane weight buffer',
    unit: 'row',
    candidates: powers(32, 1024),
    minimum: 16,
    maximum: 2 ** 16,
  },
  {
    name: 'laneParameterDepth',
    description: 'rows of the lane parameter buffer',
    unit: 'row',
    candidates: powers(32, 1024),
    minimum: 16,
    maximum: 2 ** 16,
  },
  {
    name: 'laneOutputDepth',
    description: 'words of the lane output buffer',
    unit: 'word',
    candidates: powers(256, 16384),
    minimum: 16,
    maximum: 2 ** 17,
  },
];

/** What is wrong with values together. */
export function laneValuesFault(values: EngineValues): string | undefined {
  const wrong = ['laneBlocks', 'laneRequantizeDivider'].find(name => ![1, 2, 4].includes(values[name]));
  return wrong === undefined ? undefined : `${wrong} is ${values[wrong]}; it must be 1, 2 or 4`;
}

const required = [
  ['channelBlock', 1],
  ['laneBlocks', 1],
  ['laneMultiply', 0],
  ['laneRequantizeDivider', 1],
] as const;

/** Checks that the values of an instance are there. Throws ADC3003 naming the one that is missing. */
export function laneEngineParameters(values: Readonly<Record<string, number>>): LaneEngineParameters {
  for (const [name, minimum] of required) {
    const value = values[name];
    if (value === undefined || !Number.isInteger(value) || value < minimum) {
      throw new ChipError(
        'ADC3003',
        `Parameter ${name} of lane-engine is ${value}; it must be a whole number from ${minimum}.`,
        { location: { node: name } },
      );
    }
  }
  return values as unknown as LaneEngineParameters;
}
