import type { WindowAttributes } from '@autodnnchip/core';

/** Extents of a pooling: `planes` is N * C. */
export interface PoolingShape {
  readonly planes: number;
  readonly rows: number;
  readonly columns: number;
  readonly outputRows: number;
  readonly outputColumns: number;
}

/** Largest value under each window, `[planes P Q]`; padding never wins. */
export function maximumPool(shape: PoolingShape, window: WindowAttributes, source: Float64Array): Float64Array {
  const result = new Float64Array(shape.planes * shape.outputRows * shape.outputColumns).fill(-Infinity);
  forEachTap(shape, window, (at, line, from, to, stride) => {
    for (let q = from; q < to; q++) {
      const value = source[line + q * stride];
      if (value > result[at + q]) result[at + q] = value;
    }
  });
  return result;
}

/** Sum under each window, `[planes P Q]`; padding counts as 0. */
export function sumPool(shape: PoolingShape, window: WindowAttributes, source: Float64Array): Float64Array {
  const result = new Float64Array(shape.planes * shape.outputRows * shape.outputColumns);
  forEachTap(shape, window, (at, line, from, to, stride) => {
    for (let q = from; q < to; q++) result[at + q] += source[line + q * stride];
  });
  return result;
}

/**
 * For every plane, kernel tap and output row: its offset in the output, that of its input, and the output columns that
 * lie inside.
 */
function forEachTap(
  shape: PoolingShape,
  window: WindowAttributes,
  visit: (at: number, line: number, from: number, to: number, stride: number) => void,
): void {
  const stride = window.stride[1];
  for (let plane = 0; plane < shape.planes; plane++) {
    for (let p = 0; p < shape.outputRows; p++) {
      const at = (plane * shape.outputRows + p) * shape.outputColumns;
      for (let r = 0; r < window.kernel[0]; r++) {
        const y = p * window.stride[0] + r * window.dilation[0] - window.padding[0];
        if (y < 0 || y >= shape.rows) continue;
        for (let s = 0; s < window.kernel[1]; s++) {
          const shift = s * window.dilation[1] - window.padding[1];
          const from = Math.max(0, Math.ceil(-shift / stride));
          const to = Math.min(shape.outputColumns, Math.floor((shape.columns - 1 - shift) / stride) + 1);
          visit(at, (plane * shape.rows + y) * shape.columns + shift, from, to, stride);
        }
      }
    }
  }
}

/**
 * How many values each window's mean is over, `[P Q]`. Padding counts where `countIncludePad` says so; what a window
 * reaches beyond the padding (ceil mode) never does.
 */
export function windowCounts(shape: PoolingShape, window: WindowAttributes, countIncludePad: boolean): Int32Array {
  const rows = axisCounts(shape.outputRows, shape.rows, window, 0, countIncludePad);
  const columns = axisCounts(shape.outputColumns, shape.columns, window, 1, countIncludePad);
  const counts = new Int32Array(rows.length * columns.length);
  for (let p = 0; p < rows.length; p++) {
    for (let q = 0; q < columns.length; q++) counts[p * columns.length + q] = rows[p] * columns[q];
  }
  return counts;
}

function axisCounts(
  outputs: number,
  extent: number,
  window: WindowAttributes,
  axis: 0 | 1,
  countIncludePad: boolean,
): Int32Array {
  const low = countIncludePad ? -window.padding[axis] : 0;
  const high = countIncludePad ? extent + window.padding[axis + 2] : extent;
  return Int32Array.from({ length: outputs }, (_, output) => {
    const start = output * window.stride[axis] - window.padding[axis];
    let count = 0;
    for (let tap = 0; tap < window.kernel[axis]; tap++) {
      const at = start + tap * window.dilation[axis];
      if (at >= low && at < high) count++;
    }
    return count;
  });
}
