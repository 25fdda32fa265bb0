import { quantity } from '@autodnnchip/core';
import { gpuKernels, type GpuKernel } from './gpu-kernels.js';
import type { LayerWork } from './layer-work.js';
import { folds, isWeighted, type AcceleratorModel, type Facts, type Parameters } from './model.js';
import { buildPlan, type Stage } from './plan-builder.js';

/**
 * An embedded GPU under TensorRT: the CPU puts kernels into a queue, the GPU runs them one after another. So launching
 * hides behind kernels that take longer, and decides where they are short.
 *
 * - A kernel's arithmetic and its memory traffic overlap. Products go in thread blocks, in waves over the
 *   multiprocessors: a layer
 *   with few results leaves lanes idle, a last wave is as long as a full one. The library has blocks of several sizes and takes the
 *   fastest; for a few inputs of a dense layer it has kernels that read weights once and go by the memory alone.
 * - Every kernel has a fixed time on the GPU beside that (first data in, last results out), in cycles of its clock.
 * - 3 x 3 convolutions with stride 1 need fewer multiplications (minimal filtering) where the release has such kernels.
 * - Feature maps of a kernel that fit into the level 2 cache together do not reach the memory; weights always do.
 * - Networks in another type than their inputs have a kernel more, which converts them (`conversionKernels`). Where a
 *   measurement
 *   holds them (`copiesIncluded`), inputs and outputs are copied, 4 bytes a value.
 * - A release without ReLU6 computes Relu(x) - Relu(x - 6), in `clipKernels` kernels; it needs the model whose clips
 *   are layers.
 *
 * Facts: clockMegahertz, cpuMegahertz, multiprocessors, multiplyAddsPerCycle, memoryGigabytesPerSecond,
 * levelTwoKilobytes, bytesPerElement, conversionKernels, copiesIncluded, clipKernels, powerMilliwatts. Parameters: see
 * `platform-plugins/jetson`.
 */
export const gpuModel: AcceleratorModel = ({ work, facts, parameters, batch }) => {
  const clockMegahertz = facts['clockMegahertz'];
  const bytesPerCycle = ((facts['memoryGigabytesPerSecond'] * 1e3) / clockMegahertz) * parameters['memoryEfficiency'];
  const launchCycles = (parameters['launchKilocycles'] * 1e3 * clockMegahertz) / facts['cpuMegahertz'];
  const kernelCycles = parameters['kernelKilocycles'] * 1e3;
  const builder = buildPlan({
    name: 'GPU',
    clockMegahertz,
    resources: [
      { id: 'CPU', class: 'datapath' },
      { id: 'multiprocessors', class: 'compute', staticPower: quantity(facts['powerMilliwatts'], 'mW') },
      { id: 'memory', class: 'memory' },
    ],
  });
  const copiedBytes = 4 * batch * (work.inputElements + work.outputElements);
  builder.start({
    id: 'call',
    resource: 'CPU',
    class: 'datapath',
    limit: 'latency',
    cycles:
      parameters['startMilliseconds'] * 1e3 * clockMegahertz +
      facts['conversionKernels'] * launchCycles +
      (facts['copiesIncluded'] * copiedBytes) / ((parameters['copyGigabytesPerSecond'] * 1e3) / clockMegahertz),
  });
  for (const kernel of gpuKernels(work)) {
    const { layer } = kernel;
    const launches =
      kernel.launches * (layer.operator === 'Clip' && layer.kind === 'elementwise' ? facts['clipKernels'] : 1);
    if (launches === 0) {
      builder.free(layer);
      continue;
    }
    const traffic = trafficBytes(kernel, facts, batch, launches / kernel.launches);
    const arithmetic = isWeighted(layer) ? arithmeticCycles(layer, facts, parameters, batch) : 0;
    const stage = (id: string, limit: Stage['limit'], cycles: number): Stage => ({
      id,
      resource: id === 'traffic' ? 'memory' : 'multiprocessors',
      class: id === 'traffic' ? 'memory' : 'compute',
      tiles: launches,
      cycles,
      limit,
      waitsFor: 'previousLayer',
      after: ['launch'],
    });
    builder.layer(
      layer,
      [
        {
          id: 'launch',
          resource: 'CPU',
          class: 'datapath',
          tiles: launches,
          cycles: launches * launchCycles,
          limit: 'latency',
          waitsFor: 'nothing',
          room: launches,
        },
        ...(arithmetic > 0 ? [stage('arithmetic', 'compute', arithmetic)] : []),
        stage('traffic', 'memoryRead', (traffic.readBytes + traffic.writtenBytes) / bytesPerCycle),
        {
          ...stage('start and end', 'latency', launches * kernelCycles),
          waitsFor: 'nothing',
          after: [...(arithmetic > 0 ? ['arithmetic'] : []), 'traffic'],
        },
      ],
      { ...traffic, ...(isFast(layer) ? { multiplicationShare: 1 / parameters['fastConvolutionGain'] } : {}) },
    );
  }
  return builder.plan({ energyKnown: true });
};

