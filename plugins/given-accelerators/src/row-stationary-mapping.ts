import type { LayerWork } from './layer-work.js';
import { folds, type Facts } from './model.js';

/** A layer as a convolution of one group, in the sizes that a mapping cuts. */
export interface Convolution {
  readonly groups: number;
  /** Of one group. */
  readonly filters: number;
  readonly channels: number;
  readonly kernelRows: number;
  readonly kernelColumns: number;
  /** Of rows; that of columns is in `inputColumns`. */
  readonly stride: number;
  /** Rows from the first that a window covers to the last. */
  readonly windowRows: number;
  readonly outputRows: number;
  readonly outputColumns: number;
  /** Columns of the input that outputs need, padding included: the buffer holds padded maps. */
  readonly inputColumns: number;
}

/**
 * How a convolution lies on a row-stationary array; the letters are those of the Eyeriss publication: `outputChannels` m
 * filters whose partial sums are in the buffer, `images` n, `outputRows` e per pass, `filters` p and `channels` q per
 * processing element, `channelSets` r and `filterSets` t in the array.
 */
export interface RowStationaryMapping {
  readonly outputChannels: number;
  readonly images: number;
  readonly outputRows: number;
  readonly filters: number;
  readonly channels: number;
  readonly channelSets: number;
  readonly filterSets: number;
}

/** What a mapping makes of a layer. A tile is what shares the partial sums in the buffer, a slice the channels of a tile that are in the array together. */
export interface RowStationaryFit {
  readonly convolution: Convolution;
  readonly mapping: RowStationaryMapping;
  /** Tiles of all groups, filters, rows and images. */
  readonly tiles: number;
  readonly slicesPerTile: number;
  readonly passesPerSlice: number;
  readonly activeElements: number;
  /** Array cycles of the longest of a pass's streams, for one image. */
  readonly imageCycles: number;
  /** From the end of a pass in the first row of elements to its end in the last. */
  readonly drainCycles: number;
  /** Weights, and the first window of the inputs, into the scratchpads. */
  readonly fillCycles: number;
  readonly passWeightWords: number;
  /** Of a slice, all its images: what is read from external memory into the buffer. */
  readonly sliceInputWords: number;
  /** Sums of a tile, all its images. */
  readonly tileSums: number;
  /** Of the whole batch, before coding. */
  readonly externalWords: { readonly inputs: number; readonly weights: number; readonly outputs: number };
  /** Of the whole batch: inputs to the array, and partial sums read and written. */
  readonly bufferWords: { readonly inputs: number; readonly sums: number };
  /** Of the whole batch: words on the networks between buffer and elements, and sums from an element to the next. */
  readonly networkWords: number;
  /** Of the whole batch: words put into scratchpads. */
  readonly scratchpadFills: number;
  readonly arrayCycles: number;
}

/** The layer's convolution; a fully connected layer is one of kernel 1 x 1 on one pixel. Undefined for what the array does not compute. */
export function convolutionOf(layer: LayerWork): Convolution | undefined {
  if (layer.kind === 'fullyConnected') {
    return { groups: 1, filters: layer.outputElements, channels: layer.inputElements, kernelRows: 1, kernelColumns: 1, stride: 1, windowRows: 1, outputRows: 1, outputColumns: 1, inputColumns: 1 };
  }
  if (layer.kind !== 'convolution' && layer.kind !== 'depthwise') return undefined;
  const { groups, kernelRows, kernelColumns, strideRows, strideColumns, dilationRows, dilationColumns, outputRows, outputColumns } = layer;
  return {
    groups, filters: layer.outputChannels / groups, channels: layer.inputChannels / groups, kernelRows, kernelColumns, outputRows, outputColumns,
    stride: strideRows, windowRows: (kernelRows - 1) * dilationRows + 1,
    inputColumns: (outputColumns - 1) * strideColumns + (kernelColumns - 1) * dilationColumns + 1,
  };
}

/** Rows of padded input that strips of `outputRows` read, each strip on its own. */
function inputRowsRead({ outputRows: rows, stride, windowRows }: Convolution, outputRows: number): number {
  return (rows - folds(rows, outputRows)) * stride + folds(rows, outputRows) * windowRows;
}

/** Sets of kernel rows x e elements that the array holds: a set wider than the array is cut into pieces, one below the other. */
function setsOf({ kernelRows }: Convolution, outputRows: number, facts: Facts): number {
  const columns = facts['arrayColumns'];
  const below = Math.floor(facts['arrayRows'] / kernelRows);
  return outputRows <= columns ? below * Math.floor(columns / outputRows) : Math.floor(below / folds(outputRows, columns));
}

