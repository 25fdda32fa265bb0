import { elementCount, type ElementType, type TensorData } from '@autodnnchip/core';
import { allocate } from './data-types.js';

/** Values of `source` at `indices`. */
export function pick(elementType: ElementType, source: TensorData, indices: ArrayLike<number>): TensorData {
  const result = allocate(elementType, indices.length);
  // Both arrays have the same constructor: the element type decides it.
  const [from, to] = [source as Uint8Array, result as Uint8Array];
  for (let index = 0; index < indices.length; index++) to[index] = from[indices[index]];
  return result;
}

/** Flat indices of a strided view: `start + sum(position[d] * strides[d])` for every position in `shape`, row-major. */
export function stridedIndices(shape: readonly number[], strides: readonly number[], start = 0): Int32Array {
  const result = new Int32Array(elementCount(shape));
  const position = new Array<number>(shape.length).fill(0);
  let source = start;
  for (let index = 0; index < result.length; index++) {
    result[index] = source;
    for (let dimension = shape.length - 1; dimension >= 0; dimension--) {
      source += strides[dimension];
      if (++position[dimension] < shape[dimension]) break;
      source -= strides[dimension] * shape[dimension];
      position[dimension] = 0;
    }
  }
  return result;
}

/** Distance between neighbours along each dimension of a row-major tensor. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let index = shape.length - 2; index >= 0; index--) strides[index] = strides[index + 1] * shape[index + 1];
  return strides;
}

/** Values with their dimensions in the order of `permutation`. */
export function transposeData(
  elementType: ElementType,
  data: TensorData,
  shape: readonly number[],
  permutation: readonly number[],
): TensorData {
  const strides = stridesOf(shape);
  return pick(
    elementType,
    data,
    stridedIndices(
      permutation.map(axis => shape[axis]),
      permutation.map(axis => strides[axis]),
    ),
  );
}
