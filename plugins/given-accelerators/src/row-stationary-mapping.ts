import type { LayerMapping } from '@autodnnchip/core';
import { evenSizes, mostInEqualParts } from './even-sizes.js';
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
 * How a convolution lies on a row-stationary array; the letters are those of the Eyeriss publication: `outputChannels`
 * m filters whose partial sums are in the buffer, `images` n, `outputRows` e per pass, `filters` p and `channels` q per
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

/** Sizes of a mapping by the letters of the Eyeriss publication. */
export const rowStationarySizes: Readonly<Record<'m' | 'n' | 'e' | 'p' | 'q' | 'r' | 't', string>> = {
  m: 'filters whose sums are in the buffer',
  n: 'images',
  e: 'output rows of a strip',
  p: 'filters of an element',
  q: 'channels of an element',
  r: 'sets of channels in the array',
  t: 'sets of filters in the array',
};

/** A mapping from sizes by the publication's letters, all of which are there. */
export function mappingFromSizes({ m, n, e, p, q, r, t }: LayerMapping): RowStationaryMapping {
  return { outputChannels: m, images: n, outputRows: e, filters: p, channels: q, channelSets: r, filterSets: t };
}

/** The same sizes by the publication's letters. */
export function sizesOf({
  outputChannels,
  images,
  outputRows,
  filters,
  channels,
  channelSets,
  filterSets,
}: RowStationaryMapping): LayerMapping {
  return { m: outputChannels, n: images, e: outputRows, p: filters, q: channels, r: channelSets, t: filterSets };
}

/**
 * What a mapping makes of a layer. A tile is what shares the partial sums in the buffer, a slice the channels of a tile
 * that are in the array together.
 */
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

/**
 * The layer's convolution; a fully connected layer is one of kernel 1 x 1 on one pixel. Undefined for what the array
 * does not compute.
 */
export function convolutionOf(layer: LayerWork): Convolution | undefined {
  if (layer.kind === 'fullyConnected') {
    return {
      groups: 1,
      filters: layer.outputElements,
      channels: layer.inputElements,
      kernelRows: 1,
      kernelColumns: 1,
      stride: 1,
      windowRows: 1,
      outputRows: 1,
      outputColumns: 1,
      inputColumns: 1,
    };
  }
  if (layer.kind !== 'convolution' && layer.kind !== 'depthwise') return undefined;
  const {
    groups,
    kernelRows,
    kernelColumns,
    strideRows,
    strideColumns,
    dilationRows,
    dilationColumns,
    outputRows,
    outputColumns,
  } = layer;
  return {
    groups,
    filters: layer.outputChannels / groups,
    channels: layer.inputChannels / groups,
    kernelRows,
    kernelColumns,
    outputRows,
    outputColumns,
    stride: strideRows,
    windowRows: (kernelRows - 1) * dilationRows + 1,
    inputColumns: (outputColumns - 1) * strideColumns + (kernelColumns - 1) * dilationColumns + 1,
  };
}

/** Rows of padded input that strips of `outputRows` read, each strip on its own. */
function inputRowsRead({ outputRows: rows, stride, windowRows }: Convolution, outputRows: number): number {
  return (rows - folds(rows, outputRows)) * stride + folds(rows, outputRows) * windowRows;
}

/**
 * Sets of kernel rows x e elements that the array holds: a set wider than the array is cut into pieces, one below the
 * other.
 */
function setsOf({ kernelRows }: Convolution, outputRows: number, facts: Facts): number {
  const columns = facts['arrayColumns'];
  const below = Math.floor(facts['arrayRows'] / kernelRows);
  return outputRows <= columns
    ? below * Math.floor(columns / outputRows)
    : Math.floor(below / folds(outputRows, columns));
}

/** A bank of the buffer holds inputs or sums, never both. */
function banks(words: number, facts: Facts): number {
  return folds(2 * words, facts['bufferBankBytes']);
}

function inputBanks(
  convolution: Convolution,
  {
    images,
    outputRows,
    channels,
    channelSets,
  }: Omit<RowStationaryMapping, 'outputChannels' | 'filters' | 'filterSets'>,
  facts: Facts,
): number {
  const rows = (outputRows - 1) * convolution.stride + convolution.windowRows;
  return banks(images * channels * channelSets * rows * convolution.inputColumns, facts);
}

