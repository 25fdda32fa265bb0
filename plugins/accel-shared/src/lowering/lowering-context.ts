import type { Network, Operator } from '@autodnnchip/core';
import type { Engine } from '@autodnnchip/core/engine';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { HostMove } from './host-moves.js';
import type { HostInput, HostOutput, LoweredLayer } from './lowered-network.js';
import { Refusal } from './refusal.js';
import { createTensorNode, identityChannelMap, type TensorNode } from './tensor-node.js';

/** What a network tensor is on the chip. */
export interface LoweredValue {
  readonly node: TensorNode;
  /** Logical dimensions of the node. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** False after a reshape that only the host or a fully connected layer can read through. */
  readonly isFeatureMap: boolean;
  /** How the host, and nobody else, gets the tensor from the node's [N C H W]; empty: its values are in that order. */
  readonly moves: readonly HostMove[];
}

/** A network input whose layout waits for the operator that reads it. */
export interface PendingInput {
  /** Network input that the host gives. */
  readonly networkInput: string;
  /** Whether the host quantises the values. */
  readonly isQuantizedByHost: boolean;
  /** How the host rearranges the input before it is this tensor. */
  readonly moves: readonly HostMove[];
}

/** State of one lowering. */
export interface LoweringContext {
  readonly network: Network;
  readonly configuration: AccelSharedConfiguration;
  /** Engines that bid for works, in the order of their units. */
  readonly engines: readonly Engine[];
  /**
   * Engines that are installed and not on the chip, each in several sizes: they say what they would bid, and are never
   * given a work.
   */
  readonly absentEngines: readonly (readonly Engine[])[];
  readonly values: Map<string, LoweredValue>;
  readonly pendingInputs: Map<string, PendingInput>;
  readonly consumers: ReadonlyMap<string, readonly Operator[]>;
  /** The operator that computes a tensor. */
  readonly producers: ReadonlyMap<string, Operator>;
  readonly nodes: TensorNode[];
  readonly layers: LoweredLayer[];
  readonly inputs: HostInput[];
  readonly outputs: HostOutput[];
}

/** New feature map with channels in the given physical order (their own order unless said otherwise). */
export function addNode(
  context: LoweringContext,
  name: string,
  channels: number,
  height: number,
  width: number,
  channelMap?: Int32Array,
): TensorNode {
  const { channelBlock } = context.configuration;
  const node = createTensorNode(
    name,
    height,
    width,
    channelMap ?? identityChannelMap(channels, channelBlock),
    channelBlock,
  );
  context.nodes.push(node);
  return node;
}

/** A feature map that is not part of the network yet. */
export interface Draft {
  readonly node: TensorNode;
  /** Makes it the value of its tensor. */
  commit(): void;
}

/** A new feature map as the value of a network tensor, once it is committed. */
export function draftFeatureMap(
  context: LoweringContext,
  name: string,
  channels: number,
  height: number,
  width: number,
  channelMap?: Int32Array,
): Draft {
  const { channelBlock } = context.configuration;
  const node = createTensorNode(
    name,
    height,
    width,
    channelMap ?? identityChannelMap(channels, channelBlock),
    channelBlock,
  );
  return {
    node,
    commit() {
      context.nodes.push(node);
      context.values.set(name, { node, channels, height, width, isFeatureMap: true, moves: [] });
    },
  };
}

/** Records a new feature map as the value of a network tensor. */
export function defineFeatureMap(
  context: LoweringContext,
  name: string,
  channels: number,
  height: number,
  width: number,
  channelMap?: Int32Array,
): TensorNode {
  const { node, commit } = draftFeatureMap(context, name, channels, height, width, channelMap);
  commit();
  return node;
}

/**
 * A new feature map in the layout of another, whatever order and shape its tensor has: the result of what acts on
 * single values.
 */
export function draftLike(context: LoweringContext, name: string, value: LoweredValue): Draft {
  const node = createTensorNode(
    name,
    value.height,
    value.width,
    value.node.channelMap,
    context.configuration.channelBlock,
  );
  return {
    node,
    commit() {
      context.nodes.push(node);
      context.values.set(name, { ...value, node });
    },
  };
}

/** Records a new feature map in the layout of another. */
export function defineLike(context: LoweringContext, name: string, value: LoweredValue): TensorNode {
  const { node, commit } = draftLike(context, name, value);
  commit();
  return node;
}

/** Refuses sizes that instructions have no bits for. */
export function checkWindowLimits(
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): void {
  if (Math.max(...kernel) > 255) throw new Refusal(`its kernel [${kernel.join(', ')}] is larger than 255`);
  if (Math.max(...stride) > 255) throw new Refusal(`its stride [${stride.join(', ')}] is larger than 255`);
  if (Math.max(...dilation) > 255) throw new Refusal(`its dilation [${dilation.join(', ')}] is larger than 255`);
}
