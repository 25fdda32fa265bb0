import type { Network, NumericArray } from '@autodnnchip/core';

import type { Draw } from './draw.js';
import { NetworkDraft } from './network-draft.js';
import {
  addConcat,
  addConv,
  addDepthwise,
  addFullyConnected,
  addGrouped,
  addMean,
  addPool,
  addReorg,
  addRequantize,
  addSum,
} from './random-operators.js';

/** A network of a few random layers, at most `mostLayers` of them, and its input. */
export function randomNetwork(draw: Draw, mostLayers = 4): { network: Network; inputs: Map<string, NumericArray> } {
  const draft = new NetworkDraft(draw);
  const input = draft.add(draw.integer(1, 36), draw.integer(1, 11), draw.integer(1, 11));
  const layers = draw.integer(1, mostLayers);
  for (let layer = 0; layer < layers; layer++) {
    const x = draw.integer(0, 3) === 0 ? draw.pick(draft.values) : draft.values[draft.values.length - 1];
    draw.pick([
      addConv,
      addConv,
      addDepthwise,
      addGrouped,
      addPool,
      addMean,
      addSum,
      addConcat,
      addReorg,
      addRequantize,
      addFullyConnected,
    ])(draft, x);
  }
  const network = draft.finish();
  const count = input.channels * input.height * input.width;
  const data = input.type === 'int8' ? new Int8Array(count) : new Uint8Array(count);
  for (let index = 0; index < count; index++) data[index] = (index * 7919) ^ (index >> 3);
  return {
    network,
    inputs: new Map([
      [input.name, { shape: [1, input.channels, input.height, input.width], elementType: input.type, data }],
    ]),
  };
}
