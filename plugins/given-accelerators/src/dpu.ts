import type { LayerWork } from './layer-work.js';
import { folds, fusedPools, isWeighted, type AcceleratorModel, type Facts } from './model.js';

/**
 * DPUCZDX8G: an array of pixel x input channel x output channel multipliers (AMD PG338), a depthwise engine beside it,
 * and DDR memory that holds weights and feature maps of every layer.
 *
 * Facts: pixelParallelism, inputChannelParallelism, outputChannelParallelism, depthwiseChannelParallelism, clockMegahertz, ddrPeakGigabytesPerSecond.
 * Parameters: see `platform-plugins/dpu`.
 */
export const dpuModel: AcceleratorModel = ({ work, facts, parameters, batch }) => {
  const hertz = facts['clockMegahertz'] * 1e6;
  const bytesPerSecond = facts['ddrPeakGigabytesPerSecond'] * 1e9 * parameters['ddrEfficiency'];
  const pools = fusedPools(work);
  const fused = new Set(pools);
  const layers = work.layers.map((layer, index) => {
    const pool = pools[index] >= 0 && isWeighted(layer) ? work.layers[pools[index]] : undefined;
    const merged = fused.has(index) && isWeighted(work.layers[layer.producers[0]] ?? layer);
    if (merged || layer.kind === 'concat') return free(layer);
    const retainedBytes = parameters['retainedKilobytes'] * 1024;
    const moved = (elements: number): number => (elements > retainedBytes ? elements : 0);
    const readBytes = layer.inputMapElements.reduce((sum, elements) => sum + moved(elements), 0) + layer.weightElements;
    const writtenBytes = moved(pool?.outputElements ?? layer.outputElements);
    const compute = computeCycles(layer, facts) * parameters['cyclesPerStep'] / hertz;
    const memory = (readBytes + writtenBytes) / bytesPerSecond;
    const fill = Math.min(layer.inputElements, parameters['firstTileKilobytes'] * 1024) / bytesPerSecond;
    const dispatch = parameters['dispatchMicroseconds'] * 1e-6 + fill;
    return {
      layer, seconds: batch * (Math.max(compute, memory) + parameters['exposedShare'] * Math.min(compute, memory) + dispatch),
      resources: { compute: batch * compute, ddr: batch * memory, dispatch: batch * dispatch },
      limitedBy: dispatch > compute && dispatch > memory ? 'latency' as const : compute >= memory ? 'compute' as const : 'memoryRead' as const,
      readBytes: batch * readBytes, writtenBytes: batch * writtenBytes,
    };
  });
  return { layers, startSeconds: 0 };
};

/** Concatenation writes to neighbouring addresses, a merged pool runs in the output stage: neither takes time of its own. */
function free(layer: LayerWork) {
  return { layer, seconds: 0, resources: {}, limitedBy: 'compute' as const, readBytes: 0, writtenBytes: 0 };
}

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
