import type { LayerWork } from './layer-work.js';
import { folds, fusedPools, isWeighted, type AcceleratorModel, type Facts } from './model.js';
import { buildPlan } from './plan-builder.js';

/**
 * DPUCZDX8G: an array of pixel x input channel x output channel multipliers (AMD PG338), a depthwise engine beside it,
 * and DDR memory that holds weights and feature maps. A layer goes in strips of as many rows as the array is high: loading,
 * computing and storing overlap through double buffers.
 *
 * Facts: pixelParallelism, inputChannelParallelism, outputChannelParallelism, depthwiseChannelParallelism, clockMegahertz, ddrPeakGigabytesPerSecond.
 * Parameters: see `platform-plugins/dpu`.
 */
export const dpuModel: AcceleratorModel = ({ work, facts, parameters, batch }) => {
  const clockMegahertz = facts['clockMegahertz'];
  const bytesPerCycle = facts['ddrPeakGigabytesPerSecond'] * 1e3 / clockMegahertz * parameters['ddrEfficiency'];
  const dispatchCycles = parameters['dispatchMicroseconds'] * clockMegahertz;
  const pools = fusedPools(work);
  const fused = new Set(pools);
  const builder = buildPlan({
    name: 'DPUCZDX8G', clockMegahertz,
    resources: [
      { id: 'scheduler', class: 'compute' }, { id: 'DDR', class: 'memory' },
      { id: 'array', class: 'compute', attributes: { multipliers: facts['multipliers'] } }, { id: 'engine of other layers', class: 'compute' },
    ],
  });
  work.layers.forEach((layer, index) => {
    const pool = pools[index] >= 0 && isWeighted(layer) ? work.layers[pools[index]] : undefined;
    const merged = fused.has(index) && isWeighted(work.layers[layer.producers[0]] ?? layer);
    if (merged || layer.kind === 'concat') return builder.free(layer);
    const retainedBytes = parameters['retainedKilobytes'] * 1024;
    const moved = (elements: number): number => (elements > retainedBytes ? elements : 0);
    const readBytes = batch * (layer.inputMapElements.reduce((sum, elements) => sum + moved(elements), 0) + layer.weightElements);
    const writtenBytes = batch * moved(pool?.outputElements ?? layer.outputElements);
    const tiles = Math.max(1, folds(layer.outputRows, facts['pixelParallelism'])) * batch;
    const engine = isWeighted(layer) && layer.kind !== 'depthwise' ? 'array' : 'engine of other layers';
    builder.layer(layer, [
      { id: 'dispatch', resource: 'scheduler', class: 'compute', tiles: 1, cycles: dispatchCycles, limit: 'latency', waitsFor: 'previousLayer' },
      { id: 'load', resource: 'DDR', class: 'datapath', tiles, cycles: readBytes / bytesPerCycle, limit: 'memoryRead', outputBytes: readBytes },
      { id: 'compute', resource: engine, class: 'compute', tiles, cycles: batch * computeCycles(layer, facts), limit: 'compute' },
      { id: 'store', resource: 'DDR', class: 'datapath', tiles, cycles: writtenBytes / bytesPerCycle, limit: 'memoryWrite', outputBytes: writtenBytes },
    ], { readBytes, writtenBytes });
  });
  return builder.plan({ energyKnown: false });
};

/** Array steps of a layer, one tap of the kernel each. */
export function computeCycles(layer: LayerWork, facts: Facts): number {
  const rows = folds(layer.outputRows, facts['pixelParallelism']);
  const taps = layer.kernelRows * layer.kernelColumns;
  const inputs = facts['inputChannelParallelism'];
  const outputs = facts['outputChannelParallelism'];
  switch (layer.kind) {
    case 'convolution':
      return layer.outputColumns * rows * taps * layer.groups * folds(layer.inputChannels / layer.groups, inputs) * folds(layer.outputChannels / layer.groups, outputs);
    case 'transposedConvolution':
      return layer.outputColumns * rows * (taps / layer.stride ** 2) * folds(layer.inputChannels, inputs) * folds(layer.outputChannels, outputs);
    case 'fullyConnected':
      return folds(layer.inputElements, inputs) * folds(layer.outputElements, outputs);
    case 'depthwise':
    case 'pool':
      return layer.outputColumns * rows * taps * folds(layer.outputChannels, facts['depthwiseChannelParallelism']);
    default:
      return layer.outputColumns * rows * folds(layer.outputChannels, outputs);
  }
}
