import type { LayerWork, NetworkWork } from './layer-work.js';
import { folds, type AcceleratorModel, type LayerCost, type ModelRequest } from './model.js';

/**
 * Edge TPU: a weight-stationary systolic array, on-chip memory that keeps the weights, and a host link. Weights are cached in
 * the order of execution until the memory is full; what does not fit comes over the link at every inference.
 *
 * Facts: arrayRows, arrayColumns, clockMegahertz, cacheMegabytes. Parameters: see `platform-plugins/edge-tpu`.
 */
export const edgeTpuModel: AcceleratorModel = (request) => {
  const { work, facts, parameters, batch } = request;
  const linkBytesPerSecond = parameters['linkMegabytesPerSecond'] * 1e6;
  let cacheBytes = facts['cacheMegabytes'] * 1024 * 1024 - largestWorkingSet(work);
  const layers = work.layers.map((layer): LayerCost => {
    const cached = layer.weightElements <= cacheBytes;
    if (cached) cacheBytes -= layer.weightElements;
    const streamed = cached ? 0 : layer.weightElements;
    const compute = layerCycles(layer, request) / (facts['clockMegahertz'] * 1e6);
    const link = streamed / linkBytesPerSecond;
    return {
      layer, seconds: batch * compute + link,
      resources: { compute: batch * compute, link }, limitedBy: link > compute ? 'memoryRead' : 'compute',
      readBytes: streamed, writtenBytes: 0,
    };
  });
  const transfer = (work.inputElements + work.outputElements) / linkBytesPerSecond;
  return { layers, startSeconds: parameters['startMilliseconds'] * 1e-3 + batch * transfer };
};

/** Feature maps need room in the same memory: the largest layer's input and output. */
function largestWorkingSet({ layers }: NetworkWork): number {
  return layers.reduce((most, layer) => Math.max(most, layer.inputElements + layer.outputElements), 0);
}

/** Cycles of the array, or of the vector unit for pooling (a lane per array column) and element-wise operators
 * (a scale and shift is two, a sum of two maps one). Concatenation is placement. */
function layerCycles(layer: LayerWork, { facts, parameters }: ModelRequest): number {
  if (layer.kind === 'concat') return 0;
  if (layer.kind === 'elementwise') return layer.outputElements * (layer.producers.length > 1 ? 1 : 2) / parameters['elementsPerCycle'];
  if (layer.kind === 'pool') return layer.outputElements * layer.kernelRows * layer.kernelColumns / facts['arrayColumns'];
  const taps = layer.kernelRows * layer.kernelColumns;
  const pixels = layer.outputRows * layer.outputColumns;
  if (layer.kind === 'depthwise') return pixels * taps * folds(layer.outputChannels, facts['arrayColumns']) * parameters['cyclesPerStep'];
  const channels = layer.kind === 'fullyConnected' ? layer.inputElements : layer.inputChannels / layer.groups;
  const depth = folds(channels * taps, facts['arrayRows']);
  const width = folds(layer.outputChannels / layer.groups, facts['arrayColumns']);
  return layer.groups * depth * width * pixels * parameters['cyclesPerStep'];
}
