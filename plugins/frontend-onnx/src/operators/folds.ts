import { elementCount, type TensorData } from '@autodnnchip/core';
import type { GraphNode } from '../graph/node.js';
import { toTensorData, type TensorType } from '../tensors/constant.js';
import { pick, stridedIndices, stridesOf } from '../tensors/pick.js';
import { broadcastStrides } from './broadcast.js';
import type { FoldRule } from './rule.js';

/** Folds an element-wise function of any number of constants, from the first on, with NumPy's broadcasting. */
export function foldAll(
  combine: (left: number, right: number) => number,
  finish: (value: number, count: number) => number = value => value,
): FoldRule {
  return (node, [{ elementType, shape }]) => {
    const parts = node.inputs.map((_, index) => node.constant(index)?.numbers());
    const [first, ...rest] = parts.map((values, index) =>
      values === undefined ? undefined : spread(values, node.shape(index), shape),
    );
    if (first === undefined || rest.some(values => values === undefined)) return [undefined];
    for (const values of rest)
      for (let index = 0; index < first.length; index++) first[index] = combine(first[index], values?.[index] ?? 0);
    return [
      toTensorData(
        elementType,
        first.map(value => finish(value, parts.length)),
      ),
    ];
  };
}

function spread(values: readonly number[], from: readonly number[], to: readonly number[]): Float64Array {
  return Float64Array.from(stridedIndices(to, broadcastStrides(from, to)), source => values[source]);
}

/** Folds a reduction of a constant over axes; `combine` starts from the first value. */
export function foldReduction(
  axesOf: (node: GraphNode) => readonly number[],
  before: (value: number) => number,
  combine: (left: number, right: number) => number,
  after: (value: number, count: number) => number,
): FoldRule {
  return (node, [{ elementType }]) => {
    const values = node.constant(0)?.numbers();
    if (values === undefined) return [undefined];
    const shape = node.shape(0);
    const reduced = new Set(axesOf(node));
    const kept = shape.map((_, axis) => axis).filter(axis => !reduced.has(axis));
    const along = shape.map((_, axis) => axis).filter(axis => reduced.has(axis));
    const strides = stridesOf(shape);
    const starts = stridedIndices(
      kept.map(axis => shape[axis]),
      kept.map(axis => strides[axis]),
    );
    const offsets = stridedIndices(
      along.map(axis => shape[axis]),
      along.map(axis => strides[axis]),
    );
    if (offsets.length === 0) return [undefined];
    return [
      toTensorData(
        elementType,
        Float64Array.from(starts, start => {
          let result = before(values[start + offsets[0]]);
          for (let index = 1; index < offsets.length; index++)
            result = combine(result, before(values[start + offsets[index]]));
          return after(result, offsets.length);
        }),
      ),
    ];
  };
}

/** Folds softmax of a constant along an axis, or along all from it on as one. */
export function foldSoftmax(
  values: readonly number[],
  shape: readonly number[],
  axis: number,
  isJoint: boolean,
): number[] {
  const size = isJoint ? elementCount(shape.slice(axis)) : shape[axis];
  const stride = isJoint ? 1 : elementCount(shape.slice(axis + 1));
  const result = new Array<number>(values.length);
  for (let start = 0; start < values.length; start++) {
    if (Math.floor(start / stride) % size !== 0) continue;
    let largest = -Infinity;
    for (let index = 0; index < size; index++) largest = Math.max(largest, values[start + index * stride]);
    let sum = 0;
    for (let index = 0; index < size; index++)
      sum += result[start + index * stride] = Math.exp(values[start + index * stride] - largest);
    for (let index = 0; index < size; index++) result[start + index * stride] /= sum;
  }
  return result;
}

/** Multiplications that a product of constants takes. */
export function productCost(node: GraphNode, results: readonly TensorType[]): number {
  return elementCount(results[0].shape) * (node.shape(0).at(-1) ?? 1);
}

