import { ChipError } from '@autodnnchip/core/errors';
import {
  largestCoordinate,
  largestSpan,
  tileExtents,
  type MaximumWork,
  type Plan,
  type TransferCost,
} from '@autodnnchip/core/engine';

import { taskOverheadCycles } from './pool-pipeline.js';
import type { PoolValues } from './pool-values.js';
import { passing } from './pool-work.js';

/** A tile: rows and columns of results, and channel blocks of a task. */
export interface PoolMapping {
  readonly tileHeight: number;
  readonly tileWidth: number;
  readonly rangeBlocks: number;
}

/** Instructions that one tile brings along: load, task, store. */
const instructionsPerTile = 3;

/** Most blocks that a task can name. */
const mostPlanes = 2 ** 13 - 1;

/** The tiling with the fewest estimated cycles. Throws ADC3201 where nothing fits. */
export function planPool(work: MaximumWork, values: PoolValues, cost: TransferCost): Plan {
  const { window, inputs } = work;
  const [{ blocks }] = inputs;
  let best: { readonly cycles: number; readonly mapping: PoolMapping } | undefined;
  for (const rangeBlocks of tileExtents(blocks)) {
    for (const tileWidth of tileExtents(window.outputWidth)) {
      for (const tileHeight of tileExtents(window.outputHeight)) {
        const mapping = { tileHeight, tileWidth, rangeBlocks };
        if (!fits(work, mapping, values)) continue;
        const cycles = tilingCycles(work, mapping, values, cost);
        if (best === undefined || cycles < best.cycles) best = { cycles, mapping };
      }
    }
  }
  if (best === undefined) throw nothingFits(work, values);
  return {
    ...best,
    constantWords: [],
    leastInstructions: instructionsPerTile * tileCount(work, best.mapping),
  };
}

function tileCount({ window, inputs }: MaximumWork, { tileHeight, tileWidth, rangeBlocks }: PoolMapping): number {
  return (
    Math.ceil(window.outputHeight / tileHeight) *
    Math.ceil(window.outputWidth / tileWidth) *
    Math.ceil(inputs[0].blocks / rangeBlocks)
  );
}

/** Rows and columns of the feature map in the largest tile. */
function largestTile(
  { window }: MaximumWork,
  { tileHeight, tileWidth }: PoolMapping,
): { readonly rows: number; readonly columns: number } {
  return {
    rows: largestSpan(tileHeight, window.kernelHeight, window.strideY, 1, window.inputHeight),
    columns: largestSpan(tileWidth, window.kernelWidth, window.strideX, 1, window.inputWidth),
  };
}

function fits(work: MaximumWork, mapping: PoolMapping, values: PoolValues): boolean {
  const { tileHeight, tileWidth, rangeBlocks } = mapping;
  const { rows, columns } = largestTile(work, mapping);
  const { kernelHeight, kernelWidth, strideY, strideX } = work.window;
  return (
    tileWidth <= values.poolLineDepth &&
    rangeBlocks <= mostPlanes &&
    rangeBlocks * rows * columns <= values.poolInputDepth &&
    rangeBlocks * tileHeight * tileWidth <= values.poolOutputDepth &&
    Math.max(passing(tileHeight, kernelHeight, strideY), passing(tileWidth, kernelWidth, strideX)) <= largestCoordinate
  );
}

/** Estimated cycles: what takes longest of reading, passing and writing, and what cannot run beside it. */
function tilingCycles(work: MaximumWork, mapping: PoolMapping, values: PoolValues, cost: TransferCost): number {
  const { window } = work;
  const { channelBlock, poolInputDepth, poolOutputDepth } = values;
  const { tileHeight, tileWidth, rangeBlocks } = mapping;
  const tiles = tileCount(work, mapping);
  const { rows, columns } = largestTile(work, mapping);
  const words = rangeBlocks * rows * columns;
  const results = rangeBlocks * tileHeight * tileWidth;
  const loadRuns = columns === window.inputWidth ? rangeBlocks : rangeBlocks * rows;
  const storeRuns = tileWidth === window.outputWidth ? rangeBlocks : rangeBlocks * tileHeight;
  const load = cost.load(loadRuns, (words * channelBlock) / loadRuns);
  const store = cost.store(storeRuns, (results * channelBlock) / storeRuns);
  const task =
    rangeBlocks *
      passing(tileHeight, window.kernelHeight, window.strideY) *
      passing(tileWidth, window.kernelWidth, window.strideX) +
    taskOverheadCycles;
  const loadAlone = 2 * words > poolInputDepth && tiles > 1 ? load + cost.loadLatency : 0;
  const storeAlone = 2 * results > poolOutputDepth && tiles > 1 ? store + cost.storeLatency : 0;
  return (
    tiles * Math.max(task + loadAlone + storeAlone, load, store, instructionsPerTile * cost.dispatch) +
    tiles * instructionsPerTile * cost.instruction +
    cost.loadLatency +
    load +
    store +
    cost.storeLatency
  );
}

function nothingFits({ name, operator, window }: MaximumWork, values: PoolValues): ChipError {
  const parameter =
    window.kernelHeight * window.kernelWidth > values.poolInputDepth ? 'poolInputDepth' : 'poolOutputDepth';
  return new ChipError(
    'ADC3201',
    `No tile of layer '${name}' (${operator}) fits: ${parameter} is ${values[parameter]}.`,
    { location: { node: name }, hint: `Give ${parameter} a larger value (--set ${parameter}=...).` },
  );
}
