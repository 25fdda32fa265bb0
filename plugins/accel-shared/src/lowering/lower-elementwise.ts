import { additionConstants, lookupTable, type BinaryOperator, type ClipOperator, type RequantizeOperator, type UnaryOperator } from '@autodnnchip/core';

import { additionTable, type AdditionTable } from './addition-table.js';
import { convPartitions } from './conv-partitions.js';
import { featureMapOf } from './host-conversion.js';
import type { LaneTable, WeightSource, WindowGeometry } from './lowered-network.js';
import { addNode, defineFeatureMap, type LoweredValue, type LoweringContext } from './lowering-context.js';
import { quantizedTensor, storedRange, tensorOf, type QuantizedTensor } from './quantized-tensor.js';
import { Refusal } from './refusal.js';
import { sameChannelMap, type TensorNode } from './tensor-node.js';

/** Addition of two feature maps of the same shape. */
export function lowerBinary(context: LoweringContext, operator: BinaryOperator): void {
  const { function: name, clamp } = operator.attributes;
  if (name !== 'add') throw new Refusal(`element-wise ${name} of two feature maps is not built into the lane engine`);
  for (const input of operator.inputs) {
    if (tensorOf(context, input).role === 'constant') throw new Refusal(`its operand '${input}' is constant; only two feature maps are added`);
  }
  const a = quantizedTensor(context, operator.inputs[0]);
  const b = quantizedTensor(context, operator.inputs[1]);
  const y = quantizedTensor(context, operator.outputs[0]);
  if (a.shape.join() !== b.shape.join()) throw new Refusal(`it adds [${a.shape.join(', ')}] and [${b.shape.join(', ')}]; the chip does not broadcast`);
  const left = featureMapOf(context, a.name);
  const right = featureMapOf(context, b.name);
  const range = storedRange(y, clamp);
  const sum = sumTable(context, a, b, y, range);
  if (sum === undefined) throw new Refusal('no fixed-point form gives its float32 results for all 65,536 pairs of values');
  const rightNode = sameChannelMap(left.node.channelMap, right.node.channelMap) ? right.node : permutedCopy(context, operator.name, right, left.node.channelMap, b);
  const operands = [left.node, rightNode];
  const output = defineFeatureMap(context, y.name, left.channels, left.height, left.width, left.node.channelMap);
  context.layers.push({
    engine: 'lane', operation: 'shift', result: 'table', name: operator.name, operator: operator.kind, multiplyAccumulates: 0,
    window: pointWindow(left), inputs: sum.swapped ? operands.reverse() : operands, output, zeroPoint: 0, ...range,
    variants: [{ offsetY: 0, offsetX: 0, outputBlock: 0 }], table: sum.table,
  });
}

/** The table and whether it is indexed by the operator's first operand instead of the second. */
function sumTable(context: LoweringContext, a: QuantizedTensor, b: QuantizedTensor, y: QuantizedTensor, range: { low: number; high: number }): AdditionTable | undefined {
  if (context.network.weightless) return { table: { multiplier: 0, shift: 0, entries: new Int32Array(256) }, swapped: false };
  // Where every extent is 1, ONNX Runtime takes a for the inner product.
  const exchanged = y.shape.every((extent) => extent === 1);
  const [outer, inner] = exchanged ? [b, a] : [a, b];
  const constants = additionConstants(a.quantization, b.quantization, y.quantization);
  const found = additionTable({
    ratioA: exchanged ? constants.ratioB : constants.ratioA, ratioB: exchanged ? constants.ratioA : constants.ratioB, offset: constants.offset,
    offsetA: outer.offset, offsetB: inner.offset, offsetResult: y.offset, ...range,
  });
  return found === undefined ? undefined : { table: found.table, swapped: found.swapped !== exchanged };
}

/** Function of one feature map: a table of 256 entries. */
export function lowerTable(context: LoweringContext, operator: UnaryOperator | RequantizeOperator): void {
  const x = quantizedTensor(context, operator.inputs[0]);
  const y = quantizedTensor(context, operator.outputs[0]);
  const input = featureMapOf(context, x.name);
  const entries = new Int32Array(256);
  if (!context.network.weightless) {
    const table = lookupTable(operator, { ...tensorOf(context, x.name), quantization: x.quantization }, { ...tensorOf(context, y.name), quantization: y.quantization });
    for (let value = 0; value < 256; value++) entries[(value - x.offset) & 255] = table[value] - y.offset;
  }
  const output = defineFeatureMap(context, y.name, input.channels, input.height, input.width, input.node.channelMap);
  addTablePass(context, operator.name, operator.kind, input.node, output, { multiplier: 0, shift: 0, entries }, { low: -128, high: 127 });
}

/** Clip of a quantised tensor that keeps its scale. */
export function lowerClip(context: LoweringContext, operator: ClipOperator): void {
  quantizedTensor(context, operator.inputs[0]);
  throw new Refusal('clip of integers has no rule; the passes make it a clamp or a requantisation');
}

/** Lane pass that sends every byte through a table. */
export function addTablePass(
  context: LoweringContext, name: string, operator: UnaryOperator['kind'] | RequantizeOperator['kind'] | 'concat', input: TensorNode, output: TensorNode,
  table: LaneTable, range: { low: number; high: number },
): void {
  context.layers.push({
    engine: 'lane', operation: 'shift', result: 'table', name, operator, multiplyAccumulates: 0, window: pointWindow(input),
    inputs: [input], output, zeroPoint: 0, ...range, variants: [{ offsetY: 0, offsetX: 0, outputBlock: 0 }], table,
  });
}

/** Lane pass that moves every byte unchanged. */
export function addCopyPass(context: LoweringContext, name: string, input: TensorNode, output: TensorNode): void {
  context.layers.push({
    engine: 'lane', operation: 'maximum', result: 'pass', name, operator: 'copy', multiplyAccumulates: 0, window: pointWindow(input),
    inputs: [input], output, zeroPoint: 0, low: -128, high: 127, variants: [{ offsetY: 0, offsetX: 0, outputBlock: 0 }],
  });
}

/** The same values with channels in another physical order: a pointwise convolution whose weights select one channel each. */
export function permutedCopy(context: LoweringContext, name: string, value: LoweredValue, channelMap: Int32Array, tensor: QuantizedTensor): TensorNode {
  const { channels, height, width } = value;
  const output = addNode(context, `${tensor.name} (reordered)`, channels, height, width, channelMap);
  const weights: WeightSource = { zeroPoints: new Int32Array(1), outputChannels: channels, channels: 1, groups: channels, kernelHeight: 1, kernelWidth: 1 };
  context.layers.push({
    engine: 'conv', name: `${name} (reorder)`, operator: 'copy', multiplyAccumulates: 0, window: pointWindow(value), input: value.node, output,
    zeroPoint: 0, low: -128, high: 127, repeat: 1, weights, requantization: { kind: 'constant', bias: 0, scale: 1 },
    partitions: convPartitions(context.configuration, weights, value.node.channelMap, channelMap),
  });
  return output;
}

function pointWindow({ height, width }: { height: number; width: number }): WindowGeometry {
  return {
    inputHeight: height, inputWidth: width, outputHeight: height, outputWidth: width, kernelHeight: 1, kernelWidth: 1,
    strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, paddingTop: 0, paddingLeft: 0, paddingValue: 0,
  };
}
