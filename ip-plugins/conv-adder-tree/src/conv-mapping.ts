import type { ConvPartition } from './conv-partitions.js';

/**
 * Part of a reduction whose weights are in the buffer at once. Ranges within the kernel, the repeats and the
 * partition's blocks.
 */
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
  /** Output rows and columns of a tile. */
  readonly tileHeight: number;
  readonly tileWidth: number;
  /**
   * `rangesOuter`: for each range of K-groups, all tiles; `tilesOuter`: for each tile, all ranges. Chunks, then
   * K-groups of the range, inside.
   */
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
}

export interface PartitionMapping extends ConvPartition {
  readonly chunks: readonly ReductionChunk[];
  /** Weight rows of one K-group, all chunks. */
  readonly steps: number;
  /** First weight row of the partition in the layer's weights. */
  readonly firstRow: number;
}
