import type { TensorData } from '@autodnnchip/core';

/**
 * Values as float64 with `zero` subtracted. Every kernel computes on float64 arrays: sums of products of 8-bit values
 * are exact in them, so one loop serves integer and float networks, and the engine sees one array type only.
 */
export function widen(data: TensorData, zero = 0): Float64Array {
  const result = new Float64Array(data.length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (let index = 0; index < data.length; index++) result[index] = Number(data[index]) - zero;
    return result;
  }
  result.set(data);
  if (zero !== 0) for (let index = 0; index < result.length; index++) result[index] -= zero;
  return result;
}

/** Values `[rows, columns]` as float64 with a zero per row subtracted (one zero for all rows, or none). */
export function widenRows(data: TensorData, rows: number, zeros: Int32Array | undefined): Float64Array {
  if (zeros === undefined || zeros.length === 1) return widen(data, zeros?.[0] ?? 0);
  const result = widen(data);
  const columns = result.length / rows;
  for (let row = 0; row < rows; row++) {
    const zero = zeros[row];
    if (zero !== 0) for (let index = row * columns; index < (row + 1) * columns; index++) result[index] -= zero;
  }
  return result;
}
