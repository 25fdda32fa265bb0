import type { LayerWork } from './layer-work.js';
import { folds, fusedPools, isWeighted, type AcceleratorModel, type LayerCost } from './model.js';

/**
 * An embedded GPU: one kernel per layer. A kernel takes the longer of its arithmetic and its memory traffic, plus its launch.
 * Arithmetic goes in thread blocks of `tilePixels` x `tileChannels` results, in waves over the multiprocessors (occupancy):
 * a layer with few results leaves multiprocessors idle, a last wave is as long as a full one.
 *
 * Facts: multiprocessors, multiplyAddsPerCycle, clockMegahertz, memoryGigabytesPerSecond, bytesPerElement, tilePixels, tileChannels.
 */
export const gpuModel: AcceleratorModel = ({ work, facts, parameters, batch }) => {
  const bytesPerSecond = facts['memoryGigabytesPerSecond'] * 1e9 * parameters['memoryEfficiency'];
  const peak = facts['multiplyAddsPerCycle'] * facts['clockMegahertz'] * 1e6 * parameters['arithmeticEfficiency'];
  const bytes = facts['bytesPerElement'];
  const pools = fusedPools(work);
  const layers = work.layers.map((layer): LayerCost => {
    if (layer.kind === 'concat') return { layer, seconds: 0, resources: {}, limitedBy: 'latency', readBytes: 0, writtenBytes: 0 };
    const joined = layer.kind === 'elementwise' && layer.producers.length > 1;
    if (joined) { const m = bytes * layer.outputElements / bytesPerSecond; return { layer, seconds: m, resources: {memory: m}, limitedBy: 'memoryRead', readBytes: 0, writtenBytes: 0 }; }
    const readBytes = bytes * (batch * layer.inputElements + layer.weightElements);
    const writtenBytes = bytes * batch * layer.outputElements;
    const memory = (readBytes + writtenBytes) / bytesPerSecond;
    const arithmetic = paddedMultiplyAccumulates(layer, facts, parameters, batch) / peak;
    const launch = parameters['launchMicroseconds'] * 1e-6;
    return {
      layer, seconds: (facts['add'] ? arithmetic + memory : Math.max(arithmetic, memory)) + launch,
      resources: { compute: arithmetic, memory, launch },
      limitedBy: launch > arithmetic && launch > memory ? 'latency' : arithmetic >= memory ? 'compute' : 'memoryRead',
      readBytes, writtenBytes,
    };
  });
  void pools;
  return { layers, startSeconds: (parameters['startMilliseconds'] ?? 0) * 1e-3 };
};

function paddedMultiplyAccumulates(layer: LayerWork, facts: Readonly<Record<string, number>>, parameters: Readonly<Record<string, number>>, batch: number): number {
  if (!isWeighted(layer)) return 0;
  const reduction = layer.multiplyAccumulates / layer.outputElements;
  if (layer.kind === 'fullyConnected' || layer.kind === 'depthwise') return batch * layer.multiplyAccumulates * (layer.kind === 'depthwise' ? parameters['depthwiseSlowdown'] ?? 1 : 1);
  const pixels = batch * layer.outputRows * layer.outputColumns;
  const blocks = layer.groups * folds(pixels, facts['tilePixels']) * folds(layer.outputChannels / layer.groups, facts['tileChannels']);
  const waves = folds(blocks, facts['multiprocessors']);
  return waves * facts['multiprocessors'] * facts['tilePixels'] * facts['tileChannels'] * reduction;
}
