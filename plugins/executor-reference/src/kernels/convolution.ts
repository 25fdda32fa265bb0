import type { TensorData } from '@autodnnchip/core';
import { widen, widenRows } from './widen.js';

/** Extents of a convolution; feature maps are N C H W, weights K C/group R S. */
export interface ConvolutionShape {
  readonly batch: number;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
  readonly outputChannels: number;
  readonly outputRows: number;
  readonly outputColumns: number;
  readonly group: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** [top, left, bottom, right] */
  readonly padding: readonly [number, number, number, number];
}

/** Elements of the patch tile: 256 KB of float64, about a second-level cache. */
const tileElements = 32768;

/**
 * Sums of products of a convolution, `[N K P Q]` as float64, without bias: of `x - inputZero` and `w - weightZeros[k]`.
 * Padding counts as the input's zero. For 8-bit values every sum is exact; for float32 values it is a float64 sum.
 */
export function convolutionSums(
  shape: ConvolutionShape,
  input: TensorData,
  inputZero: number,
  weights: TensorData,
  weightZeros?: Int32Array,
): Float64Array {
  const source = widen(input, inputZero);
  const taps = widenRows(weights, shape.outputChannels, weightZeros);
  const result = new Float64Array(shape.batch * shape.outputChannels * shape.outputRows * shape.outputColumns);
  const channelsPerGroup = shape.channels / shape.group;
  for (let image = 0; image < shape.batch; image++) {
    const imageOffset = image * shape.channels * shape.rows * shape.columns;
    const resultOffset = image * shape.outputChannels * shape.outputRows * shape.outputColumns;
    if (channelsPerGroup === 1) depthwiseSums(shape, source, imageOffset, taps, result, resultOffset);
    else
      for (let group = 0; group < shape.group; group++)
        groupSums(shape, source, imageOffset, taps, result, resultOffset, group);
  }
  return result;
}

/**
 * One group: pixel patches are gathered tile by tile and multiplied with the weights, 4 channels by 2 pixels at a time.
 */
function groupSums(
  shape: ConvolutionShape,
  source: Float64Array,
  imageOffset: number,
  taps: Float64Array,
  result: Float64Array,
  resultOffset: number,
  group: number,
): void {
  const depth = (shape.channels / shape.group) * shape.kernel[0] * shape.kernel[1];
  const outputs = shape.outputChannels / shape.group;
  const pixels = shape.outputRows * shape.outputColumns;
  const tile = Math.min(pixels + (pixels & 1), Math.max(8, Math.floor(tileElements / depth) & ~1));
  const patches = new Float64Array(tile * depth);
  const packed = new Float64Array(Math.ceil(outputs / 4) * 4 * depth);
  packed.set(taps.subarray(group * outputs * depth, (group + 1) * outputs * depth));
  const plane = resultOffset + group * outputs * pixels;
  for (let first = 0; first < pixels; first += tile) {
    const count = Math.min(tile, pixels - first);
    gatherPatches(
      shape,
      source,
      imageOffset + group * (shape.channels / shape.group) * shape.rows * shape.columns,
      first,
      count,
      depth,
      patches,
    );
    multiplyTile(packed, patches, depth, outputs, count, result, plane + first, pixels);
  }
}

/** Patches of pixels [first, first + count), one row of `depth` values per pixel. */
function gatherPatches(
  shape: ConvolutionShape,
  source: Float64Array,
  offset: number,
  first: number,
  count: number,
  depth: number,
  patches: Float64Array,
): void {
  const { rows, columns, outputColumns } = shape;
  const [kernelRows, kernelColumns] = shape.kernel;
  const [strideRows, strideColumns] = shape.stride;
  const [dilationRows, dilationColumns] = shape.dilation;
  const area = rows * columns;
  const channels = depth / (kernelRows * kernelColumns);
  for (let pixel = 0; pixel < count; pixel++) {
    const row = Math.floor((first + pixel) / outputColumns);
    const top = row * strideRows - shape.padding[0];
    const left = (first + pixel - row * outputColumns) * strideColumns - shape.padding[1];
    let at = pixel * depth;
    for (let channel = 0; channel < channels; channel++) {
      for (let r = 0; r < kernelRows; r++) {
        const y = top + r * dilationRows;
        const line = offset + channel * area + y * columns;
        const inside = y >= 0 && y < rows;
        for (let s = 0; s < kernelColumns; s++) {
          const x = left + s * dilationColumns;
          patches[at++] = inside && x >= 0 && x < columns ? source[line + x] : 0;
        }
      }
    }
  }
}

