import { quantity } from '@autodnnchip/core';
import type { LayerWork, NetworkWork } from './layer-work.js';
import { folds, type AcceleratorModel, type ModelRequest } from './model.js';
import { buildPlan, type Stage } from './plan-builder.js';

/**
 * Edge TPU: a weight-stationary systolic array, on-chip memory that keeps the weights, and a host link. Weights are cached in
 * the order of execution until the memory is full; what does not fit comes over the link at every inference.
 *
 * Facts: arrayRows, arrayColumns, clockMegahertz, cacheMegabytes. Parameters: see `platform-plugins/edge-tpu`.
 */
export const edgeTpuModel: AcceleratorModel = (request) => {
  const { work, facts, parameters, batch } = request;
  const clockMegahertz = facts['clockMegahertz'];
  const linkBytesPerCycle = parameters['linkMegabytesPerSecond'] / clockMegahertz;
  const builder = buildPlan({
    name: 'Edge TPU', clockMegahertz,
    resources: [
      { id: 'host link', class: 'datapath', staticPower: quantity(facts['powerMilliwatts'], 'mW') },
      { id: 'array', class: 'compute', attributes: { rows: facts['arrayRows'], columns: facts['arrayColumns'] } },
    ],
  });
  const transferCycles = batch * (work.inputElements + work.outputElements) / linkBytesPerCycle;
  builder.start({ id: 'call and feature maps', resource: 'host link', class: 'datapath', cycles: parameters['startMilliseconds'] * 1e3 * clockMegahertz + transferCycles, limit: 'latency' });
  let cacheBytes = facts['cacheMegabytes'] * 1024 * 1024 - largestWorkingSet(work);
  for (const layer of work.layers) {
    const cached = layer.weightElements <= cacheBytes;
    if (cached) cacheBytes -= layer.weightElements;
    const streamed = cached ? 0 : layer.weightElements;
    if (layer.kind === 'concat') { builder.free(layer); continue; }
    const stream: readonly Stage[] = streamed === 0 ? [] : [
      { id: 'stream weights', resource: 'host link', class: 'datapath', tiles: 1, cycles: streamed / linkBytesPerCycle, limit: 'memoryRead', outputBytes: streamed, waitsFor: 'previousLayer' },
    ];
    builder.layer(layer, [
      ...stream,
      { id: 'compute', resource: 'array', class: 'compute', tiles: 1, cycles: batch * layerCycles(layer, request), limit: 'compute', waitsFor: 'producers' },
    ], { readBytes: streamed, writtenBytes: 0 });
  }
  return builder.plan({ energyKnown: true });
};

/** Feature maps need room in the same memory: the largest layer's input and output. */
function largestWorkingSet({ layers }: NetworkWork): number {
  return layers.reduce((most, layer) => Math.max(most, layer.inputElements + layer.outputElements), 0);
}

/** Cycles of the array, or of the vector unit for pooling (a lane per array column) and element-wise operators
 * (a scale and shift is two, a sum of two maps one). */
function layerCycles(layer: LayerWork, { facts, parameters }: ModelRequest): number {
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
