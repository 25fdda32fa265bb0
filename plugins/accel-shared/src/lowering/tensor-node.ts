import type { TensorView } from '@autodnnchip/core/engine';

import { Refusal } from './refusal.js';

/**
 * A feature map while the network is being lowered. It becomes a tensor of its own, or a block range of the
 * concatenation that adopts it; tensor index and block base are known when all operators have been lowered.
 */
export interface TensorNode extends TensorView {
  tensor: number;
  blockBase: number;
  readonly name: string;
  readonly height: number;
  readonly width: number;
  parent?: TensorNode;
  /** First block in the parent. */
  parentBlock: number;
  /** The host writes or reads it. */
  hostInput: boolean;
  hostOutput: boolean;
}

export function createTensorNode(
  name: string,
  height: number,
  width: number,
  channelMap: Int32Array,
  channelBlock: number,
): TensorNode {
  const blocks = channelMap.length / channelBlock;
  return {
    tensor: -1,
    blockBase: 0,
    blocks,
    channelMap,
    name,
    height,
    width,
    parentBlock: 0,
    hostInput: false,
    hostOutput: false,
  };
}

/** Lists of channels are kept for every feature map: no network has as many, and a shape costs nothing to declare. */
export const mostChannels = 2 ** 16;

/** Channels in their own order; the last block filled up with -1. */
export function identityChannelMap(channels: number, channelBlock: number): Int32Array {
  if (channels > mostChannels)
    throw new Refusal(`a feature map has ${channels} channels; the chip takes up to ${mostChannels}`);
  const map = new Int32Array(Math.ceil(channels / channelBlock) * channelBlock).fill(-1);
  for (let channel = 0; channel < channels; channel++) map[channel] = channel;
  return map;
}

/** The node that holds the memory, and this node's first block in it. */
export function storageOf(node: TensorNode): { root: TensorNode; blockBase: number } {
  let root = node;
  let blockBase = 0;
  while (root.parent !== undefined) {
    blockBase += root.parentBlock;
    root = root.parent;
  }
  return { root, blockBase };
}
