import type { Network, Operator, UnsupportedOperator } from '@autodnnchip/core';
import type { Engine } from '@autodnnchip/core/engine';

import { enginesOf } from '../chip/chip.js';
import type { AccelSharedConfiguration } from '../configuration.js';
import { refuseRealNumbers } from './float-reasons.js';
import { lowerDequantize, lowerNetworkInputs, lowerNetworkOutputs, lowerQuantize } from './host-conversion.js';
import { lowerConv, lowerFullyConnected } from './lower-convolution.js';
import { lowerBinary } from './lower-binary.js';
import { lowerClip, lowerTable } from './lower-elementwise.js';
import { lowerConcat, lowerReshape, lowerSpaceToDepth, lowerTranspose } from './lower-movement.js';
import { lowerPad } from './lower-pad.js';
import { lowerAveragePool, lowerGlobalAveragePool, lowerMaxPool } from './lower-pooling.js';
import type { LoweredNetwork, LoweredTensor } from './lowered-network.js';
import { defineFeatureMap, type LoweringContext } from './lowering-context.js';
import { Refusal } from './refusal.js';
import { mostChannels, storageOf, type TensorNode } from './tensor-node.js';

/**
 * Turns a prepared network (`prepareNetwork`) into the chip's layers. Operators that the chip cannot run are listed in
 * `unsupported`, all of them at once; weights are not looked at. `absentEngines` are those that are not on the chip:
 * layers say what they would have bid.
 */
export function lowerNetwork(
  network: Network,
  configuration: AccelSharedConfiguration,
  absentEngines: readonly (readonly Engine[])[] = [],
): LoweredNetwork {
  const context: LoweringContext = {
    network,
    configuration,
    values: new Map(),
    pendingInputs: new Map(),
    consumers: consumersOf(network),
    producers: new Map(network.operators.flatMap(operator => operator.outputs.map(name => [name, operator] as const))),
    nodes: [],
    layers: [],
    inputs: [],
    outputs: [],
    engines: enginesOf(configuration),
    absentEngines,
  };
  const unsupported: UnsupportedOperator[] = [];
  lowerNetworkInputs(context);
  for (const operator of network.operators) {
    try {
      lowerOperator(context, operator);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      unsupported.push({ name: operator.name, operator: operator.sourceType, reason: error.reason });
      standIn(context, operator);
    }
  }
  if (unsupported.length === 0) {
    for (const name of lowerNetworkOutputs(context))
      unsupported.push({ name, operator: 'output', reason: 'nothing on the chip computes this output of the network' });
  }
  return {
    name: network.name,
    channelBlock: configuration.channelBlock,
    tensors: placeTensors(context),
    layers: context.layers,
    inputs: context.inputs,
    outputs: context.outputs,
    unsupported,
    weightless: network.weightless,
  };
}

function lowerOperator(context: LoweringContext, operator: Operator): void {
  refuseRealNumbers(context, operator);
  switch (operator.kind) {
    case 'quantize':
      return lowerQuantize(context, operator);
    case 'dequantize':
      return lowerDequantize(context, operator);
    case 'conv':
      return lowerConv(context, operator);
    case 'fullyConnected':
      return lowerFullyConnected(context, operator);
    case 'maxPool':
      return lowerMaxPool(context, operator);
    case 'averagePool':
      return lowerAveragePool(context, operator);
    case 'globalAveragePool':
      return lowerGlobalAveragePool(context, operator);
    case 'binary':
      return lowerBinary(context, operator);
    case 'unary':
    case 'requantize':
      return lowerTable(context, operator);
    case 'clip':
      return lowerClip(context, operator);
    case 'pad':
      return lowerPad(context, operator);
    case 'concat':
      return lowerConcat(context, operator);
    case 'reshape':
      return lowerReshape(context, operator);
    case 'transpose':
      return lowerTranspose(context, operator);
    case 'spaceToDepth':
      return lowerSpaceToDepth(context, operator);
    case 'matMul':
      throw new Refusal('the chip multiplies feature maps by constant weights only, as the second factor');
    case 'softmax':
      throw new Refusal('softmax is computed in floating point');
    case 'batchNormalization':
      throw new Refusal('batch normalisation that is not folded into a convolution has no hardware');
    case 'other':
      throw new Refusal(operator.attributes.reason);
  }
}

/** After a refusal, something for the following operators to read, so that they are checked too. */
function standIn(context: LoweringContext, operator: Operator): void {
  for (const name of operator.outputs) {
    if (context.values.has(name)) continue;
    const shape = context.network.tensors.get(name)?.shape ?? [];
    defineFeatureMap(context, name, Math.min(shape[1] ?? 1, mostChannels), shape[2] ?? 1, shape[3] ?? 1);
  }
}

function consumersOf(network: Network): Map<string, Operator[]> {
  const consumers = new Map<string, Operator[]>();
  for (const operator of network.operators) {
    for (const name of new Set(operator.inputs)) {
      const list = consumers.get(name);
      if (list === undefined) consumers.set(name, [operator]);
      else list.push(operator);
    }
  }
  return consumers;
}

/** Gives every feature map its tensor: its own, or that of the concatenation that it is part of. */
function placeTensors(context: LoweringContext): LoweredTensor[] {
  const places = new Map<TensorNode, { index: number; input: boolean; output: boolean }>();
  for (const node of context.nodes) {
    const { root, blockBase } = storageOf(node);
    const place = places.get(root) ?? { index: places.size, input: false, output: false };
    places.set(root, place);
    place.input ||= node.hostInput;
    place.output ||= node.hostOutput;
    node.tensor = place.index;
    node.blockBase = blockBase;
  }
  return [...places].map(([root, { input, output }]) => ({
    name: root.name,
    height: root.height,
    width: root.width,
    blocks: root.blocks,
    role: input ? 'input' : output ? 'output' : 'intermediate',
  }));
}
