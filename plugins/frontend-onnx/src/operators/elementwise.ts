import type { BinaryFunction, ElementType } from '@autodnnchip/core';
import type { GraphNode } from '../graph/node.js';
import { Refusal } from '../graph/value.js';
import { toTensorData } from '../tensors/constant.js';
import { roundHalfEven } from '../tensors/half-float.js';
import { stridedIndices } from '../tensors/pick.js';
import { foldUnary, sameType } from './activation.js';
import { broadcastInputs, broadcastShapes, broadcastStrides } from './broadcast.js';
import { foldAll } from './folds.js';
import { quantizedTensors } from './quantized-node.js';
import {
  always,
  type FoldRule,
  type KnownAttributes,
  type OperatorRule,
  type OperatorTable,
  type ShapeRule,
} from './rule.js';

type Compute = (left: number, right: number, type: ElementType) => number;

const broadcastShape: ShapeRule = node => [broadcastInputs(node)];
const comparisonShape: ShapeRule = node => [{ elementType: 'bool', shape: broadcastInputs(node).shape }];

function foldBinary(compute: Compute): FoldRule {
  return (node, results) => {
    const { shape } = results[0];
    const [left, right] = [0, 1].map(index => node.constant(index)?.numbers());
    if (left === undefined || right === undefined) return [undefined];
    const [leftIndices, rightIndices] = [0, 1].map(index =>
      stridedIndices(shape, broadcastStrides(node.shape(index), shape)),
    );
    const type = node.type(0).elementType;
    return [
      toTensorData(
        results[0].elementType,
        Array.from(leftIndices, (source, index) => compute(left[source], right[rightIndices[index]], type)),
      ),
    ];
  };
}

function binary(kind: BinaryFunction, compute: Compute): OperatorRule {
  return {
    attributes: {},
    shape: broadcastShape,
    fold: foldBinary(compute),
    translate: (_, build) =>
      build.emit('binary', [build.input(0), build.input(1)], [build.output()], { function: kind }),
  };
}

function quantizedBinary(kind: BinaryFunction): OperatorRule {
  return {
    attributes: {},
    shape: node => [
      {
        elementType: node.has(7) ? node.type(7).elementType : node.type(0).elementType,
        shape: broadcastPair(node, 0, 3),
      },
    ],
    translate(node, build) {
      const tensors = quantizedTensors(
        node,
        build,
        [
          { tensor: 0, scale: 1, zeroPoint: 2 },
          { tensor: 3, scale: 4, zeroPoint: 5 },
        ],
        { scale: 6, zeroPoint: 7 },
      );
      return tensors instanceof Refusal
        ? tensors
        : build.emit('binary', tensors.inputs, [tensors.output], { function: kind });
    },
  };
}

function comparison(compute: (left: number, right: number) => boolean): OperatorRule {
  return { attributes: {}, shape: comparisonShape, fold: foldBinary((left, right) => (compute(left, right) ? 1 : 0)) };
}

function shapedLikeInput(compute?: (value: number) => number, attributes: KnownAttributes = {}): OperatorRule {
  return compute === undefined
    ? { attributes, shape: sameType }
    : { attributes, shape: sameType, fold: foldUnary(compute) };
}