/** Why a mapping does not fit the layer, the array, the scratchpads or the buffer; undefined where it does. */
export function misfit(
  convolution: Convolution,
  mapping: RowStationaryMapping,
  batch: number,
  facts: Facts,
): string | undefined {
  const {
    outputChannels: m,
    images: n,
    outputRows: e,
    filters: p,
    channels: q,
    channelSets: r,
    filterSets: t,
  } = mapping;
  const { kernelRows, kernelColumns, outputColumns } = convolution;
  if (m > convolution.filters) return `m is ${m} of ${convolution.filters} filters (of one group)`;
  if (e > convolution.outputRows) return `e is ${e} of ${convolution.outputRows} output rows`;
  if (q > convolution.channels) return `q is ${q} of ${convolution.channels} channels (of one group)`;
  if (batch % n !== 0) return `a batch of ${batch} is not a multiple of n = ${n}`;
  const limits: readonly (readonly [string, number, number])[] = [
    ['sets in the array, r t', r * t, setsOf(convolution, e, facts)],
    ['words of the weight scratchpad, p q S', p * q * kernelColumns, facts['weightScratchpadWords']],
    ['words of the input scratchpad, q S', q * kernelColumns, facts['inputScratchpadWords']],
    ['words of the sum scratchpad, p', p, facts['sumScratchpadWords']],
    [
      'banks of the buffer, inputs and sums',
      inputBanks(convolution, mapping, facts) + banks(n * m * e * outputColumns, facts),
      facts['bufferBanks'],
    ],
    [
      'bytes of the weight buffer, 2 p t q r R S',
      2 * p * t * q * r * kernelRows * kernelColumns,
      facts['weightBufferBytes'],
    ],
  ];
  const broken = limits.find(([, used, available]) => used > available);
  return broken === undefined ? undefined : `${broken[1]} of ${broken[2]} ${broken[0]}`;
}

/** Passes, cycles and words of a mapping; undefined where it does not fit (`misfit` says why). */
export function fitMapping(
  convolution: Convolution,
  mapping: RowStationaryMapping,
  batch: number,
  facts: Facts,
): RowStationaryFit | undefined {
  const {
    outputChannels: m,
    images: n,
    outputRows: e,
    filters: p,
    channels: q,
    channelSets: r,
    filterSets: t,
  } = mapping;
  const { groups, kernelRows, kernelColumns, outputRows, outputColumns, inputColumns, stride, windowRows } =
    convolution;
  if (misfit(convolution, mapping, batch, facts) !== undefined) return undefined;
  const passWeightWords = p * t * q * r * kernelRows * kernelColumns;
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
  const imageCycles = Math.max(
    windowCycles * outputColumns,
    (q * r * inputRows * inputColumns) / facts['inputBusWords'],
    (p * t * e * outputColumns) / facts['sumBusWords'],
  );
  // A row of elements takes a window's sums from the row above when they are complete: all but the last p of a window's
  // cycles later.
  const drainCycles = (kernelRows * r - 1) * (windowCycles - p + 1);
  const fillCycles = Math.max(
    passWeightWords / facts['weightBusWords'],
    (q * r * inputRows * kernelColumns) / facts['inputBusWords'],
  );
  return {
    convolution,
    mapping,
    tiles,
    slicesPerTile,
    passesPerSlice,
    activeElements,
    imageCycles,
    drainCycles,
    fillCycles,
    passWeightWords,
    sliceInputWords: n * q * r * inputRows * inputColumns,
    tileSums: n * m * e * outputColumns,
    externalWords,
    bufferWords,
    networkWords:
      bufferWords.inputs + bufferWords.sums + externalWords.weights + outputs * slicesPerTile * (kernelRows * r - 1),
    scratchpadFills: passes * activeElements * (p * q * kernelColumns + n * q * inputColumns),
    arrayCycles: passes * (n * imageCycles + Math.max(drainCycles, fillCycles)),
  };
}

/** Energy on the chip without external memory, pJ, zeros counted as any value. */
function chipPicojoules(fit: RowStationaryFit, facts: Facts): number {
  return (
    facts['bufferPicojoulesPerWord'] * (fit.bufferWords.inputs + fit.bufferWords.sums) +
    facts['networkPicojoulesPerWord'] * fit.networkWords +
    facts['scratchpadPicojoulesPerWord'] * fit.scratchpadFills +
    ((facts['staticMilliwatts'] * 1e3) / facts['clockMegahertz']) * fit.arrayCycles
  );
}

/**
 * The mapping that moves the fewest words over the link to external memory, of those the one with the least energy on
 * the chip, under two rules of the published mappings: what one image brings to a pass fits one bank of the buffer, and
 * strips fill the columns of the array first. Undefined where no mapping fits (a kernel larger than array or
 * scratchpads).
 */
export function findMapping(convolution: Convolution, batch: number, facts: Facts): RowStationaryFit | undefined {
  for (const heights of stripHeights(convolution, facts)) {
    const best = bestOf(mappingsOf(convolution, heights, batch, facts), convolution, batch, facts);
    if (best !== undefined) return best;
  }
  return undefined;
}

