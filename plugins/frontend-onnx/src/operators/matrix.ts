import { elementCount } from '@autodnnchip/core';
import type { NodeBuilder } from '../build/node-builder.js';
import type { GraphNode } from '../graph/node.js';
import { Refusal, refuse, type Value } from '../graph/value.js';
import { Constant, type TensorType } from '../tensors/constant.js';
import { broadcastShapes, shapeText } from './broadcast.js';
import { foldGemm, foldProduct, productCost } from './folds.js';
import { biasVector, fullyConnectedWeight } from './fully-connected-weights.js';
import { quantizedTensors } from './quantized-node.js';
import { always, type OperatorTable } from './rule.js';

const dynamic =
  'it belongs to dynamic quantisation, whose scales are computed while it runs; quantise the network statically';

/** Gemm, MatMul and their quantised forms. Products with a constant become `fullyConnected`. */
export const matrixRules: OperatorTable = {
  MatMul: {
    attributes: {},
    fold: foldProduct,
    foldCost: productCost,
    shape: node => [{ elementType: node.type(0).elementType, shape: productShape(node, node.shape(0), node.shape(1)) }],
    translate(node, build) {
      const right = node.input(1);
      if (!build.isWeight(right)) return build.emit('matMul', [build.input(0), build.input(1)], [build.output()], {});
      const matrix = constantMatrix(build, right, node.shape(1));
      if (matrix instanceof Refusal) return matrix;
      const weight = fullyConnectedWeight(build, matrix, { transpose: true, scale: 1 });
      return weight instanceof Refusal
        ? weight
        : emitFullyConnected(node, build, { x: build.input(0), weight, output: build.output() });
    },
  },
  MatMulInteger: {
    attributes: {},
    shape: node => [{ elementType: 'int32', shape: productShape(node, node.shape(0), node.shape(1)) }],
    translate: () => refuse(dynamic),
  },
  'com.microsoft:DynamicQuantizeMatMul': {
    attributes: {},
    shape: node => [{ elementType: 'float32', shape: productShape(node, node.shape(0), node.shape(1)) }],
    translate: () => refuse(dynamic),
  },
  QLinearMatMul: {
    attributes: {},
    shape: node => [{ elementType: node.type(7).elementType, shape: productShape(node, node.shape(0), node.shape(3)) }],
    translate(node, build) {
      const constant = node.constant(3) !== undefined && node.shape(3).length === 2;
      const tensors = quantizedTensors(
        node,
        build,
        [
          { tensor: 0, scale: 1, zeroPoint: 2 },
          { tensor: 3, scale: 4, zeroPoint: 5, axis: node.shape(3).length - 1 },
        ],
        { scale: 6, zeroPoint: 7 },
      );
      if (tensors instanceof Refusal) return tensors;
      if (!constant) return build.emit('matMul', tensors.inputs, [tensors.output], {});
      const weight = fullyConnectedWeight(build, build.valueOf(tensors.inputs[1]), { transpose: true, scale: 1 });
      return weight instanceof Refusal
        ? weight
        : emitFullyConnected(node, build, { x: tensors.inputs[0], weight, output: tensors.output });
    },
  },
  Gemm: {
    fold: foldGemm,
    foldCost: (node, results) => elementCount(results[0].shape) * Math.max(...node.shape(0)),
    attributes: { alpha: always, beta: always, transA: always, transB: always },
    shape: node => [{ elementType: node.type(0).elementType, shape: gemmShape(node, 1, 2) }],
    translate(node, build) {
      const columns = build.results[0].shape[1];
      if (!build.isWeight(node.input(1)))
        return refuse('its second input is computed; only constant weights are supported');
      const bias = node.has(2) ? biasVector(node, build, 2, columns, node.float('beta', 1)) : undefined;
      if (bias instanceof Refusal) return bias;
      const weight = fullyConnectedWeight(build, node.input(1), {
        transpose: node.integer('transB', 0) === 0,
        scale: node.float('alpha', 1),
      });
      if (weight instanceof Refusal) return weight;
      return emitFullyConnected(node, build, {
        x: gemmInput(node, build, build.input(0)),
        weight,
        output: build.output(),
        ...(bias === undefined ? {} : { bias }),
      });
    },
  },
  'com.microsoft:QGemm': {
    attributes: { alpha: always, transA: always, transB: always },
    shape: node => [
      {
        elementType: node.has(8) ? node.type(8).elementType : node.has(7) ? node.type(0).elementType : 'float32',
        shape: gemmShape(node, 3, 6),
      },
    ],
    translate(node, build) {
      const transpose = node.integer('transB', 0) === 0;
      const tensors = quantizedTensors(
        node,
        build,
        [
          { tensor: 0, scale: 1, zeroPoint: 2 },
          { tensor: 3, scale: 4, zeroPoint: 5, axis: transpose ? 1 : 0 },
        ],
        { scale: 7, zeroPoint: 8 },
      );
      if (tensors instanceof Refusal) return tensors;
      if (node.constant(3) === undefined)
        return refuse('its second input is computed; only constant weights are supported');
      if (node.float('alpha', 1) !== 1)
        return refuse(`its alpha is ${node.float('alpha', 1)}; only 1 is supported in quantised form`);
      const bias = node.has(6) ? biasVector(node, build, 6, build.results[0].shape[1], 1) : undefined;
      if (bias instanceof Refusal) return bias;
      const weight = fullyConnectedWeight(build, build.valueOf(tensors.inputs[1]), { transpose, scale: 1 });
      if (weight instanceof Refusal) return weight;
      return emitFullyConnected(node, build, {
        x: gemmInput(node, build, tensors.inputs[0]),
        weight,
        output: tensors.output,
        ...(bias === undefined ? {} : { bias }),
      });
    },
  },
};

