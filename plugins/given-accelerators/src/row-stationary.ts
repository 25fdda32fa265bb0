import type { LayerWork } from './layer-work.js';
import { folds, type AcceleratorModel, type LayerCost, type ModelRequest } from './model.js';
import { findMapping, type RowStationaryFit } from './row-stationary-mapping.js';

/**
 * Eyeriss: passes of a row-stationary array. A pass multiplies for p q S F cycles; handing a partial sum from one element of
 * a column to the next stalls, and so does a small share of all cycles. What of the DRAM traffic is not hidden comes on top.
 * Buffer traffic: every pass reads its inputs, and reads and writes its partial sums. Layers without weights run elsewhere.
 */
export const rowStationaryModel: AcceleratorModel = (request) => {
  const layers = request.work.layers.map((layer): LayerCost => {
    const fit = layer.kind === 'convolution' || layer.kind === 'depthwise' ? findMapping(layer, request.batch, request.facts) : undefined;
    return fit === undefined ? absent(layer) : costOf(layer, fit, request);
  });
  return { layers, startSeconds: 0 };
};

/** Pooling is not on this chip; fully connected layers have no published mapping. `predict` lists them as not costed. */
function absent(layer: LayerWork): LayerCost {
  return { layer, seconds: Number.NaN, resources: {}, limitedBy: 'compute', readBytes: 0, writtenBytes: 0 };
}

function costOf(layer: LayerWork, fit: RowStationaryFit, { work, facts, parameters, batch, inputZeroShare }: ModelRequest): LayerCost {
  const hertz = facts['clockMegahertz'] * 1e6;
  const { mapping, passes, passCycles } = fit;
  const hops = mapping.filters * layer.outputColumns * (layer.kernelRows - 1);
  const stalls = parameters['sumHopStallCycles'] * hops + parameters['synchronisationShare'] * passCycles;
  const processingSeconds = passes * (passCycles + stalls) / hertz;
  const zeros = inputZeroShare(layer);
  const traffic = dramTraffic(layer, fit, batch, zeros, nextZeros(layer, work.layers, inputZeroShare));
  const exposed = (traffic.readBytes + traffic.writtenBytes) * parameters['exposedNanosecondsPerDramByte'] * 1e-9;
  const seconds = processingSeconds + exposed;
  const computed = batch * layer.multiplyAccumulates * (1 - zeros);
  const energyJoules = 1e-12 * parameters['picojoulesPerMultiply'] * computed + 1e-3 * parameters['baseMilliwatts'] * seconds;
  return {
    layer, seconds, processingSeconds, energyJoules, ...traffic,
    resources: { array: processingSeconds, dram: exposed }, limitedBy: 'compute',
    bufferBytes: 2 * passes * (fit.passInputWords + 2 * fit.passSums),
    activeElements: fit.activeElements,
  };
}

/** 16-bit words; run-length coding packs three values that are not zero into 64 bits. Weights are read once per n images. */
function dramTraffic(layer: LayerWork, { mapping }: RowStationaryFit, batch: number, zeros: number, zerosAfter: number): { readonly readBytes: number; readonly writtenBytes: number } {
  const coded = (share: number): number => 64 / 48 * (1 - share);
  const inputRows = (mapping.outputRows - 1) * layer.stride + layer.kernelRows;
  const overlap = layer.outputRows > mapping.outputRows
    ? Math.max(1, folds(layer.outputRows, mapping.outputRows) * inputRows / (layer.outputRows * layer.stride)) : 1;
  const readAgain = folds(layer.outputChannels / layer.groups, mapping.outputChannels);
  const inputBytes = 2 * batch * layer.inputElements * coded(zeros) * overlap * readAgain;
  const weightBytes = 2 * layer.weightElements * batch / mapping.images;
  return { readBytes: inputBytes + weightBytes, writtenBytes: 2 * batch * layer.outputElements * coded(zerosAfter) };
}

function nextZeros(layer: LayerWork, layers: readonly LayerWork[], inputZeroShare: ModelRequest['inputZeroShare']): number {
  const following = layers.slice(layers.indexOf(layer) + 1).find(({ kind }) => kind === 'convolution');
  return following === undefined ? inputZeroShare(layer) : inputZeroShare(following);
}