/** A bank of the buffer holds inputs or sums, never both. */
function banks(words: number, facts: Facts): number {
  return folds(2 * words, facts['bufferBankBytes']);
}

function inputBanks(convolution: Convolution, { images, outputRows, channels, channelSets }: Omit<RowStationaryMapping, 'outputChannels' | 'filters' | 'filterSets'>, facts: Facts): number {
  const rows = (outputRows - 1) * convolution.stride + convolution.windowRows;
  return banks(images * channels * channelSets * rows * convolution.inputColumns, facts);
}

/** Passes, cycles and words of a mapping; undefined where it does not fit array, scratchpads or buffer. */
export function fitMapping(convolution: Convolution, mapping: RowStationaryMapping, batch: number, facts: Facts): RowStationaryFit | undefined {
  const { outputChannels: m, images: n, outputRows: e, filters: p, channels: q, channelSets: r, filterSets: t } = mapping;
  const { groups, kernelRows, kernelColumns, outputRows, outputColumns, inputColumns, stride, windowRows } = convolution;
  if (r * t > setsOf(convolution, e, facts)) return undefined;
  if (p * q * kernelColumns > facts['weightScratchpadWords'] || q * kernelColumns > facts['inputScratchpadWords'] || p > facts['sumScratchpadWords']) return undefined;
  if (inputBanks(convolution, mapping, facts) + banks(n * m * e * outputColumns, facts) > facts['bufferBanks']) return undefined;
  const passWeightWords = p * t * q * r * kernelRows * kernelColumns;
  if (2 * passWeightWords > facts['weightBufferBytes']) return undefined;
  const tilesOfFilters = folds(convolution.filters, m);
  const strips = folds(outputRows, e);
  const tiles = groups * tilesOfFilters * strips * folds(batch, n);
  const slicesPerTile = folds(convolution.channels, q * r);
  const passesPerSlice = folds(m, p * t);
  const inputRows = (e - 1) * stride + windowRows;
  const windowCycles = p * q * kernelColumns;
  const mapWords = groups * batch * convolution.channels * inputRowsRead(convolution, e) * inputColumns;
  const weights = groups * convolution.filters * convolution.channels * kernelRows * kernelColumns;
  const outputs = groups * batch * convolution.filters * outputRows * outputColumns;
  const bufferWords = { inputs: mapWords * tilesOfFilters * passesPerSlice, sums: 2 * outputs * slicesPerTile };
  const externalWords = { inputs: mapWords * tilesOfFilters, weights: weights * folds(batch, n) * strips, outputs };
  const passes = tiles * slicesPerTile * passesPerSlice;
  const activeElements = r * t * e * kernelRows;
  const imageCycles = Math.max(windowCycles * outputColumns, q * r * inputRows * inputColumns / facts['inputBusWords'], p * t * e * outputColumns / facts['sumBusWords']);
  // A row of elements takes a window's sums from the row above when they are complete: all but the last p of a window's cycles later.
  const drainCycles = (kernelRows * r - 1) * (windowCycles - p + 1);
  const fillCycles = Math.max(passWeightWords / facts['weightBusWords'], q * r * inputRows * kernelColumns / facts['inputBusWords']);
  return {
    convolution, mapping, tiles, slicesPerTile, passesPerSlice, activeElements, imageCycles, drainCycles, fillCycles, passWeightWords,
    sliceInputWords: n * q * r * inputRows * inputColumns, tileSums: n * m * e * outputColumns, externalWords, bufferWords,
    networkWords: bufferWords.inputs + bufferWords.sums + externalWords.weights + outputs * slicesPerTile * (kernelRows * r - 1),
    scratchpadFills: passes * activeElements * (p * q * kernelColumns + n * q * inputColumns),
    arrayCycles: passes * (n * imageCycles + Math.max(drainCycles, fillCycles)),
  };
}

/** Energy on the chip without external memory, pJ, zeros counted as any value. */
function chipPicojoules(fit: RowStationaryFit, facts: Facts): number {
  return facts['bufferPicojoulesPerWord'] * (fit.bufferWords.inputs + fit.bufferWords.sums)
    + facts['networkPicojoulesPerWord'] * fit.networkWords
    + facts['scratchpadPicojoulesPerWord'] * fit.scratchpadFills
    + facts['staticMilliwatts'] * 1e3 / facts['clockMegahertz'] * fit.arrayCycles;
}