function productShape(node: GraphNode, left: readonly number[], right: readonly number[]): readonly number[] {
  if (left.length === 0 || right.length === 0) throw node.error('a scalar has no matrix product');
  const rows = left.length === 1 ? [1, left[0]] : left;
  const columns = right.length === 1 ? [right[0], 1] : right;
  const inner = rows[rows.length - 1];
  if (inner !== columns[columns.length - 2])
    throw node.error(`matrices ${shapeText(left)} and ${shapeText(right)} do not fit together`);
  const batch = broadcastShapes(node, [rows.slice(0, -2), columns.slice(0, -2)]);
  return [
    ...batch,
    ...(left.length === 1 ? [] : [rows[rows.length - 2]]),
    ...(right.length === 1 ? [] : [columns[columns.length - 1]]),
  ];
}

function gemmShape(node: GraphNode, right: number, bias: number): readonly number[] {
  const [a, b] = [node.shape(0), node.shape(right)];
  if (a.length !== 2 || b.length !== 2) throw node.error(`inputs ${shapeText(a)} and ${shapeText(b)} must be matrices`);
  const [rows, inner] = node.integer('transA', 0) === 0 ? a : [a[1], a[0]];
  const [depth, columns] = node.integer('transB', 0) === 0 ? b : [b[1], b[0]];
  if (inner !== depth)
    throw node.error(
      `matrices ${shapeText(a)} and ${shapeText(b)} do not fit together: ${inner} columns meet ${depth} rows`,
    );
  if (node.has(bias)) {
    const shape = node.shape(bias);
    const joint = broadcastShapes(node, [shape, [rows, columns]]);
    if (shapeText(joint) !== shapeText([rows, columns]))
      throw node.error(`bias ${shapeText(shape)} does not fit the product ${shapeText([rows, columns])}`);
  }
  return [rows, columns];
}

/** The rows of a Gemm, transposed first when `transA` says so. */
function gemmInput(node: GraphNode, build: NodeBuilder, x: string): string {
  if (node.integer('transA', 0) === 0) return x;
  const { elementType, shape } = node.type(0);
  const rows = build.intermediate(`${x}_rows`, { elementType, shape: [shape[1], shape[0]] });
  build.emit('transpose', [x], [rows], { permutation: [1, 0] }, 'transpose');
  return rows;
}

/** The one matrix that a constant second factor is: a vector is one of a single column. */
function constantMatrix(build: NodeBuilder, value: Value, shape: readonly number[]): Value | Refusal {
  if (shape.length === 2) return value;
  const matrices = elementCount(shape.slice(0, -2));
  if (matrices !== 1)
    return refuse(`its constant is ${matrices} matrices, for as many products; only one is supported`);
  const matrix = shape.length === 1 ? [shape[0], 1] : shape.slice(-2);
  const { constant } = value;
  const weight =
    constant === undefined
      ? build.reshapedWeight(value, matrix)
      : build.network.derivedConstant(
          `${value.tensor}_matrix`,
          () => new Constant(constant.elementType, matrix, () => constant.data()),
        );
  return weight === undefined
    ? refuse('the scales of its weights run along a dimension that it does not keep')
    : build.valueOf(weight);
}

interface FullyConnected {
  readonly x: string;
  readonly weight: string;
  readonly bias?: string;
  readonly output: string;
}

/** Adds a `fullyConnected`, between two reshapes when the input is no matrix. */
function emitFullyConnected(node: GraphNode, build: NodeBuilder, parts: FullyConnected): undefined {
  const constants = [parts.weight, ...(parts.bias === undefined ? [] : [parts.bias])];
  const x = node.type(0);
  if (x.shape.length === 2 && build.results[0].shape.length === 2)
    return build.emit('fullyConnected', [parts.x, ...constants], [parts.output], {});
  const result = build.results[0];
  const inner = x.shape[x.shape.length - 1];
  const rows = elementCount(x.shape.slice(0, -1));
  const [columns] = build.valueOf(parts.weight).type?.shape ?? result.shape.slice(-1);
  const matrix = (base: string, type: TensorType, width: number): string =>
    build.intermediate(`${base}_matrix`, { elementType: type.elementType, shape: [rows, width] });
  const from = x.shape.length === 2 ? parts.x : matrix(parts.x, x, inner);
  const to = matrix(parts.output, result, columns);
  if (from !== parts.x) build.emit('reshape', [parts.x], [from], {}, 'rows');
  build.emit('fullyConnected', [from, ...constants], [to], {});
  return build.emit('reshape', [to], [parts.output], {}, 'shape');
}
