import type { LayerWork } from './layer-work.js';
import { folds, type Facts } from './model.js';

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

/** What a mapping makes of a layer. */
export interface RowStationaryFit {
  readonly mapping: RowStationaryMapping;
  readonly passes: number;
  /** Multiply-accumulate cycles of one element in a pass. */
  readonly passCycles: number;
  readonly activeElements: number;
  /** Feature map words that a pass reads from the buffer. */
  readonly passInputWords: number;
  /** Partial sums that a pass reads and writes. */
  readonly passSums: number;
}

/** Passes, cycles and words of a mapping; undefined where it does not fit array, scratchpads or buffer. */
export function fitMapping(layer: LayerWork, mapping: RowStationaryMapping, batch: number, facts: Facts): RowStationaryFit | undefined {
  const { outputChannels: m, images: n, outputRows: e, filters: p, channels: q, channelSets: r, filterSets: t } = mapping;
  const rows = layer.kernelRows;
  const columnsOfArray = facts['arrayColumns'];
  // Sets of `rows` x e elements: a set wider than the array is cut into pieces below one another.
  const pieces = folds(e, columnsOfArray);
  const beside = e <= columnsOfArray ? Math.floor(columnsOfArray / e) : 1;
  const below = Math.floor(facts['arrayRows'] / rows);
  if (r * t * pieces > below * beside) return undefined;
  if (p * q * layer.kernelColumns > facts['weightScratchpadWords'] || q * layer.kernelColumns > facts['inputScratchpadWords']) return undefined;
  if (p > facts['sumScratchpadWords']) return undefined;
  const inputRows = (e - 1) * layer.stride + rows;
  const width = (layer.outputColumns - 1) * layer.stride + layer.kernelColumns;
  const passInputWords = q * r * inputRows * width;
  const words = n * (m * e * layer.outputColumns + passInputWords);
  if (2 * words > facts['bufferKilobytes'] * 1024) return undefined;
  const filters = layer.outputChannels / layer.groups;
  const channels = layer.inputChannels / layer.groups;
  const passes = layer.groups * folds(filters, p * t) * folds(channels, q * r) * folds(layer.outputRows, e) * batch;
  return {
    mapping, passes,
    passCycles: p * q * layer.kernelColumns * layer.outputColumns,
    activeElements: Math.min(r * t * e * rows, facts['arrayRows'] * columnsOfArray),
    passInputWords, passSums: p * t * e * layer.outputColumns,
  };
}

/** The mapping with the fewest array cycles, then the fewest buffer words. A published mapping is one of the candidates and wins ties. */
export function findMapping(layer: LayerWork, batch: number, facts: Facts): RowStationaryFit | undefined {
  const published = publishedMapping(layer, facts);
  const known = published === undefined ? undefined : fitMapping(layer, published, batch, facts);
  if (known !== undefined) return known;
  let best: RowStationaryFit | undefined;
  const cost = (fit: RowStationaryFit): number => fit.passes * (fit.passCycles + 1e-3 * (2 * fit.passSums + fit.passInputWords) / facts['bufferWordsPerCycle']);
  for (const mapping of candidates(layer, batch, facts)) {
    const fit = fitMapping(layer, mapping, batch, facts);
    if (fit !== undefined && (best === undefined || cost(fit) < cost(best))) best = fit;
  }
  return best;
}

function* candidates(layer: LayerWork, batch: number, facts: Facts): Generator<RowStationaryMapping> {
  const filtersOfGroup = layer.outputChannels / layer.groups;
  const channelsOfGroup = layer.inputChannels / layer.groups;
  const sets = Math.max(1, Math.floor(facts['arrayRows'] / layer.kernelRows)) * facts['arrayColumns'];
  const mostRows = Math.min(layer.outputRows, 2 * facts['arrayColumns']);
  for (let outputRows = mostRows; outputRows >= Math.max(1, mostRows - 21); outputRows -= 1) {
    for (let filters = Math.min(16, filtersOfGroup); filters >= 1; filters = filters > 4 ? filters - 4 : filters - 1) {
      for (let channels = 1; channels <= Math.min(facts['inputScratchpadWords'], channelsOfGroup); channels += 1) {
        for (let channelSets = 1; channelSets <= Math.min(sets, 4); channelSets += 1) {
          for (let filterSets = 1; filterSets <= Math.min(sets, 4); filterSets += 1) {
            const outputChannels = Math.min(filtersOfGroup, filters * filterSets);
            for (const images of batch > 1 ? [batch, 1] : [1]) yield { outputChannels, images, outputRows, filters, channels, channelSets, filterSets };
          }
        }
      }
    }
  }
}

/** AlexNet's layers by kernel, output columns and channels per group: m, n, e, p, q, r, t of the publication's mapping table. */
const publishedMappings: Readonly<Record<string, readonly number[]>> = {
  '11,55,3': [96, 1, 7, 16, 1, 1, 2],
  '5,27,48': [64, 1, 27, 16, 2, 1, 1],
  '3,13,256': [64, 4, 13, 16, 4, 1, 4],
  '3,13,192': [64, 4, 13, 16, 3, 2, 2],
};

function publishedMapping(layer: LayerWork, facts: Facts): RowStationaryMapping | undefined {
  if (facts['arrayRows'] !== 12 || facts['arrayColumns'] !== 14) return undefined;
  const values = publishedMappings[`${layer.kernelRows},${layer.outputColumns},${layer.inputChannels / layer.groups}`];
  if (values === undefined) return undefined;
  const [outputChannels, images, outputRows, filters, channels, channelSets, filterSets] = values;
  return { outputChannels, images, outputRows, filters, channels, channelSets, filterSets };
}
