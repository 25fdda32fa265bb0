import type { WindowGeometry } from '@autodnnchip/core/engine';

import type { ConvEngineValues } from './conv-values.js';
import { chunkSteps, type ConvMapping, type PartitionMapping } from './conv-mapping.js';

/** Instructions that emitting takes at least: tasks and stores exactly, loads as far as they follow from those. */
export function leastConvInstructions(
  { outputHeight, outputWidth }: WindowGeometry,
  mapping: ConvMapping,
  configuration: ConvEngineValues,
): number {
  const tiles = Math.ceil(outputHeight / mapping.tileHeight) * Math.ceil(outputWidth / mapping.tileWidth);
  return mapping.partitions.reduce((sum, partition) => sum + ofPartition(partition, mapping, tiles, configuration), 0);
}

/**
 * Each tile's part of each chunk is loaded once at least; weights with each tile where the buffer does not keep them
 * (`BufferRing`).
 */
function ofPartition(
  { groups, chunks }: PartitionMapping,
  mapping: ConvMapping,
  tiles: number,
  { weightDepth }: ConvEngineValues,
): number {
  const { rangeGroups, weightBatch, storeBatch, order } = mapping;
  const [wholeRanges, rest] = [Math.floor(groups / rangeGroups), groups % rangeGroups];
  const batches = (size: number): number => wholeRanges * Math.ceil(rangeGroups / size) + Math.ceil(rest / size);
  const weightLoads = batches(weightBatch) * chunks.length;
  const comeBack =
    order === 'tilesOuter' ? weightLoads : Math.ceil(Math.min(rangeGroups, groups) / weightBatch) * chunks.length;
  const kept = Math.floor(
    weightDepth / (weightBatch * chunks.reduce((most, chunk) => Math.max(most, chunkSteps(chunk)), 1)),
  );
  // A last range with fewer groups may be kept where the others are not.
  const again =
    comeBack <= kept
      ? 0
      : order === 'tilesOuter'
        ? weightLoads
        : wholeRanges * Math.ceil(rangeGroups / weightBatch) * chunks.length;
  return tiles * (chunks.length * (groups + 1) + batches(storeBatch)) + weightLoads + (tiles - 1) * again;
}
