import {
  elementCount,
  lookupTable,
  type ConcatOperator,
  type ReshapeOperator,
  type RequantizeOperator,
  type SpaceToDepthOperator,
  type TransposeOperator,
} from '@autodnnchip/core';
import type { Sweep } from '@autodnnchip/core/engine';

import { addWork } from './choose-engine.js';
import { featureMapOf, valueOf } from './host-conversion.js';
import { withMove } from './host-moves.js';
import { addCopyPass, addTablePass } from './lower-elementwise.js';
import {
  addNode,
  checkWindowLimits,
  defineFeatureMap,
  type LoweredValue,
  type LoweringContext,
} from './lowering-context.js';
import { featureMapShape, quantizedTensor, tensorOf, type QuantizedTensor } from './quantized-tensor.js';
import { Refusal } from './refusal.js';
import type { TensorNode } from './tensor-node.js';

/**
 * Concatenation along channels: parts become block ranges of one tensor, so that their producers write straight into
 * place. Parts of another scale, inputs of the chip, and parts that already lie in another concatenation are copied.
 */
export function lowerConcat(context: LoweringContext, operator: ConcatOperator): void {
  const y = quantizedTensor(context, operator.outputs[0]);
  const { axis } = operator.attributes;
  if ((axis < 0 ? axis + y.shape.length : axis) !== 1)
    throw new Refusal(`it joins along dimension ${axis}; the chip joins channels (dimension 1)`);
  const { channels, height, width } = featureMapShape(y.name, y.shape);
  const earlier = new Set<TensorNode>();
  const parts = operator.inputs.map((name, index) => {
    const x = quantizedTensor(context, name);
    const value = featureMapOf(context, name);
    const isRepeated = earlier.has(value.node);
    earlier.add(value.node);
    return { x, channels: value.channels, node: placedPart(context, operator, index, x, y, value.node, isRepeated) };
  });
  const map = new Int32Array(parts.reduce((sum, part) => sum + part.node.channelMap.length, 0));
  let physical = 0;
  let logical = 0;
  for (const { node, channels: partChannels } of parts) {
    for (const channel of node.channelMap) map[physical++] = channel < 0 ? -1 : channel + logical;
    logical += partChannels;
  }
  const output = defineFeatureMap(context, y.name, channels, height, width, map);
  let block = 0;
  for (const { node } of parts) {
    node.parent = output;
    node.parentBlock = block;
    block += node.blocks;
  }
}

/** The part itself where it may lie in the concatenation, a copy of it otherwise. */
function placedPart(
  context: LoweringContext,
  operator: ConcatOperator,
  index: number,
  x: QuantizedTensor,
  y: QuantizedTensor,
  node: TensorNode,
  isRepeated: boolean,
): TensorNode {
  const sameScale =
    x.scale === y.scale &&
    x.quantization.zeroPoints[0] === y.quantization.zeroPoints[0] &&
    x.elementType === y.elementType;
  if (sameScale && node.parent === undefined && !node.hostInput && !isRepeated) return node;
  const copy = addNode(context, `${y.name} (part ${index})`, 0, node.height, node.width, node.channelMap);
  const name = `${operator.name} (part ${index})`;
  if (sameScale) {
    addCopyPass(context, name, node, copy);
    return copy;
  }
  const entries = new Int32Array(256);
  if (!context.network.weightless) {
    const requantize: RequantizeOperator = {
      name,
      kind: 'requantize',
      inputs: [x.name],
      outputs: [y.name],
      attributes: {},
      sourceType: operator.sourceType,
    };
    const table = lookupTable(
      requantize,
      { ...tensorOf(context, x.name), quantization: x.quantization },
      { ...tensorOf(context, y.name), quantization: y.quantization },
    );
    for (let value = 0; value < 256; value++) entries[(value - x.offset) & 255] = table[value] - y.offset;
  }
  addTablePass(context, name, 'concat', node, copy, { multiplier: 0, shift: 0, entries }, { low: -128, high: 127 });
  return copy;
}

