import { quantity } from '@autodnnchip/core';
import type { LayerWork, NetworkWork } from './layer-work.js';
import { folds, isWeighted, type AcceleratorModel, type Facts, type Parameters } from './model.js';
import { buildPlan, type Stage } from './plan-builder.js';

/**
 * Edge TPU: a weight-stationary systolic array with a vector unit, on-chip memory that keeps weights, and a host link.
 *
 * - A call costs a fixed time of the host. The host copies the inputs, then they and the instructions of all operators
 *   come over the
 *   link, then the array works, then the outputs go back, on a path of their own that is slower (the host puts them in order).
 * - Weights are cached in the order of execution until the memory is full, tile by tile of the array. What does not fit
 *   comes over
 *   the link at every inference, a tile at a time into a double buffer, while the array works on the tile before.
 * - A tile of weights takes its rows and columns at `tileBytesPerCycle` to load, and then all positions of the output
 *   pass. Rows hold
 *   whole taps of a kernel: as many as fit side by side. Results leave in all lanes of the array, used or not, also in memory.
 * - A depthwise kernel is one tap in all lanes at a time, through the rows of the array. A pool reads its window the
 *   same way.
 *   Sums and activations are in the output stage of the operator before them: a cycle per position, no instructions of their own.
 *
 * Facts: arrayRows, arrayColumns, clockMegahertz, cacheMegabytes, weightCacheMegabytes (0: what the largest feature
 * maps leave), tileBytesPerCycle, powerMilliwatts. Parameters: see `platform-plugins/edge-tpu`.
 */
export const edgeTpuModel: AcceleratorModel = ({ work, facts, parameters, batch }) => {
  const clockMegahertz = facts['clockMegahertz'];
  const linkBytesPerCycle = parameters['linkMegabytesPerSecond'] / clockMegahertz;
  const builder = buildPlan({
    name: 'Edge TPU',
    clockMegahertz,
    resources: [
      { id: 'host link', class: 'datapath', staticPower: quantity(facts['powerMilliwatts'], 'mW') },
      { id: 'array', class: 'compute', attributes: { rows: facts['arrayRows'], columns: facts['arrayColumns'] } },
      { id: 'vector unit', class: 'compute' },
    ],
  });
  builder.start({
    id: 'call, instructions and feature maps',
    resource: 'host link',
    class: 'datapath',
    limit: 'latency',
    cycles: hostCycles(work, facts, parameters, batch),
  });
  let cacheBytes = weightCacheBytes(work, facts);
  for (const layer of work.layers) {
    const kept = Math.min(
      cachedBytes(layer, facts),
      cacheBytes - (cacheBytes % (facts['arrayRows'] * facts['arrayColumns'])),
    );
    cacheBytes -= kept;
    const streamed =
      kept === cachedBytes(layer, facts) ? 0 : streamedBytes(layer, facts) * (1 - kept / cachedBytes(layer, facts));
    const tiles = streamed > 0 ? weightTiles(layer, facts) : 1;
    const stream: readonly Stage[] =
      streamed === 0
        ? []
        : [
            {
              id: 'stream weights',
              resource: 'host link',
              class: 'datapath',
              tiles,
              cycles: streamed / linkBytesPerCycle,
              limit: 'memoryRead',
              outputBytes: streamed,
              waitsFor: 'nothing',
            },
          ];
    builder.layer(
      layer,
      [
        ...stream,
        {
          id: 'compute',
          resource: isWeighted(layer) ? 'array' : 'vector unit',
          class: 'compute',
          tiles,
          cycles: computeCycles(layer, facts, batch),
          limit: 'compute',
          waitsFor: 'previousLayer',
          after: stream.map(({ id }) => id),
        },
      ],
      { readBytes: streamed, writtenBytes: 0 },
    );
  }
  return builder.plan({ energyKnown: true });
};

/** Before and after the array's work: one call for all inputs of a batch, an inference after another. */
function hostCycles(work: NetworkWork, { clockMegahertz }: Facts, parameters: Parameters, batch: number): number {
  const operators = work.layers.reduce((sum, layer) => sum + operatorsOf(layer), 0);
  const link = parameters['linkMegabytesPerSecond'];
  const microseconds =
    parameters['startMilliseconds'] * 1e3 +
    operators * ((parameters['instructionKilobytes'] * 1e3) / link + parameters['operatorMicroseconds']) +
    work.inputElements * (1 / link + 1 / parameters['inputCopyMegabytesPerSecond']) +
    outputBytes(work) / parameters['outputMegabytesPerSecond'];
  return batch * microseconds * clockMegahertz;
}