/**
 * The mapping that moves the fewest words over the link to external memory, of those the one with the least energy on the
 * chip, of those the one with the fewest cycles. Undefined where no mapping fits (a kernel larger than array or scratchpads).
 */
export function findMapping(convolution: Convolution, batch: number, facts: Facts): RowStationaryFit | undefined {
  let best: RowStationaryFit | undefined;
  let bestPicojoules = Infinity;
  for (const tile of tilesOfLeastTraffic(convolution, batch, facts)) {
    for (const inner of innerMappings(convolution, tile, facts)) {
      const fit = fitMapping(convolution, { ...tile, ...inner }, batch, facts);
      if (fit === undefined) continue;
      const picojoules = chipPicojoules(fit, facts);
      if (picojoules < bestPicojoules || (picojoules === bestPicojoules && best !== undefined && fit.arrayCycles < best.arrayCycles)) {
        best = fit;
        bestPicojoules = picojoules;
      }
    }
  }
  return best;
}

type TileSizes = Pick<RowStationaryMapping, 'outputChannels' | 'images' | 'outputRows'>;
type InnerSizes = Omit<RowStationaryMapping, keyof TileSizes>;

/** Sizes of tiles that fit the buffer and need the fewest external words. More filters at once never need more words. */
function tilesOfLeastTraffic(convolution: Convolution, batch: number, facts: Facts): readonly TileSizes[] {
  let least = Infinity;
  let tiles: TileSizes[] = [];
  const { groups, filters, channels, kernelRows, kernelColumns, outputRows: rows } = convolution;
  for (const outputRows of evenSizes(rows)) {
    if (setsOf(convolution, outputRows, facts) < 1) continue;
    for (let images = 1; images <= batch; images += 1) {
      if (batch % images !== 0) continue;
      const free = facts['bufferBanks'] - inputBanks(convolution, { images, outputRows, channels: 1, channelSets: 1 }, facts);
      const outputChannels = mostFilters(filters, (size) => banks(images * size * outputRows * convolution.outputColumns, facts) <= free);
      if (outputChannels === undefined) continue;
      const words = groups * folds(filters, outputChannels) * batch * channels * inputRowsRead(convolution, outputRows) * convolution.inputColumns
        + groups * filters * channels * kernelRows * kernelColumns * (batch / images) * folds(rows, outputRows);
      if (words < least) tiles = [];
      if (words <= least) tiles.push({ outputChannels, images, outputRows });
      least = Math.min(least, words);
    }
  }
  return tiles;
}

/** The most filters that fit and leave no smaller last tile; where that is less than half of what fits, the most that fit. */
function mostFilters(filters: number, fits: (size: number) => boolean): number | undefined {
  const most = evenSizes(filters).find(fits);
  const exact = evenSizes(filters).find((size) => filters % size === 0 && fits(size));
  return most !== undefined && exact !== undefined && 2 * exact >= most ? exact : most;
}

/** Sizes of parts when a dimension is cut into 1, 2, 3 ... parts of nearly equal size, each size once. */
function evenSizes(dimension: number): readonly number[] {
  const sizes: number[] = [];
  for (let parts = 1; parts <= dimension;) {
    const size = folds(dimension, parts);
    sizes.push(size);
    if (size === 1) break;
    parts = folds(dimension, size - 1);
  }
  return sizes;
}

/** Ways to put a tile on the array; sizes that only add idle elements are left out. */
function* innerMappings(convolution: Convolution, { outputChannels, outputRows }: TileSizes, facts: Facts): Generator<InnerSizes> {
  const sets = setsOf(convolution, outputRows, facts);
  const { kernelColumns } = convolution;
  const mostChannels = Math.min(convolution.channels, Math.floor(facts['inputScratchpadWords'] / kernelColumns));
  for (let channels = 1; channels <= mostChannels; channels += 1) {
    for (const channelSets of evenSizes(folds(convolution.channels, channels))) {
      if (channelSets > sets) continue;
      for (const filterSets of evenSizes(outputChannels)) {
        if (filterSets * channelSets > sets) continue;
        const most = Math.min(facts['sumScratchpadWords'], Math.floor(facts['weightScratchpadWords'] / (channels * kernelColumns)));
        // More filters per element read inputs less often; the next smaller size may leave fewer elements idle in the last pass.
        const sizes = evenSizes(folds(outputChannels, filterSets)).filter((size) => size <= most).slice(0, 2);
        for (const filters of sizes) yield { filters, channels, channelSets, filterSets };
      }
    }
  }
}
