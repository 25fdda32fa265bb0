import { createTensorData, elementCount, type ElementType, type TensorData } from '@autodnnchip/core';

/** Distance in memory between neighbours along each dimension of a row-major array. */
function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** For each element of `shape`, row-major, its index in a source with these strides. */
function stridedIndices(shape: readonly number[], strides: readonly number[], offset = 0): Int32Array {
  const indices = new Int32Array(elementCount(shape));
  const position = shape.map(() => 0);
  let source = offset;
  for (let target = 0; target < indices.length; target++) {
    indices[target] = source;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      source += strides[axis];
      if (++position[axis] < shape[axis]) break;
      source -= strides[axis] * shape[axis];
      position[axis] = 0;
    }
  }
  return indices;
}

/**
 * For each element of `shape`, the index of its value in an operand broadcast to it; undefined where they are the same.
 */
export function broadcastIndices(operand: readonly number[], shape: readonly number[]): Int32Array | undefined {
  if (operand.length === shape.length && operand.every((extent, axis) => extent === shape[axis])) return undefined;
  const own = rowMajorStrides(operand);
  const lead = shape.length - operand.length;
  return stridedIndices(
    shape,
    shape.map((_, axis) => (axis < lead || operand[axis - lead] === 1 ? 0 : own[axis - lead])),
  );
}

/** Values picked by index. */
function gather(data: TensorData, indices: Int32Array, elementType: ElementType): TensorData {
  const result = createTensorData(elementType, indices.length);
  for (let index = 0; index < indices.length; index++) result[index] = data[indices[index]];
  return result;
}

/** Dimensions in another order: dimension i of the result is dimension `permutation[i]` of the source. */
export function transposed(
  data: TensorData,
  shape: readonly number[],
  permutation: readonly number[],
  elementType: ElementType,
): TensorData {
  const strides = rowMajorStrides(shape);
  return gather(
    data,
    stridedIndices(
      permutation.map(axis => shape[axis]),
      permutation.map(axis => strides[axis]),
    ),
    elementType,
  );
}

/** Constant padding; `before` may be negative (cropping), `value` is in the array's own units. */
export function padded(
  data: TensorData,
  shape: readonly number[],
  before: readonly number[],
  resultShape: readonly number[],
  value: number,
  elementType: ElementType,
): TensorData {
  const result = createTensorData(elementType, elementCount(resultShape));
  if (result instanceof BigInt64Array || result instanceof BigUint64Array) result.fill(BigInt(value));
  else result.fill(value);
  const low = before.map(amount => Math.max(0, amount));
  const extents = shape.map((extent, axis) =>
    Math.min(extent - Math.max(0, -before[axis]), resultShape[axis] - low[axis]),
  );
  if (extents.some(extent => extent <= 0)) return result;
  const sourceStrides = rowMajorStrides(shape);
  const targetStrides = rowMajorStrides(resultShape);
  const offsetOf = (strides: readonly number[], start: readonly number[]): number =>
    strides.reduce((sum, stride, axis) => sum + stride * start[axis], 0);
  const sources = stridedIndices(
    extents,
    sourceStrides,
    offsetOf(
      sourceStrides,
      before.map(amount => Math.max(0, -amount)),
    ),
  );
  const targets = stridedIndices(extents, targetStrides, offsetOf(targetStrides, low));
  for (let index = 0; index < sources.length; index++) result[targets[index]] = data[sources[index]];
  return result;
}

/** Reorg of N C H W: see `SpaceToDepthOperator` for the order of output channels. */
export function spaceToDepth(
  data: TensorData,
  shape: readonly number[],
  block: number,
  order: 'blocksFirst' | 'channelsFirst',
  elementType: ElementType,
): TensorData {
  const [batch, channels, rows, columns] = shape;
  const split = [batch, channels, rows / block, block, columns / block, block];
  return transposed(data, split, order === 'blocksFirst' ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4], elementType);
}

/** Arrays of one element type side by side along `axis`. */
export function concatenated(
  parts: readonly { data: TensorData; shape: readonly number[] }[],
  axis: number,
  elementType: ElementType,
): TensorData {
  const inner = elementCount(parts[0].shape.slice(axis + 1));
  const outer = elementCount(parts[0].shape.slice(0, axis));
  const result = createTensorData(
    elementType,
    parts.reduce((sum, part) => sum + part.data.length, 0),
  );
  let at = 0;
  for (let block = 0; block < outer; block++) {
    for (const part of parts) {
      const length = part.shape[axis] * inner;
      setValues(result, part.data.subarray(block * length, (block + 1) * length), at);
      at += length;
    }
  }
  return result;
}

function setValues(target: TensorData, source: TensorData, at: number): void {
  if (target instanceof BigInt64Array || target instanceof BigUint64Array) {
    target.set(source as BigInt64Array, at);
  } else {
    target.set(source as Float64Array, at);
  }
}
