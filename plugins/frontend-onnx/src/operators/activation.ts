import { unaryFunction, type UnaryFunction } from '@autodnnchip/core';
import type { NodeBuilder } from '../build/node-builder.js';
import { toTensorData, type TensorType } from '../tensors/constant.js';
import type { GraphNode } from '../graph/node.js';
import { Refusal, refuse } from '../graph/value.js';
import { foldAll, foldSoftmax } from './folds.js';
import { quantizedTensors } from './quantized-node.js';
import {
  always,
  type FoldRule,
  type KnownAttributes,
  type OperatorRule,
  type OperatorTable,
  type ShapeRule,
  until,
} from './rule.js';

/** The result has the type of the first input. */
export const sameType: ShapeRule = node => [node.type(0)];

interface Parameters {
  readonly alpha?: number;
  readonly beta?: number;
}

function parameterAttributes(defaults: Parameters): KnownAttributes {
  return Object.fromEntries(Object.keys(defaults).map(name => [name, always]));
}

/** A unary operator; `defaults` are ONNX's own for the parameters that it has. */
function unary(kind: UnaryFunction, defaults: Parameters = {}): OperatorRule {
  return {
    attributes: parameterAttributes(defaults),
    shape: sameType,
    translate: (node, build) =>
      build.emit('unary', [build.input(0)], [build.output()], { function: kind, ...parametersOf(node, defaults) }),
    fold: (node, results) => {
      const { alpha, beta } = parametersOf(node, defaults);
      return foldUnary(unaryFunction(kind, alpha, beta))(node, results);
    },
  };
}

/** A unary operator of com.microsoft on a quantised tensor. */
function quantizedUnary(kind: UnaryFunction, defaults: Parameters = {}): OperatorRule {
  return {
    attributes: parameterAttributes(defaults),
    shape: quantizedType,
    translate(node, build) {
      const tensors = quantizedLike(node, build);
      return tensors instanceof Refusal
        ? tensors
        : build.emit('unary', tensors.inputs, [tensors.output], { function: kind, ...parametersOf(node, defaults) });
    },
  };
}

/** Folds an element-wise function of one constant. */
export function foldUnary(compute: (value: number) => number): FoldRule {
  return (node, results) => {
    const values = node.constant(0)?.numbers();
    return [values === undefined ? undefined : toTensorData(results[0].elementType, values.map(compute))];
  };
}

/** Element-wise functions of one tensor, Clip and Softmax. */
export const activationRules: OperatorTable = {
  Relu: unary('relu'),
  LeakyRelu: unary('leakyRelu', { alpha: 0.01 }),
  Sigmoid: unary('sigmoid'),
  HardSigmoid: unary('hardSigmoid', { alpha: 0.2, beta: 0.5 }),
  HardSwish: unary('hardSwish'),
  Tanh: unary('tanh'),
  Erf: unary('erf'),
  Sqrt: unary('sqrt'),
  Exp: unary('exp'),
  Elu: unary('elu', { alpha: 1 }),
  Neg: unary('neg'),
  Abs: unary('abs'),
  Swish: {
    attributes: { alpha: always },
    shape: sameType,
    fold: (node, results) => foldUnary(value => value / (1 + Math.exp(-node.float('alpha', 1) * value)))(node, results),
    translate: (node, build) =>
      node.float('alpha', 1) === 1
        ? build.emit('unary', [build.input(0)], [build.output()], { function: 'silu' })
        : refuse('its alpha is not 1'),
  },
  Gelu: { attributes: { approximate: always }, shape: sameType, translate: gelu },
  'com.microsoft:Gelu': { attributes: {}, shape: sameType, translate: gelu },
  PRelu: {
    attributes: {},
    shape: sameType,
    fold: foldAll((value, slope) => (value < 0 ? value * slope : value)),
    translate: parametricRelu,
  },
  Clip: { attributes: { min: until(10), max: until(10) }, shape: sameType, fold: foldClip, translate: clip },
  Softmax: { attributes: { axis: always }, shape: sameType, fold: foldSoftmaxNode, translate: softmax },
  'com.microsoft:QLinearSigmoid': quantizedUnary('sigmoid'),
  'com.microsoft:QLinearLeakyRelu': quantizedUnary('leakyRelu', { alpha: 0.01 }),
  'com.microsoft:QLinearSoftmax': {
    attributes: { axis: always, opset: always },
    shape: quantizedType,
    translate(node, build) {
      const tensors = quantizedLike(node, build);
      return tensors instanceof Refusal ? tensors : refuse('softmax of a quantised tensor is not supported');
    },
  },
};

