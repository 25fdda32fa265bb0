import { quantity } from '@autodnnchip/core';
import { gpuKernels, type GpuKernel } from './gpu-kernels.js';
import type { LayerWork } from './layer-work.js';
import { folds, isWeighted, type AcceleratorModel, type Facts, type Parameters } from './model.js';
import { buildPlan, type Stage } from './plan-builder.js';

/**
 * An embedded GPU under TensorRT: the CPU puts kernels into a queue, the GPU runs them one after another. So launching hides
 * behind kernels that take longer, and decides where they are short.
 *
 * - A kernel's arithmetic and its memory traffic overlap. Arithmetic goes in thread blocks of `tilePixels` x `tileChannels`
 *   results, in waves over the multiprocessors: a layer with few results leaves lanes idle, a last wave is as long as a full one.
 * - Convolution kernels have a fixed time beside that (first tiles in, transforms, last results out).
 * - 3 x 3 convolutions with stride 1 need fewer multiplications (minimal filtering).
 * - Feature maps of a kernel that fit into the level 2 cache together do not reach the memory; weights always do.
 *
 * Facts: clockMegahertz, cpuMegahertz, multiprocessors, multiplyAddsPerCycle, memoryGigabytesPerSecond, levelTwoKilobytes,
 * bytesPerElement, tilePixels, tileChannels, powerMilliwatts; groupedTilePixels and groupedTileChannels where depthwise
 * convolutions run as dense ones of a single channel (releases without depthwise kernels). Parameters: see `platform-plugins/jetson`.
 */
export const gpuModel: AcceleratorModel = ({ work, facts, parameters, batch }) => {
  const clockMegahertz = facts['clockMegahertz'];
  const bytesPerCycle = facts['memoryGigabytesPerSecond'] * 1e3 / clockMegahertz * parameters['memoryEfficiency'];
  const launchCycles = parameters['launchKilocycles'] * 1e3 * clockMegahertz / facts['cpuMegahertz'];
  const builder = buildPlan({
    name: 'GPU', clockMegahertz,
    resources: [
      { id: 'CPU', class: 'datapath' },
      { id: 'multiprocessors', class: 'compute', staticPower: quantity(facts['powerMilliwatts'], 'mW') },
      { id: 'memory', class: 'memory' },
    ],
  });
  builder.start({ id: 'call', resource: 'CPU', class: 'datapath', cycles: parameters['startMilliseconds'] * 1e3 * clockMegahertz, limit: 'latency' });
  for (const kernel of gpuKernels(work)) {
    const { layer, launches } = kernel;
    if (launches === 0) { builder.free(layer); continue; }
    const traffic = trafficBytes(kernel, facts, batch);
    const arithmetic = isWeighted(layer) ? arithmeticCycles(layer, facts, parameters, batch) : 0;
    const stage = (id: string, limit: Stage['limit'], cycles: number): Stage => ({
      id, resource: id === 'traffic' ? 'memory' : 'multiprocessors', class: id === 'traffic' ? 'memory' : 'compute',
      tiles: launches, cycles, limit, waitsFor: 'previousLayer', after: ['launch'],
    });
    builder.layer(layer, [
      { id: 'launch', resource: 'CPU', class: 'datapath', tiles: launches, cycles: launches * launchCycles, limit: 'latency', waitsFor: 'nothing', room: launches },
      ...(arithmetic > 0 ? [stage('arithmetic', 'compute', arithmetic)] : []),
      stage('traffic', 'memoryRead', (traffic.readBytes + traffic.writtenBytes) / bytesPerCycle),
      ...(arithmetic > 0 ? [{ ...stage('start and end', 'latency', fixedCycles(layer, facts, parameters)), waitsFor: 'nothing' as const, after: ['arithmetic', 'traffic'] }] : []),
    ], { ...traffic, ...(isFast(layer) ? { multiplicationShare: 1 / parameters['fastConvolutionGain'] } : {}) });
  }
  return builder.plan({ energyKnown: true });
};

/** Bytes to and from external memory. */
function trafficBytes({ layer, copiedElements, fusedElements }: GpuKernel, facts: Facts, batch: number): { readonly readBytes: number; readonly writtenBytes: number } {
  const bytes = facts['bytesPerElement'];
  const read = bytes * batch * (copiedElements ?? layer.inputElements + fusedElements);
  const written = bytes * batch * (copiedElements ?? layer.outputElements);
  const weights = bytes * layer.weightElements;
  if (read + written <= facts['levelTwoKilobytes'] * 1024) return { readBytes: weights, writtenBytes: 0 };
  return { readBytes: read + weights, writtenBytes: written };
}

/** Multiply-adds, with the lanes that idle in thread blocks and waves that are not full, at the rate that kernels reach. */
function arithmeticCycles(layer: LayerWork, facts: Facts, parameters: Parameters, batch: number): number {
  const perCycle = facts['multiplyAddsPerCycle'] * parameters['arithmeticEfficiency'];
  if (layer.kind === 'fullyConnected') return batch * layer.multiplyAccumulates / perCycle;
  const [tilePixels, tileChannels] = layer.kind === 'depthwise'
    ? [facts['groupedTilePixels'], facts['groupedTileChannels']]
    : [facts['tilePixels'], facts['tileChannels']];
  // Depthwise kernels of their own work on all channels at once: memory decides.
  if (layer.kind === 'depthwise' && tilePixels === undefined) return batch * layer.multiplyAccumulates / facts['multiplyAddsPerCycle'];
  const pixels = batch * layer.outputRows * layer.outputColumns;
  const blocks = layer.groups * folds(pixels, tilePixels) * folds(layer.outputChannels / layer.groups, tileChannels);
  const waves = folds(blocks, facts['multiprocessors']);
  const reduction = layer.multiplyAccumulates / layer.outputElements;
  const padded = waves * facts['multiprocessors'] * tilePixels * tileChannels * reduction;
  return padded / (perCycle * (isFast(layer) ? parameters['fastConvolutionGain'] : 1));
}

/** A matrix times a vector streams through: only kernels that tile their results fill and drain. */
function fixedCycles(layer: LayerWork, facts: Facts, parameters: Parameters): number {
  return layer.kind === 'fullyConnected' ? 1 : parameters['convolutionMicroseconds'] * facts['clockMegahertz'];
}

/** Kernels of 3 x 3 with stride 1 run by a minimal-filtering algorithm with fewer multiplications. */
function isFast(layer: LayerWork): boolean {
  return layer.kind === 'convolution' && layer.groups === 1 && layer.kernelRows === 3 && layer.kernelColumns === 3
    && layer.strideRows === 1 && layer.strideColumns === 1 && layer.dilationRows === 1 && layer.dilationColumns === 1;
}
