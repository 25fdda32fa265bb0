import type { ConvPartition } from '../lowering/index.js';

/** Part of a reduction whose weights are in the buffer at once. Ranges within the kernel, the repeats and the partition's blocks. */
export interface ReductionChunk {
  readonly repeatBase: number;
  readonly repeats: number;
  readonly rowBase: number;
  readonly rows: number;
  readonly columnBase: number;
  readonly columns: number;
  readonly blockBase: number;
  readonly blocks: number;
}

/** Weight rows (steps) of a chunk for one K-group. */
export function chunkSteps(chunk: ReductionChunk): number {
  return chunk.repeats * chunk.rows * chunk.columns * chunk.blocks;
}

/** How a convolution runs on the conv engine. */
export interface ConvMapping {
  readonly engine: 'conv';
  /** Output rows and columns of a tile. */
  readonly tileHeight: number;
  readonly tileWidth: number;
  /** `rangesOuter`: for each range of K-groups, all tiles; `tilesOuter`: for each tile, all ranges. Chunks, then K-groups of the range, inside. */
  readonly order: 'rangesOuter' | 'tilesOuter';
  /** K-groups of a range. */
  readonly rangeGroups: number;
  /** K-groups whose weights one load brings. */
  readonly weightBatch: number;
  /** K-groups whose results one store takes. */
  readonly storeBatch: number;
  /** K-groups whose parameters one load brings. */
  readonly parameterBatch: number;
  readonly partitions: readonly PartitionMapping[];
  readonly weightAddress: number;
  readonly parameterAddress: number;
}

export interface PartitionMapping extends ConvPartition {
  readonly chunks: readonly ReductionChunk[];
  /** Weight rows of one K-group, all chunks. */
  readonly steps: number;
  /** First weight row of the partition in the layer's weights. */
  readonly firstRow: number;
}

/** How a layer runs on the lane engine: for each range of groups, all tiles. A group is laneBlocks channel blocks. */
export interface LaneMapping {
  readonly engine: 'lane';
  readonly tileHeight: number;
  readonly tileWidth: number;
  /** Groups of a range. */
  readonly rangeGroups: number;
  readonly weightAddress: number;
  readonly parameterAddress: number;
  readonly tableAddress: number;
}

/** Largest row or column within a tile that an instruction can name. */
export const largestCoordinate = 8191;

/** Input rows or columns that output positions [first, first + count) need, within the feature map. */
export interface InputSpan {
  readonly start: number;
  readonly count: number;
  /** Padding before `start`. */
  readonly padding: number;
}

/** One axis of a window: kernel taps [tapBase, tapBase + taps). */
export function inputSpan(
  first: number, count: number, tapBase: number, taps: number, stride: number, dilation: number, padding: number, extent: number,
): InputSpan {
  const begin = first * stride + tapBase * dilation - padding;
  const end = begin + (count - 1) * stride + (taps - 1) * dilation + 1;
  const start = Math.max(0, begin);
  const stop = Math.min(extent, end);
  // All of it is padding: one position is loaded and none is read.
  if (stop <= start) return { start: Math.min(start, extent - 1), count: 1, padding: end - begin };
  return { start, count: stop - start, padding: start - begin };
}

/** Most input positions that any tile of `count` outputs needs. */
export function largestSpan(count: number, taps: number, stride: number, dilation: number, extent: number): number {
  return Math.min(extent, (count - 1) * stride + (taps - 1) * dilation + 1);
}

/** Tile extents ceil(extent / n), largest first, each once. */
export function tileExtents(extent: number): number[] {
  const extents: number[] = [];
  let parts = 1;
  while (parts <= extent) {
    const size = Math.ceil(extent / parts);
    extents.push(size);
    if (size === 1) break;
    // Smallest number of parts with a smaller size.
    parts = Math.ceil(extent / (size - 1));
  }
  return extents;
}
