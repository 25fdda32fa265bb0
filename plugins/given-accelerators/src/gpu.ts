import { quantity } from '@autodnnchip/core';
import type { LayerWork } from './layer-work.js';
import { folds, isWeighted, type AcceleratorModel, type Facts } from './model.js';
import { buildPlan } from './plan-builder.js';

/**
 * An embedded GPU: one kernel per layer, its launch, its arithmetic and its memory traffic one after another (one thread block
 * per multiprocessor hides little). Arithmetic goes in thread blocks of `tilePixels` x `tileChannels` results, in waves over the
 * multiprocessors (occupancy): a layer with few results leaves lanes idle, a last wave is as long as a full one. Element-wise
 * operators on two maps are fused into the kernel before them and cost the read of the second map; concatenation is placement.
 *
 * Facts: multiprocessors, multiplyAddsPerCycle, clockMegahertz, memoryGigabytesPerSecond, bytesPerElement, tilePixels, tileChannels, powerMilliwatts.
 */
export const gpuModel: AcceleratorModel = ({ work, facts, parameters, batch }) => {
  const clockMegahertz = facts['clockMegahertz'];
  const bytesPerCycle = facts['memoryGigabytesPerSecond'] * 1e3 / clockMegahertz * parameters['memoryEfficiency'];
  const perCycle = facts['multiplyAddsPerCycle'] * parameters['arithmeticEfficiency'];
  const bytes = facts['bytesPerElement'];
  const builder = buildPlan({
    name: 'GPU', clockMegahertz,
    resources: [
      { id: 'queue', class: 'datapath' }, { id: 'multiprocessors', class: 'compute', staticPower: quantity(facts['powerMilliwatts'], 'mW') },
      { id: 'memory', class: 'memory' },
    ],
  });
  for (const layer of work.layers) {
    if (layer.kind === 'concat') { builder.free(layer); continue; }
    const fused = layer.kind === 'elementwise' && layer.producers.length > 1;
    const readBytes = bytes * (fused ? batch * layer.outputElements : batch * layer.inputElements + layer.weightElements);
    const writtenBytes = fused ? 0 : bytes * batch * layer.outputElements;
    const rate = perCycle * (isFast(layer) ? parameters['fastConvolutionGain'] : 1) * (layer.kind === 'depthwise' ? parameters['depthwiseEfficiency'] : 1);
    const arithmetic = paddedMultiplyAccumulates(layer, facts, batch) / rate;
    const launch = fused ? 0 : parameters['launchMicroseconds'] * clockMegahertz;
    builder.layer(layer, [
      { id: 'launch', resource: 'queue', class: 'datapath', tiles: 1, cycles: launch, limit: 'latency', waitsFor: 'previousLayer' },
      { id: 'arithmetic', resource: 'multiprocessors', class: 'compute', tiles: 1, cycles: arithmetic, limit: 'compute' },
      { id: 'traffic', resource: 'memory', class: 'memory', tiles: 1, cycles: (readBytes + writtenBytes) / bytesPerCycle, limit: 'memoryRead' },
    ], { readBytes, writtenBytes });
  }
  return builder.plan({ energyKnown: true });
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
