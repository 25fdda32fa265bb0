import type { LayerWork } from './layer-work.js';
import { folds, isWeighted, type AcceleratorModel, type Facts, type LayerCost } from './model.js';

/**
 * An embedded GPU: one kernel per layer, its arithmetic, its memory traffic and its launch one after another (one thread block
 * per multiprocessor hides little). Arithmetic goes in thread blocks of `tilePixels` x `tileChannels` results, in waves over the
 * multiprocessors (occupancy): a layer with few results leaves lanes idle, a last wave is as long as a full one. Element-wise
 * operators on two maps are fused into the kernel before them and cost the read of the second map; concatenation is placement.
 *
 * Facts: multiprocessors, multiplyAddsPerCycle, clockMegahertz, memoryGigabytesPerSecond, bytesPerElement, tilePixels, tileChannels.
 */
export const gpuModel: AcceleratorModel = ({ work, facts, parameters, batch }) => {
  const bytesPerSecond = facts['memoryGigabytesPerSecond'] * 1e9 * parameters['memoryEfficiency'];
  const peak = facts['multiplyAddsPerCycle'] * facts['clockMegahertz'] * 1e6 * parameters['arithmeticEfficiency'];
  const bytes = facts['bytesPerElement'];
  const layers = work.layers.map((layer): LayerCost => {
    if (layer.kind === 'concat') return { layer, seconds: 0, resources: {}, limitedBy: 'latency', readBytes: 0, writtenBytes: 0 };
    const fused = layer.kind === 'elementwise' && layer.producers.length > 1;
    const readBytes = bytes * (fused ? batch * layer.outputElements : batch * layer.inputElements + layer.weightElements);
    const writtenBytes = fused ? 0 : bytes * batch * layer.outputElements;
    const memory = (readBytes + writtenBytes) / bytesPerSecond;
    const arithmetic = paddedMultiplyAccumulates(layer, facts, batch) / (peak * (isFast(layer) ? parameters['fastConvolutionGain'] : 1) * (layer.kind === 'depthwise' ? parameters['depthwiseEfficiency'] : 1));
    const launch = fused ? 0 : parameters['launchMicroseconds'] * 1e-6;
    return {
      layer, seconds: arithmetic + memory + launch,
      resources: { compute: arithmetic, memory, launch },
      limitedBy: launch > arithmetic && launch > memory ? 'latency' : arithmetic >= memory ? 'compute' : 'memoryRead',
      readBytes, writtenBytes,
    };
  });
  return { layers, startSeconds: 0 };
};

/** Multiply-accumulates with the lanes that idle in thread blocks and waves that are not full. */
function paddedMultiplyAccumulates(layer: LayerWork, facts: Facts, batch: number): number {
  if (!isWeighted(layer)) return 0;
  if (layer.kind === 'fullyConnected' || layer.kind === 'depthwise') return batch * layer.multiplyAccumulates;
  const pixels = batch * layer.outputRows * layer.outputColumns;
  const blocks = layer.groups * folds(pixels, facts['tilePixels']) * folds(layer.outputChannels / layer.groups, facts['tileChannels']);
  const waves = folds(blocks, facts['multiprocessors']);
  const reduction = layer.multiplyAccumulates / layer.outputElements;
  return waves * facts['multiprocessors'] * facts['tilePixels'] * facts['tileChannels'] * reduction;
}

/** Kernels of 3 x 3 with stride 1 run by a minimal-filtering algorithm with fewer multiplications. */
function isFast(layer: LayerWork): boolean {
  return layer.kind === 'convolution' && layer.kernelRows === 3 && layer.kernelColumns === 3 && layer.stride === 1;
}