function bestOf(
  mappings: Iterable<RowStationaryMapping>,
  convolution: Convolution,
  batch: number,
  facts: Facts,
): RowStationaryFit | undefined {
  let best: RowStationaryFit | undefined;
  let fewestWords = Infinity;
  let leastPicojoules = Infinity;
  for (const mapping of mappings) {
    const fit = fitMapping(convolution, mapping, batch, facts);
    if (fit === undefined) continue;
    const words = fit.externalWords.inputs + fit.externalWords.weights;
    const picojoules = chipPicojoules(fit, facts);
    if (words < fewestWords || (words === fewestWords && picojoules < leastPicojoules)) {
      best = fit;
      fewestWords = words;
      leastPicojoules = picojoules;
    }
  }
  return best;
}

/** Channels of one image whose rows for a strip fit a bank of the buffer; 0 where one channel takes more. */
function channelsInBank({ stride, windowRows, inputColumns }: Convolution, outputRows: number, facts: Facts): number {
  const rows = (outputRows - 1) * stride + windowRows;
  return Math.floor(facts['bufferBankBytes'] / (2 * rows * inputColumns));
}

/**
 * Heights of strips in groups, the first group that holds a mapping is taken: strips that fill the columns alone (the
 * whole map, or a multiple of the columns), then strips for two sets side by side, both with a channel in one bank;
 * then those of either kind whose channels take several banks, and at last any.
 */
function stripHeights(convolution: Convolution, facts: Facts): readonly Iterable<number>[] {
  const { outputRows: rows } = convolution;
  const columns = facts['arrayColumns'];
  // A strip of k times the columns lies in k pieces below one another.
  const mostPieces = Math.min(folds(rows, columns) - 1, Math.floor(facts['arrayRows'] / convolution.kernelRows));
  const multiples = Array.from({ length: Math.max(0, mostPieces) }, (_, index) => (index + 1) * columns);
  const full = [rows, ...multiples];
  const half = [Math.floor(columns / 2)].filter(height => height >= 1 && height < rows);
  const inBank = (height: number): boolean => channelsInBank(convolution, height, facts) >= 1;
  return [full.filter(inBank), half.filter(inBank), [...full, ...half], evenSizes(rows)];
}

/**
 * Ways to cut a layer into strips of these heights and to put it on the array; sizes that only add idle elements are
 * left out.
 */
function* mappingsOf(
  convolution: Convolution,
  heights: Iterable<number>,
  batch: number,
  facts: Facts,
): Generator<RowStationaryMapping> {
  const { kernelColumns, outputColumns } = convolution;
  const mostChannels = Math.min(convolution.channels, Math.floor(facts['inputScratchpadWords'] / kernelColumns));
  for (const outputRows of heights) {
    const sets = setsOf(convolution, outputRows, facts);
    const inBank = Math.max(1, channelsInBank(convolution, outputRows, facts));
    for (const images of divisors(batch)) {
      for (let channels = 1; channels <= Math.min(mostChannels, inBank); channels += 1) {
        for (const channelSets of evenSizes(
          folds(convolution.channels, channels),
          Math.min(sets, Math.floor(inBank / channels)),
        )) {
          const free =
            facts['bufferBanks'] - inputBanks(convolution, { images, outputRows, channels, channelSets }, facts);
          // The most filters that fit and leave no smaller last tile; where that is less than half of what fits, the
          // most that fit.
          const sumsInBuffer = Math.floor((free * facts['bufferBankBytes']) / 2);
          const outputChannels = mostInEqualParts(
            convolution.filters,
            Math.floor(sumsInBuffer / (images * outputRows * outputColumns)),
          );
          if (outputChannels === undefined) continue;
          for (const inner of filtersOnArray(
            outputChannels,
            channels,
            Math.floor(sets / channelSets),
            convolution,
            facts,
          )) {
            yield { outputChannels, images, outputRows, channels, channelSets, ...inner };
          }
        }
      }
    }
  }
}

function divisors(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1).filter(divisor => count % divisor === 0);
}

/** Filters per element and sets of them. */
function* filtersOnArray(
  outputChannels: number,
  channels: number,
  mostSets: number,
  { kernelColumns }: Convolution,
  facts: Facts,
): Generator<Pick<RowStationaryMapping, 'filters' | 'filterSets'>> {
  const most = Math.min(
    facts['sumScratchpadWords'],
    Math.floor(facts['weightScratchpadWords'] / (channels * kernelColumns)),
  );
  for (const filterSets of evenSizes(outputChannels, mostSets)) {
    // More filters per element read inputs less often; the next smaller size may leave fewer elements idle in the last
    // pass.
    let tried = 0;
    for (const filters of evenSizes(folds(outputChannels, filterSets), most)) {
      yield { filters, filterSets };
      tried += 1;
      if (tried === 2) break;
    }
  }
}