/** Bytes to and from external memory; `passes` times where a layer is several kernels over the same map. */
function trafficBytes(
  { layer, copiedElements, fusedElements }: GpuKernel,
  facts: Facts,
  batch: number,
  passes: number,
): { readonly readBytes: number; readonly writtenBytes: number } {
  const bytes = facts['bytesPerElement'];
  const read = passes * bytes * batch * (copiedElements ?? layer.inputElements + fusedElements);
  const written = passes * bytes * batch * (copiedElements ?? layer.outputElements);
  const weights = bytes * layer.weightElements;
  if (read + written <= passes * facts['levelTwoKilobytes'] * 1024) return { readBytes: weights, writtenBytes: 0 };
  return { readBytes: read + weights, writtenBytes: written };
}

/**
 * Thread blocks of the library's kernels: results, and the share of the largest one's rate that their reuse of data
 * allows.
 */
const threadBlocks = [
  { pixels: 128, channels: 64, share: 1 },
  { pixels: 64, channels: 32, share: 0.8 },
  { pixels: 32, channels: 32, share: 0.65 },
] as const;
/** Steps of the sum that filling a block and writing its results take as long as. */
const blockSteps = 16;
/** Inputs from which on a dense layer is a product of matrices for the library. */
const matrixRows = 8;

/**
 * Multiply-adds, with the lanes that idle in thread blocks and waves that are not full, at the rate that kernels reach.
 */
function arithmeticCycles(layer: LayerWork, facts: Facts, parameters: Parameters, batch: number): number {
  const perCycle =
    facts['multiplyAddsPerCycle'] *
    parameters['arithmeticEfficiency'] *
    (isFast(layer) ? parameters['fastConvolutionGain'] : 1);
  // Depthwise kernels work on all channels at once: memory decides.
  if (layer.kind === 'depthwise') return (batch * layer.multiplyAccumulates) / facts['multiplyAddsPerCycle'];
  const pixels =
    batch *
    (layer.kind === 'transposedConvolution'
      ? layer.inputRows * layer.inputColumns
      : layer.outputRows * layer.outputColumns);
  const steps = (layer.multiplyAccumulates * batch) / (pixels * layer.outputChannels);
  const cycles = threadBlocks.map(block => {
    const blocks =
      layer.groups * folds(pixels, block.pixels) * folds(layer.outputChannels / layer.groups, block.channels);
    const waves = folds(blocks, facts['multiprocessors']);
    return (
      (waves * facts['multiprocessors'] * block.pixels * block.channels * (steps + blockSteps)) /
      (perCycle * block.share)
    );
  });
  return Math.min(...cycles, ...(pixels < matrixRows ? [(batch * layer.multiplyAccumulates) / perCycle] : []));
}

/** Kernels of 3 x 3 with stride 1 run by a minimal-filtering algorithm with fewer multiplications. */
function isFast(layer: LayerWork): boolean {
  return (
    layer.kind === 'convolution' &&
    layer.groups === 1 &&
    layer.kernelRows === 3 &&
    layer.kernelColumns === 3 &&
    layer.strideRows === 1 &&
    layer.strideColumns === 1 &&
    layer.dilationRows === 1 &&
    layer.dilationColumns === 1
  );
}