/** Arithmetic, comparison and logic with NumPy broadcasting. */
export const elementwiseRules: OperatorTable = {
  Add: binary('add', (left, right) => left + right),
  Sub: binary('sub', (left, right) => left - right),
  Mul: binary('mul', (left, right) => left * right),
  Div: binary('div', (left, right, type) => (type.startsWith('float') ? left / right : Math.trunc(left / right))),
  Sum: {
    attributes: {},
    shape: broadcastShape,
    fold: foldAll((left, right) => left + right),
    translate: (node, build) =>
      node.inputs.length === 1
        ? build.pass()
        : node.inputs.length === 2
          ? build.emit('binary', [build.input(0), build.input(1)], [build.output()], { function: 'add' })
          : new Refusal('it adds more than two tensors'),
  },
  Pow: { attributes: {}, shape: broadcastShape, fold: foldBinary(Math.pow) },
  Mod: {
    attributes: { fmod: always },
    shape: broadcastShape,
    fold: (node, results) =>
      foldBinary(node.integer('fmod', 0) !== 0 ? (left, right) => left % right : floorModulo)(node, results),
  },
  Min: { attributes: {}, shape: broadcastShape, fold: foldAll(Math.min) },
  Max: { attributes: {}, shape: broadcastShape, fold: foldAll(Math.max) },
  Mean: {
    attributes: {},
    shape: broadcastShape,
    fold: foldAll(
      (left, right) => left + right,
      (sum, count) => sum / count,
    ),
  },
  BitShift: { attributes: { direction: always }, shape: broadcastShape },
  Equal: comparison((left, right) => left === right),
  Less: comparison((left, right) => left < right),
  LessOrEqual: comparison((left, right) => left <= right),
  Greater: comparison((left, right) => left > right),
  GreaterOrEqual: comparison((left, right) => left >= right),
  And: comparison((left, right) => left !== 0 && right !== 0),
  Or: comparison((left, right) => left !== 0 || right !== 0),
  Xor: comparison((left, right) => (left !== 0) !== (right !== 0)),
  Not: shapedLikeInput(value => (value === 0 ? 1 : 0)),
  Where: { attributes: {}, shape: node => [broadcastInputs(node, 1)], fold: foldWhere },
  'com.microsoft:QLinearAdd': quantizedBinary('add'),
  'com.microsoft:QLinearMul': quantizedBinary('mul'),
  Floor: shapedLikeInput(Math.floor),
  Ceil: shapedLikeInput(Math.ceil),
  Round: shapedLikeInput(roundHalfEven),
  Sign: shapedLikeInput(Math.sign),
  Reciprocal: shapedLikeInput(value => 1 / value),
  Log: shapedLikeInput(Math.log),
  Sin: shapedLikeInput(Math.sin),
  Cos: shapedLikeInput(Math.cos),
  Tan: shapedLikeInput(Math.tan),
  Asin: shapedLikeInput(Math.asin),
  Acos: shapedLikeInput(Math.acos),
  Atan: shapedLikeInput(Math.atan),
  Sinh: shapedLikeInput(Math.sinh),
  Cosh: shapedLikeInput(Math.cosh),
  Asinh: shapedLikeInput(Math.asinh),
  Acosh: shapedLikeInput(Math.acosh),
  Atanh: shapedLikeInput(Math.atanh),
  Softplus: shapedLikeInput(value => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)))),
  Softsign: shapedLikeInput(value => value / (1 + Math.abs(value))),
  Mish: shapedLikeInput(),
  Selu: shapedLikeInput(undefined, { alpha: always, gamma: always }),
  Celu: shapedLikeInput(undefined, { alpha: always }),
  ThresholdedRelu: shapedLikeInput(undefined, { alpha: always }),
  Shrink: shapedLikeInput(undefined, { bias: always, lambd: always }),
  LogSoftmax: shapedLikeInput(undefined, { axis: always }),
  Hardmax: shapedLikeInput(undefined, { axis: always }),
  CumSum: shapedLikeInput(undefined, { exclusive: always, reverse: always }),
  Trilu: shapedLikeInput(undefined, { upper: always }),
  'com.microsoft:QuickGelu': shapedLikeInput(undefined, { alpha: always }),
  IsNaN: { attributes: {}, shape: node => [{ elementType: 'bool', shape: node.shape(0) }] },
  IsInf: {
    attributes: { detect_negative: always, detect_positive: always },
    shape: node => [{ elementType: 'bool', shape: node.shape(0) }],
  },
};

function floorModulo(left: number, right: number): number {
  return left - right * Math.floor(left / right);
}

function foldWhere(node: GraphNode, results: Parameters<FoldRule>[1]): ReturnType<FoldRule> {
  const { elementType, shape } = results[0];
  const values = [0, 1, 2].map(index => node.constant(index)?.numbers());
  const [condition, yes, no] = values;
  if (condition === undefined || yes === undefined || no === undefined) return [undefined];
  const indices = [0, 1, 2].map(index => stridedIndices(shape, broadcastStrides(node.shape(index), shape)));
  return [
    toTensorData(
      elementType,
      Array.from(indices[0], (source, index) =>
        condition[source] !== 0 ? yes[indices[1][index]] : no[indices[2][index]],
      ),
    ),
  ];
}

function broadcastPair(node: GraphNode, left: number, right: number): readonly number[] {
  return broadcastShapes(node, [node.shape(left), node.shape(right)]);
}