/** Folds the product of two constants, batches of matrices as NumPy multiplies them; sums in double precision. */
export const foldProduct: FoldRule = (node, [{ elementType, shape }]) => {
  const [left, right] = [0, 1].map(index => node.constant(index)?.numbers());
  if (left === undefined || right === undefined) return [undefined];
  const rows = node.shape(0).length === 1 ? [1, ...node.shape(0)] : node.shape(0);
  const columns = node.shape(1).length === 1 ? [...node.shape(1), 1] : node.shape(1);
  const [height, depth, width] = [rows[rows.length - 2], rows[rows.length - 1], columns[columns.length - 1]];
  const batch = shape.slice(
    0,
    shape.length - (node.shape(0).length === 1 ? 0 : 1) - (node.shape(1).length === 1 ? 0 : 1),
  );
  const [leftBatches, rightBatches] = [rows, columns].map(own =>
    stridedIndices(batch, broadcastStrides(own.slice(0, -2), batch)),
  );
  const result = new Float64Array(elementCount(shape));
  let target = 0;
  for (let image = 0; image < leftBatches.length; image++) {
    const [from, against] = [leftBatches[image] * height * depth, rightBatches[image] * depth * width];
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        let sum = 0;
        for (let index = 0; index < depth; index++)
          sum += left[from + row * depth + index] * right[against + index * width + column];
        result[target++] = sum;
      }
    }
  }
  return [toTensorData(elementType, result)];
};

/** Folds Tile: the constant again and again along each dimension. */
export const foldTile: FoldRule = (node, [{ elementType, shape }]) => {
  const data = node.constant(0)?.data();
  if (data === undefined) return [undefined];
  const from = node.shape(0);
  const strides = stridesOf(from);
  const steps = stridesOf(shape);
  const indices = new Int32Array(elementCount(shape));
  for (let index = 0; index < indices.length; index++) {
    let source = 0;
    for (let axis = 0; axis < shape.length; axis++)
      source += ((Math.floor(index / steps[axis]) % shape[axis]) % from[axis]) * strides[axis];
    indices[index] = source;
  }
  return [pick(elementType, data, indices)];
};

/** Where a position beyond an extent takes its value from; undefined for a constant one. */
const sourceOutside: Readonly<Record<string, (position: number, extent: number) => number>> = {
  edge: (position, extent) => Math.min(Math.max(position, 0), extent - 1),
  reflect: (position, extent) =>
    extent === 1
      ? 0
      : extent - 1 - Math.abs((((position % (2 * extent - 2)) + 2 * extent - 2) % (2 * extent - 2)) - (extent - 1)),
  wrap: (position, extent) => ((position % extent) + extent) % extent,
};

/** Folds padding of a constant; negative counts crop. */
export function foldPadding(
  node: GraphNode,
  result: TensorType,
  before: readonly number[],
  mode: string,
  value: number,
): TensorData | undefined {
  const values = node.constant(0)?.numbers();
  if (values === undefined) return undefined;
  const from = node.shape(0);
  const strides = stridesOf(from);
  const steps = stridesOf(result.shape);
  const padded = new Float64Array(elementCount(result.shape)).fill(value);
  for (let index = 0; index < padded.length; index++) {
    let source = 0;
    let isInside = true;
    for (let axis = 0; axis < from.length; axis++) {
      const place = (Math.floor(index / steps[axis]) % result.shape[axis]) - before[axis];
      const position = sourceOutside[mode]?.(place, from[axis]) ?? place;
      isInside &&= position >= 0 && position < from[axis];
      source += position * strides[axis];
    }
    if (isInside) padded[index] = values[source];
  }
  return toTensorData(result.elementType, padded);
}

/** Folds alpha * A * B + beta * C, each of A and B transposed where the node says so. */
export const foldGemm: FoldRule = (
  node,
  [
    {
      elementType,
      shape: [height, width],
    },
  ],
) => {
  const [a, b, c] = [0, 1, 2].map(index => node.constant(index)?.numbers());
  if (a === undefined || b === undefined || (node.has(2) && c === undefined)) return [undefined];
  const [turnedA, turnedB] = [node.integer('transA', 0) !== 0, node.integer('transB', 0) !== 0];
  const depth = node.shape(0)[turnedA ? 0 : 1];
  const [alpha, beta] = [node.float('alpha', 1), node.float('beta', 1)];
  const added = c === undefined ? undefined : spread(c, node.shape(2), [height, width]);
  const result = new Float64Array(height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let index = 0; index < depth; index++) {
        sum +=
          a[turnedA ? index * height + row : row * depth + index] *
          b[turnedB ? column * depth + index : index * width + column];
      }
      result[row * width + column] = alpha * sum + beta * (added?.[row * width + column] ?? 0);
    }
  }
  return [toTensorData(elementType, result)];
};
