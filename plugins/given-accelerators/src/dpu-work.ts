import type { DdrMap } from './dpu-units.js';
import type { LayerWork } from './layer-work.js';
import { folds, type Facts } from './model.js';

/** A convolution on the array, in groups of as many output channels as the array is wide. */
export interface DpuArrayWork {
  readonly groups: number;
  /** Strips of as many output rows as the array is high. */
  readonly strips: number;
  readonly cycles: number;
  /** Words of each weight bank that a group takes. */
  readonly groupDepth: number;
  /** Weights in DDR: input channels are padded to whole groups, output channels are not. */
  readonly weightBytes: number;
}

/**
 * One step of the array is one tap of the kernel for pixelParallelism rows, inputChannelParallelism and
 * outputChannelParallelism channels (AMD PG338, architecture). A first layer of few channels puts the taps of a kernel
 * row side by side as channels where they are no more than `augmentedChannels` (channel augmentation). A transposed
 * convolution does stride x stride ordinary ones, each with its share of the taps.
 */
export function dpuArrayWork(layer: LayerWork, facts: Facts): DpuArrayWork {
  const [rowsAtOnce, inputs, outputs] = [
    facts['pixelParallelism'],
    facts['inputChannelParallelism'],
    facts['outputChannelParallelism'],
  ];
  const full = layer.kind === 'fullyConnected';
  const transposed = layer.kind === 'transposedConvolution';
  const channels = full ? layer.inputElements : layer.inputChannels / layer.groups;
  const taps = full ? 1 : layer.kernelRows * layer.kernelColumns;
  const augmented = channels * layer.kernelColumns;
  const groupDepth =
    layer.kind === 'convolution' && channels < inputs && augmented <= facts['augmentedChannels']
      ? layer.kernelRows * folds(augmented, inputs)
      : taps * folds(channels, inputs);
  const groups = layer.groups * folds((full ? layer.outputElements : layer.outputChannels) / layer.groups, outputs);
  const { rows, columns } = transposed
    ? transposedSteps(layer)
    : { rows: layer.outputRows, columns: layer.outputColumns };
  const strips = Math.max(1, folds(rows, rowsAtOnce));
  return {
    groups,
    strips,
    groupDepth,
    cycles: Math.ceil(columns) * strips * groupDepth * groups,
    weightBytes: groupDepth * inputs * (full ? layer.outputElements : layer.outputChannels),
  };
}

/**
 * A convolution with a channel of its own for each filter, transposed or not: the depthwise engine runs it (UG1414).
 */
export function isDepthwise({ kind, groups, inputChannels }: LayerWork): boolean {
  return kind === 'depthwise' || (kind === 'transposedConvolution' && groups > 1 && groups === inputChannels);
}

/**
 * Bilinear interpolation, which the compiler turns into a depthwise transposed convolution (UG1414): 2 x 2 taps for
 * each pixel.
 */
export function isInterpolation({ operator, kernelRows, kernelColumns }: LayerWork): boolean {
  return operator === 'Resize' && kernelRows * kernelColumns > 1;
}

/** Values that go to other places without addresses alone doing it: they are loaded and stored. */
export function isMove({ kind, operator }: LayerWork): boolean {
  return kind === 'concat' && moved.has(operator);
}

const moved: ReadonlySet<string> = new Set(['SpaceToDepth', 'DepthToSpace', 'Pad']);

/** Cycles of the engines beside the array, each some pixels of a column and inputChannelParallelism channels wide. */
export function dpuSideCycles(layer: LayerWork, facts: Facts): number {
  const depthwise = isDepthwise(layer) || isInterpolation(layer);
  const pixels = depthwise
    ? facts['depthwisePixelParallelism']
    : layer.kind === 'pool'
      ? facts['poolPixelParallelism']
      : facts['elementwisePixelParallelism'];
  const channels = folds(layer.outputChannels, facts['inputChannelParallelism']);
  if (layer.kind === 'transposedConvolution') {
    const taps = folds(layer.kernelRows, layer.strideRows) * folds(layer.kernelColumns, layer.strideColumns);
    const { rows, columns } = transposedSteps(layer);
    return layer.strideRows * layer.strideColumns * Math.ceil(columns) * folds(rows, pixels) * taps * channels;
  }
  const taps = layer.kind === 'elementwise' && !depthwise ? 1 : layer.kernelRows * layer.kernelColumns;
  return layer.outputColumns * folds(layer.outputRows, pixels) * taps * channels;
}

/** Passes of the depthwise engine: a strip of its rows, as many channels as it is wide. */
export function dpuDepthwisePasses(layer: LayerWork, facts: Facts): number {
  if (!isDepthwise(layer) && !isInterpolation(layer)) return 0;
  const channels = folds(layer.outputChannels, facts['inputChannelParallelism']);
  const pixels = facts['depthwisePixelParallelism'];
  if (layer.kind !== 'transposedConvolution') return folds(layer.outputRows, pixels) * channels;
  return layer.strideRows * layer.strideColumns * folds(transposedSteps(layer).rows, pixels) * channels;
}

/**
 * Rows and columns of each of the stride x stride convolutions that make a transposed one: where it crops its result,
 * inputs are still gone through.
 */
function transposedSteps(layer: LayerWork): { readonly rows: number; readonly columns: number } {
  return {
    rows: Math.max(layer.outputRows / layer.strideRows, layer.inputRows),
    columns: Math.max(layer.outputColumns / layer.strideColumns, layer.inputColumns),
  };
}

/** Weights of a depthwise layer, bytes, padded to whole groups of channels. */
export function depthwiseBytes(layer: LayerWork, facts: Facts): number {
  const width = facts['inputChannelParallelism'];
  return isDepthwise(layer) ? folds(layer.outputChannels, width) * width * layer.kernelRows * layer.kernelColumns : 0;
}

/**
 * Words of the data port that a map takes. A pixel whose channels are not whole words starts anywhere in one, so it
 * takes (channels + word - gcd) / word words on the average.
 */
export function dpuPortWords({ pixels, channels }: DdrMap, wordBytes: number): number {
  return (pixels * (channels + wordBytes - greatestCommonDivisor(channels, wordBytes))) / wordBytes;
}

/** Accesses to the feature banks: a word of inputChannelParallelism channels for each. */
export function bankWords({ pixels, channels }: DdrMap, facts: Facts): number {
  return pixels * folds(channels, facts['inputChannelParallelism']);
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}
