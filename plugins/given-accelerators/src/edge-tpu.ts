import { quantity } from '@autodnnchip/core';
import type { LayerWork, NetworkWork } from './layer-work.js';
import { folds, isWeighted, type AcceleratorModel, type Facts, type Parameters } from './model.js';
import { buildPlan, type Stage } from './plan-builder.js';

/**
 * Edge TPU: a weight-stationary systolic array with a vector unit, on-chip memory that keeps weights, and a host link.
 *
 * - Operators run one after another; each begins with its instructions from the host (`dispatchMicroseconds`).
 * - Weights are cached in the order of execution until the memory is full. What does not fit comes over the link at every
 *   inference, a tile of the array's size at a time into a double buffer, while the array works on the tile before.
 * - A tile of weights stays for all pixels, but never less than the rows that it takes to load the next. Rows hold whole taps
 *   of a kernel: as many as fit side by side. Depthwise kernels use one row, a tap at a time.
 * - Pooling reads every input element once, a lane per array column; element-wise operators rescale their operands and are
 *   slower. Concatenation is placement.
 *
 * Facts: arrayRows, arrayColumns, clockMegahertz, cacheMegabytes, powerMilliwatts. Parameters: see `platform-plugins/edge-tpu`.
 */
export const edgeTpuModel: AcceleratorModel = ({ work, facts, parameters, batch }) => {
  const clockMegahertz = facts['clockMegahertz'];
  const linkBytesPerCycle = parameters['linkMegabytesPerSecond'] / clockMegahertz;
  const dispatchCycles = parameters['dispatchMicroseconds'] * clockMegahertz;
  const builder = buildPlan({
    name: 'Edge TPU', clockMegahertz,
    resources: [
      { id: 'host link', class: 'datapath', staticPower: quantity(facts['powerMilliwatts'], 'mW') },
      { id: 'sequencer', class: 'datapath' },
      { id: 'array', class: 'compute', attributes: { rows: facts['arrayRows'], columns: facts['arrayColumns'] } },
      { id: 'vector unit', class: 'compute' },
    ],
  });
  const transferCycles = batch * (work.inputElements + work.outputElements) / linkBytesPerCycle;
  builder.start({
    id: 'call and feature maps', resource: 'host link', class: 'datapath', limit: 'latency',
    cycles: parameters['startMilliseconds'] * 1e3 * clockMegahertz + transferCycles,
  });
  let cacheBytes = facts['cacheMegabytes'] * 1024 * 1024 - largestWorkingSet(work);
  for (const layer of work.layers) {
    const cached = layer.weightElements <= cacheBytes;
    if (cached) cacheBytes -= layer.weightElements;
    if (layer.kind === 'concat') { builder.free(layer); continue; }
    const streamed = cached ? 0 : layer.weightElements;
    const tiles = streamed > 0 ? weightTiles(layer, facts) : 1;
    const stream: readonly Stage[] = streamed === 0 ? [] : [
      { id: 'stream weights', resource: 'host link', class: 'datapath', tiles, cycles: streamed / linkBytesPerCycle, limit: 'memoryRead', outputBytes: streamed, waitsFor: 'nothing' },
    ];
    builder.layer(layer, [
      ...stream,
      { id: 'dispatch', resource: 'sequencer', class: 'datapath', tiles: 1, cycles: operators(layer) * dispatchCycles, limit: 'latency', waitsFor: 'previousLayer', after: [] },
      {
        id: 'compute', resource: isWeighted(layer) ? 'array' : 'vector unit', class: 'compute', tiles,
        cycles: batch * computeCycles(layer, facts, parameters), limit: 'compute', after: [...stream.map(({ id }) => id), 'dispatch'],
      },
    ], { readBytes: streamed, writtenBytes: 0 });
  }
  return builder.plan({ energyKnown: true });
};

/** Feature maps need room in the same memory: the largest layer's input and output. Element-wise operators work in place. */
function largestWorkingSet({ layers }: NetworkWork): number {
  return layers.reduce((most, layer) => {
    if (layer.kind === 'concat' || layer.elsewhere !== undefined) return most;
    return Math.max(most, layer.inputElements + (layer.kind === 'elementwise' ? 0 : layer.outputElements));
  }, 0);
}

/** Operators of the compiled network: a scale and shift that is not folded into a convolution is a product and a sum. */
function operators(layer: LayerWork): number {
  return layer.kind === 'elementwise' && layer.producers.length === 1 ? 2 : 1;
}

/** Tiles of weights of the array's size. */
function weightTiles(layer: LayerWork, { arrayRows, arrayColumns }: Facts): number {
  if (!isWeighted(layer)) return 1;
  const taps = layer.kernelRows * layer.kernelColumns;
  if (layer.kind === 'depthwise') return taps * folds(layer.outputChannels, arrayColumns);
  const channels = layer.kind === 'fullyConnected' ? layer.inputElements : layer.inputChannels / layer.groups;
  const depth = channels <= arrayRows ? folds(taps, Math.floor(arrayRows / channels)) : taps * folds(channels, arrayRows);
  return layer.groups * depth * folds(layer.outputChannels / layer.groups, arrayColumns);
}

function computeCycles(layer: LayerWork, facts: Facts, parameters: Parameters): number {
  const { arrayRows, arrayColumns } = facts;
  if (layer.kind === 'elementwise') return operators(layer) * layer.outputElements / parameters['elementsPerCycle'];
  if (layer.kind === 'pool') return layer.inputElements / arrayColumns;
  const pixels = layer.kind === 'transposedConvolution' ? layer.inputRows * layer.inputColumns : layer.outputRows * layer.outputColumns;
  return weightTiles(layer, facts) * (layer.kind === 'depthwise' ? pixels : Math.max(pixels, arrayRows));
}
