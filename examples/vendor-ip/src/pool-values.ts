import type { EngineParameter, EngineValues } from '@autodnnchip/core/engine';

/** Values of an instance: those of the table below, and of the chassis the bytes of a word. */
export type PoolValues = EngineValues & {
  readonly channelBlock: number;
  readonly poolWindow: number;
  readonly poolLineDepth: number;
  readonly poolInputDepth: number;
  readonly poolOutputDepth: number;
};

const powers = (from: number, to: number): number[] => {
  const values: number[] = [];
  for (let value = from; value <= to; value *= 2) values.push(value);
  return values;
};

export const poolParameters: readonly EngineParameter[] = [
  {
    name: 'poolWindow',
    description: 'rows and columns of the largest window',
    unit: 'position',
    candidates: [2, 3, 5],
    minimum: 2,
    maximum: 8,
  },
  {
    name: 'poolLineDepth',
    description: 'columns of the widest tile of results',
    unit: 'column',
    candidates: powers(32, 256),
    minimum: 2,
    maximum: 4096,
  },
  {
    name: 'poolInputDepth',
    description: 'words of the input buffer',
    unit: 'word',
    candidates: powers(256, 8192),
    minimum: 64,
    maximum: 2 ** 17,
  },
  {
    name: 'poolOutputDepth',
    description: 'words of the output buffer',
    unit: 'word',
    candidates: powers(256, 8192),
    minimum: 16,
    maximum: 2 ** 17,
  },
];
