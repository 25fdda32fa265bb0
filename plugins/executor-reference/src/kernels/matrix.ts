import type { TensorData } from '@autodnnchip/core';
import { widen } from './widen.js';

/**
 * Sums of products of a fully connected layer, `[M K]`: `x [M C]` less `inputZero` times the rows of `weights [K C]`
 * less their zeros. One row of weights is widened at a time: they are used only M times.
 */
export function fullyConnectedSums(
  batch: number,
  channels: number,
  outputs: number,
  input: TensorData,
  inputZero: number,
  weights: TensorData,
  weightZeros?: Int32Array,
): Float64Array {
  const source = widen(input, inputZero);
  const result = new Float64Array(batch * outputs);
  for (let k = 0; k < outputs; k++) {
    const row = widen(weights.subarray(k * channels, (k + 1) * channels), rowZero(weightZeros, k));
    for (let m = 0; m < batch; m++) result[m * outputs + k] = dotProduct(source, m * channels, row);
  }
  return result;
}

function rowZero(zeros: Int32Array | undefined, row: number): number {
  if (zeros === undefined) return 0;
  return zeros.length === 1 ? zeros[0] : zeros[row];
}

function dotProduct(source: Float64Array, offset: number, row: Float64Array): number {
  let even = 0;
  let odd = 0;
  let index = 0;
  for (; index + 1 < row.length; index += 2) {
    even += source[offset + index] * row[index];
    odd += source[offset + index + 1] * row[index + 1];
  }
  if (index < row.length) even += source[offset + index] * row[index];
  return even + odd;
}

/**
 * Float product of `[…, M, C]` and `[…, C, K]` with NumPy broadcasting of the leading dimensions; shapes as for ONNX
 * MatMul.
 */
export function matrixProduct(
  left: TensorData,
  leftShape: readonly number[],
  right: TensorData,
  rightShape: readonly number[],
  resultShape: readonly number[],
): Float64Array {
  const a = widen(left);
  const b = widen(right);
  const rowsByDepth = leftShape.length === 1 ? [1, leftShape[0]] : leftShape.slice(-2);
  const depthByColumns = rightShape.length === 1 ? [rightShape[0], 1] : rightShape.slice(-2);
  const [rows, depth] = rowsByDepth;
  const columns = depthByColumns[1];
  const batchRank = resultShape.length - (leftShape.length === 1 ? 0 : 1) - (rightShape.length === 1 ? 0 : 1);
  const batchShape = resultShape.slice(0, Math.max(0, batchRank));
  const result = new Float64Array(resultShape.reduce((product, extent) => product * extent, 1));
  const matrices = batchShape.reduce((product, extent) => product * extent, 1);
  for (let matrix = 0; matrix < matrices; matrix++) {
    const aOffset = batchOffset(matrix, batchShape, leftShape.slice(0, -2)) * rows * depth;
    const bOffset = batchOffset(matrix, batchShape, rightShape.slice(0, -2)) * depth * columns;
    for (let row = 0; row < rows; row++) {
      const target = (matrix * rows + row) * columns;
      for (let inner = 0; inner < depth; inner++) {
        const value = a[aOffset + row * depth + inner];
        const line = bOffset + inner * columns;
        for (let column = 0; column < columns; column++) result[target + column] += value * b[line + column];
      }
    }
  }
  return result;
}

/** Which matrix of an operand with batch dimensions `own` belongs to matrix `index` of the broadcast batch. */
function batchOffset(index: number, batch: readonly number[], own: readonly number[]): number {
  let offset = 0;
  let stride = 1;
  let rest = index;
  for (let axis = batch.length - 1; axis >= 0; axis--) {
    const position = rest % batch[axis];
    rest = Math.floor(rest / batch[axis]);
    const extent = own[axis - (batch.length - own.length)] ?? 1;
    if (extent > 1) offset += position * stride;
    stride *= extent;
  }
  return offset;
}