function quantizedType(node: GraphNode): ReturnType<ShapeRule> {
  return [{ elementType: node.has(4) ? node.type(4).elementType : node.type(0).elementType, shape: node.shape(0) }];
}

function quantizedLike(node: GraphNode, build: NodeBuilder): ReturnType<typeof quantizedTensors> {
  return quantizedTensors(node, build, [{ tensor: 0, scale: 1, zeroPoint: 2 }], { scale: 3, zeroPoint: 4 });
}

function parametersOf(node: GraphNode, defaults: Parameters): Parameters {
  return {
    ...(defaults.alpha === undefined ? {} : { alpha: node.float('alpha', Math.fround(defaults.alpha)) }),
    ...(defaults.beta === undefined ? {} : { beta: node.float('beta', Math.fround(defaults.beta)) }),
  };
}

function gelu(node: GraphNode, build: NodeBuilder): Refusal | undefined {
  const approximation = node.text('approximate', 'none');
  if (approximation !== 'none') return refuse(`its approximation '${approximation}' is not supported`);
  return build.emit('unary', [build.input(0)], [build.output()], { function: 'gelu' });
}

function parametricRelu(node: GraphNode, build: NodeBuilder): Refusal | undefined {
  const alpha = node.constant(1)?.size === 1 ? node.constant(1)?.scalar() : undefined;
  if (alpha === undefined) return refuse('it has a slope for each channel');
  return build.emit('unary', [build.input(0)], [build.output()], { function: 'leakyRelu', alpha });
}

/** Limits are attributes before operator set 11 and inputs since. */
function clip(node: GraphNode, build: NodeBuilder): Refusal | undefined {
  const low = limit(node, 'min', 1, -Infinity);
  const high = limit(node, 'max', 2, Infinity);
  if (low === undefined || high === undefined) return refuse('its limits are computed while it runs');
  // Where the limits cross, everything becomes the upper one.
  return build.emit('clip', [build.input(0)], [build.output()], { low: Math.min(low, high), high });
}

function foldClip(node: GraphNode, results: readonly TensorType[]): ReturnType<FoldRule> {
  const [low, high] = [limit(node, 'min', 1, -Infinity), limit(node, 'max', 2, Infinity)];
  return low === undefined || high === undefined
    ? [undefined]
    : foldUnary(value => Math.min(Math.max(value, low), high))(node, results);
}

function limit(node: GraphNode, attribute: string, index: number, open: number): number | undefined {
  if (!node.has(index)) return node.float(attribute, open);
  return node.constant(index)?.scalar();
}

/** Before operator set 13 all dimensions from the axis on were one. */
function softmax(node: GraphNode, build: NodeBuilder): Refusal | undefined {
  const shape = node.shape(0);
  const old = node.operatorSet < 13;
  const axis = node.axis(node.integer('axis', old ? 1 : -1), shape.length);
  if (old && shape.slice(axis + 1).some(extent => extent !== 1))
    return refuse('it normalises over several dimensions at once');
  return build.emit('softmax', [build.input(0)], [build.output()], { axis });
}

function foldSoftmaxNode(node: GraphNode, [{ elementType }]: readonly TensorType[]): ReturnType<FoldRule> {
  const values = node.constant(0)?.numbers();
  const old = node.operatorSet < 13;
  const axis = node.axis(node.integer('axis', old ? 1 : -1), node.shape(0).length);
  return [values === undefined ? undefined : toTensorData(elementType, foldSoftmax(values, node.shape(0), axis, old))];
}