/**
 * result[start + k * pitch + pixel] = weights[k] . patches[pixel]; weights are padded with zero rows to a multiple of
 * 4.
 */
function multiplyTile(
  weights: Float64Array,
  patches: Float64Array,
  depth: number,
  outputs: number,
  count: number,
  result: Float64Array,
  start: number,
  pitch: number,
): void {
  for (let k = 0; k < outputs; k += 4) {
    const w0 = k * depth;
    const w1 = w0 + depth;
    const w2 = w1 + depth;
    const w3 = w2 + depth;
    for (let pixel = 0; pixel < count; pixel += 2) {
      const left = pixel * depth;
      const right = left + depth;
      let a0 = 0,
        a1 = 0,
        a2 = 0,
        a3 = 0,
        b0 = 0,
        b1 = 0,
        b2 = 0,
        b3 = 0;
      for (let index = 0; index < depth; index++) {
        const x = patches[left + index];
        const y = patches[right + index];
        const u0 = weights[w0 + index];
        const u1 = weights[w1 + index];
        const u2 = weights[w2 + index];
        const u3 = weights[w3 + index];
        a0 += x * u0;
        a1 += x * u1;
        a2 += x * u2;
        a3 += x * u3;
        b0 += y * u0;
        b1 += y * u1;
        b2 += y * u2;
        b3 += y * u3;
      }
      const at = start + k * pitch + pixel;
      const second = pixel + 1 < count;
      result[at] = a0;
      if (second) result[at + 1] = b0;
      if (k + 1 < outputs) {
        result[at + pitch] = a1;
        if (second) result[at + pitch + 1] = b1;
      }
      if (k + 2 < outputs) {
        result[at + 2 * pitch] = a2;
        if (second) result[at + 2 * pitch + 1] = b2;
      }
      if (k + 3 < outputs) {
        result[at + 3 * pitch] = a3;
        if (second) result[at + 3 * pitch + 1] = b3;
      }
    }
  }
}

/** One input channel per group: every weight is applied along whole output rows. */
function depthwiseSums(
  shape: ConvolutionShape,
  source: Float64Array,
  imageOffset: number,
  taps: Float64Array,
  result: Float64Array,
  resultOffset: number,
): void {
  const { rows, columns, outputRows, outputColumns } = shape;
  const [kernelRows, kernelColumns] = shape.kernel;
  const [strideRows, strideColumns] = shape.stride;
  const multiplier = shape.outputChannels / shape.group;
  for (let k = 0; k < shape.outputChannels; k++) {
    const plane = imageOffset + Math.floor(k / multiplier) * rows * columns;
    const target = resultOffset + k * outputRows * outputColumns;
    for (let r = 0; r < kernelRows; r++) {
      for (let s = 0; s < kernelColumns; s++) {
        const weight = taps[(k * kernelRows + r) * kernelColumns + s];
        const shift = s * shape.dilation[1] - shape.padding[1];
        const from = Math.max(0, Math.ceil(-shift / strideColumns));
        const to = Math.min(outputColumns, Math.floor((columns - 1 - shift) / strideColumns) + 1);
        for (let p = 0; p < outputRows; p++) {
          const y = p * strideRows + r * shape.dilation[0] - shape.padding[0];
          if (y < 0 || y >= rows) continue;
          const line = plane + y * columns + shift;
          const at = target + p * outputColumns;
          for (let q = from; q < to; q++) result[at + q] += weight * source[line + q * strideColumns];
        }
      }
    }
  }
}