/**
 * Operators of the compiled network with instructions of their own: a scale and shift that is not part of a convolution
 * is a product and a sum.
 */
function operatorsOf(layer: LayerWork): number {
  if (layer.elsewhere !== undefined) return 0;
  if (layer.kind === 'elementwise') return layer.weightElements > 0 ? 2 : 0;
  return 1;
}

/** Feature maps are returned with their channels padded to words of 4. */
function outputBytes(work: NetworkWork): number {
  const last = work.layers.at(-1);
  const channels = last === undefined || last.kind === 'fullyConnected' ? 4 : last.outputChannels;
  return (work.outputElements * 4 * folds(channels, 4)) / channels;
}

/**
 * Feature maps need room in the same memory: the largest layer's input and output. Element-wise operators work in
 * place.
 */
function weightCacheBytes({ layers }: NetworkWork, { cacheMegabytes, weightCacheMegabytes }: Facts): number {
  if (weightCacheMegabytes > 0) return weightCacheMegabytes * 1024 * 1024;
  const maps = layers.reduce((most, layer) => {
    if (layer.kind === 'concat' || layer.elsewhere !== undefined) return most;
    return Math.max(most, layer.inputElements + (layer.kind === 'elementwise' ? 0 : layer.outputElements));
  }, 0);
  return Math.max(0, cacheMegabytes * 1024 * 1024 - maps);
}

/** Weights as the memory keeps them: results padded to the columns of the array, a bias of 4 bytes each. */
function cachedBytes(layer: LayerWork, facts: Facts): number {
  if (!isWeighted(layer) || layer.elsewhere !== undefined) return 0;
  if (layer.kind === 'depthwise')
    return layer.kernelRows * layer.kernelColumns * paddedResults(layer, facts) + 4 * layer.outputChannels;
  return layer.groups * inputsOfResult(layer) * paddedResults(layer, facts) + 4 * layer.outputChannels;
}

/** Weights as they come over the link: those of convolutions without padding. */
function streamedBytes(layer: LayerWork, facts: Facts): number {
  return layer.kind === 'fullyConnected' ? cachedBytes(layer, facts) : layer.weightElements + 3 * layer.outputChannels;
}

/** Results of a group that the columns of the array hold, used or not. */
function paddedResults(layer: LayerWork, { arrayColumns }: Facts): number {
  const results = layer.kind === 'depthwise' ? layer.outputChannels : layer.outputChannels / layer.groups;
  return arrayColumns * folds(results, arrayColumns);
}

/** Inputs that a result is a sum of. */
function inputsOfResult(layer: LayerWork): number {
  if (layer.kind === 'transposedConvolution')
    return (layer.kernelRows * layer.kernelColumns * layer.inputChannels) / layer.groups;
  return layer.multiplyAccumulates / layer.outputElements;
}

/** Tiles of weights of the array's size. */
function weightTiles(layer: LayerWork, facts: Facts): number {
  const { arrayRows, arrayColumns } = facts;
  const taps = layer.kernelRows * layer.kernelColumns;
  if (layer.kind === 'depthwise') return taps * folds(layer.outputChannels, arrayColumns);
  const channels = inputsOfResult(layer) / taps;
  const depth =
    channels <= arrayRows ? folds(taps, Math.floor(arrayRows / channels)) : taps * folds(channels, arrayRows);
  return (layer.groups * depth * paddedResults(layer, facts)) / arrayColumns;
}

/** Of all inputs of the batch, one after another. */
function computeCycles(layer: LayerWork, facts: Facts, batch: number): number {
  const { arrayRows, arrayColumns, tileBytesPerCycle } = facts;
  const positions =
    layer.kind === 'transposedConvolution'
      ? layer.inputRows * layer.inputColumns
      : layer.outputRows * layer.outputColumns;
  if (isWeighted(layer)) {
    // A depthwise tap drains through the rows before the next; other tiles are loaded first.
    const change = layer.kind === 'depthwise' ? arrayRows : (arrayRows * arrayColumns) / tileBytesPerCycle;
    return batch * weightTiles(layer, facts) * (positions + change);
  }
  const passes = layer.kind === 'pool' ? layer.kernelRows * layer.kernelColumns : Math.max(1, operatorsOf(layer));
  return batch * passes * positions * folds(layer.outputChannels, arrayColumns);
}