/** Reorg: one sweep per position in the block, each with a stride of the block over the same input. */
export function lowerSpaceToDepth(context: LoweringContext, operator: SpaceToDepthOperator): void {
  const x = quantizedTensor(context, operator.inputs[0]);
  const y = quantizedTensor(context, operator.outputs[0]);
  const { block, order } = operator.attributes;
  checkWindowLimits([1, 1], [block, block], [1, 1]);
  const input = featureMapOf(context, x.name);
  const { node } = input;
  const output = featureMapShape(y.name, y.shape);
  const map = new Int32Array(node.channelMap.length * block * block).fill(-1);
  const sweeps: Sweep[] = [];
  for (let position = 0; position < block * block; position++) {
    const base = position * node.channelMap.length;
    for (let index = 0; index < node.channelMap.length; index++) {
      const channel = node.channelMap[index];
      if (channel < 0) continue;
      map[base + index] =
        order === 'blocksFirst' ? position * input.channels + channel : channel * block * block + position;
    }
    sweeps.push({
      offsetY: Math.floor(position / block),
      offsetX: position % block,
      outputBlock: position * node.blocks,
    });
  }
  const result = defineFeatureMap(context, y.name, output.channels, output.height, output.width, map);
  addWork(context, [
    {
      work: {
        form: 'maximum',
        name: operator.name,
        operator: operator.kind,
        multiplyAccumulates: 0,
        window: {
          inputHeight: input.height,
          inputWidth: input.width,
          outputHeight: output.height,
          outputWidth: output.width,
          kernelHeight: 1,
          kernelWidth: 1,
          strideY: block,
          strideX: block,
          dilationY: 1,
          dilationX: 1,
          paddingTop: 0,
          paddingLeft: 0,
          paddingValue: 0,
        },
        inputs: [node],
        output: result,
        zeroPoint: 0,
        low: -128,
        high: 127,
        sweeps,
      },
      commit: () => undefined,
    },
  ]);
}

/**
 * Another shape for the same values. The host does it with an input of the network, and with what it alone reads; amid
 * the network it is free where it only flattens, or adds and drops extents of 1.
 */
export function lowerReshape(context: LoweringContext, operator: ReshapeOperator): void {
  const x = quantizedTensor(context, operator.inputs[0]);
  const y = quantizedTensor(context, operator.outputs[0]);
  if (elementCount(x.shape) !== elementCount(y.shape))
    throw new Refusal(`it makes [${y.shape.join(', ')}] of [${x.shape.join(', ')}]`);
  const pending = context.pendingInputs.get(x.name);
  // A map that is only flattened stays one: a fully connected layer reads it as such.
  const isFlattening = x.shape.length === 4 && y.shape.length === 2 && pending?.moves.length === 0;
  if (pending !== undefined && !isFlattening) {
    context.pendingInputs.set(y.name, pending);
    return;
  }
  const value = valueOf(context, x.name);
  context.values.set(y.name, { ...value, isFeatureMap: value.moves.length === 0 && isOwnShape(value, y.shape) });
}

/**
 * Transposes are kept in mind until another one cancels them or the host reads the result; the host transposes the
 * network's inputs.
 */
export function lowerTranspose(context: LoweringContext, operator: TransposeOperator): void {
  const x = quantizedTensor(context, operator.inputs[0]);
  const y = quantizedTensor(context, operator.outputs[0]);
  const move = { shape: x.shape, permutation: operator.attributes.permutation };
  const pending = context.pendingInputs.get(x.name);
  if (pending !== undefined) {
    context.pendingInputs.set(y.name, { ...pending, moves: withMove(pending.moves, move) });
    return;
  }
  const value = valueOf(context, x.name);
  const moves = withMove(value.moves, move);
  context.values.set(y.name, { ...value, moves, isFeatureMap: moves.length === 0 && isOwnShape(value, y.shape) });
}

/** Whether a tensor of this shape, its values in the node's order, is the node's feature map. */
function isOwnShape({ channels, height, width }: LoweredValue, shape: readonly number[]): boolean {
  const own = [1, channels, height, width];
  return (
    (shape.length === 4 && shape.every((extent, axis) => extent === own[axis])) ||
    (shape.length === 2 && shape[0] === 1 && shape[1] === channels && height * width === 1)
  );
}
