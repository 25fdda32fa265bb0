import type { LayerWork, NetworkWork } from './layer-work.js';
import { isWeighted, type Facts } from './model.js';
import type { RowStationaryFit } from './row-stationary-mapping.js';

/** Bytes over the link to external memory, for all images together. */
export interface ExternalBytes {
  readonly inputs: number;
  readonly weights: number;
  readonly outputs: number;
}

/**
 * Bytes of a 16-bit word in run-length coding, when a share of the words is zero and zeros fall independently: a pair
 * of a run of up to 31 zeros and a value covers (1 - z^32) / (1 - z) words on average, and three pairs fill 64 bits.
 */
export function codedBytesPerWord(zeroShare: number): number {
  const longestRun = 31;
  const wordsPerPair = zeroShare >= 1 ? longestRun + 1 : (1 - zeroShare ** (longestRun + 1)) / (1 - zeroShare);
  return 8 / 3 / wordsPerPair;
}

/** Feature maps are coded in external memory, the network's input and the weights are not. */
export function externalBytes(
  layer: LayerWork,
  { externalWords }: RowStationaryFit,
  zerosBefore: number,
  zerosAfter: number,
): ExternalBytes {
  const inputWordBytes = layer.producers.includes(-1) ? 2 : codedBytesPerWord(zerosBefore);
  return {
    inputs: externalWords.inputs * inputWordBytes,
    weights: 2 * externalWords.weights,
    outputs: externalWords.outputs * codedBytesPerWord(zerosAfter),
  };
}

/**
 * By layer, the first one with weights that reads what it writes, through layers without weights too: its input has the
 * zeros that are written. -1 where there is none.
 */
export function firstWeightedReaders({ layers }: NetworkWork): Int32Array {
  const first = new Int32Array(layers.length).fill(-1);
  for (let reader = layers.length - 1; reader >= 0; reader -= 1) {
    const reached = isWeighted(layers[reader]) ? reader : first[reader];
    if (reached < 0) continue;
    for (const producer of layers[reader].producers) {
      if (producer >= 0 && (first[producer] < 0 || reached < first[producer])) first[producer] = reached;
    }
  }
  return first;
}

/**
 * Energy of switching on the chip, pJ, by the published unit energies. A zero in the input is read, but neither the
 * weight nor the sum of its multiply-accumulates is.
 */
export function switchingPicojoules(
  layer: LayerWork,
  fit: RowStationaryFit,
  batch: number,
  zeroShare: number,
  facts: Facts,
): number {
  const multiplies = batch * layer.multiplyAccumulates;
  const scratchpad = facts['scratchpadPicojoulesPerWord'];
  const { bufferWords, externalWords } = fit;
  return (
    multiplies * (1 - zeroShare) * (facts['multiplyPicojoules'] + 3 * scratchpad) +
    (multiplies + fit.scratchpadFills) * scratchpad +
    facts['networkPicojoulesPerWord'] * fit.networkWords +
    facts['bufferPicojoulesPerWord'] *
      (bufferWords.inputs + bufferWords.sums + externalWords.inputs + externalWords.outputs)
  );
}
