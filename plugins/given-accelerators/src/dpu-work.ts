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
 * outputChannelParallelism channels (AMD PG338, architecture). A first layer of few channels puts the taps of a kernel row
 * side by side as channels where they are no more than `augmentedChannels` (channel augmentation). A transposed convolution
 * does stride x stride ordinary ones, each with its share of the taps.
 */
export function dpuArrayWork(layer: LayerWork, facts: Facts): DpuArrayWork {
  const [rowsAtOnce, inputs, outputs] = [facts['pixelParallelism'], facts['inputChannelParallelism'], facts['outputChannelParallelism']];
  const full = layer.kind === 'fullyConnected';
  const transposed = layer.kind === 'transposedConvolution';
  const channels = full ? layer.inputElements : layer.inputChannels / layer.groups;
  const taps = full ? 1 : layer.kernelRows * layer.kernelColumns;
  const augmented = channels * layer.kernelColumns;
  const groupDepth = layer.kind === 'convolution' && channels < inputs && augmented <= facts['augmentedChannels']
    ? layer.kernelRows * folds(augmented, inputs) : taps * folds(channels, inputs);
  const groups = layer.groups * folds((full ? layer.outputElements : layer.outputChannels) / layer.groups, outputs);
  // Where a transposed convolution crops its result, inputs are still gone through.
  const rows = transposed ? Math.max(layer.outputRows / layer.strideRows, layer.inputRows) : layer.outputRows;
  const columns = transposed ? Math.max(layer.outputColumns / layer.strideColumns, layer.inputColumns) : layer.outputColumns;
  const strips = Math.max(1, folds(rows, rowsAtOnce));
  return {
    groups, strips, groupDepth, cycles: Math.ceil(columns) * strips * groupDepth * groups,
    weightBytes: groupDepth * inputs * (full ? layer.outputElements : layer.outputChannels),
  };
}

/** Cycles of the engines beside the array, each some pixels of a column and inputChannelParallelism channels wide. */
export function dpuSideCycles(layer: LayerWork, facts: Facts): number {
  const pixels = layer.kind === 'depthwise' ? facts['depthwisePixelParallelism'] : layer.kind === 'pool' ? facts['poolPixelParallelism'] : facts['elementwisePixelParallelism'];
  const taps = layer.kind === 'elementwise' ? 1 : layer.kernelRows * layer.kernelColumns;
  return layer.outputColumns * folds(layer.outputRows, pixels) * taps * folds(layer.outputChannels, facts['inputChannelParallelism']);
}

/** Weights of a depthwise layer, bytes, padded to whole groups of channels. */
export function depthwiseBytes(layer: LayerWork, facts: Facts): number {
  const width = facts['inputChannelParallelism'];
  return layer.kind === 'depthwise' ? folds(layer.outputChannels, width) * width * layer.kernelRows * layer.kernelColumns : 0;
}

/**
 * Words of the data port that a map takes. A pixel whose channels are not whole words starts anywhere in one, so it takes
 * (channels + word - gcd) / word words on the average.
 */
export function dpuPortWords({ pixels, channels }: DdrMap, wordBytes: number): number {
  return pixels * (channels + wordBytes - greatestCommonDivisor(channels, wordBytes)) / wordBytes;
}

/** Accesses to the feature banks: a word of inputChannelParallelism channels for each. */
export function bankWords({ pixels, channels }: DdrMap, facts: Facts): number {
  return pixels * folds(channels, facts['inputChannelParallelism']);
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}
