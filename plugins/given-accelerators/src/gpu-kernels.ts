import type { LayerWork, NetworkWork } from './layer-work.js';
import { isWeighted } from './model.js';

/** What a GPU launches for a layer. */
export interface GpuKernel {
  readonly layer: LayerWork;
  /** Kernels; 0: part of another one, or a matter of addresses. */
  readonly launches: number;
  /** Elements that are moved, where the kernels are copies. */
  readonly copiedElements?: number;
  /** Elements of second operands of sums that are merged into this kernel. */
  readonly fusedElements: number;
}

/**
 * The kernels of a network, as TensorRT makes them:
 * - A sum of two maps is merged into the convolution that makes the later one.
 * - Producers write straight into the result of a concatenation. A map can have one such home: where an earlier
 *   concatenation
 *   has it already (or it is the network's input), it is copied, a kernel each.
 * - Permutations and slices are copies.
 */
export function gpuKernels({ layers }: NetworkWork): readonly GpuKernel[] {
  const fusedInto = layers.map(layer => sumHome(layer, layers));
  const fusedElements = layers.map(() => 0);
  fusedInto.forEach((home, index) => {
    if (home >= 0) fusedElements[home] += layers[index].outputElements;
  });
  const housed = new Set<number>([-1]);
  return layers.map((layer, index): GpuKernel => {
    if (fusedInto[index] >= 0) return { layer, launches: 0, fusedElements: 0 };
    if (layer.kind !== 'concat') return { layer, launches: 1, fusedElements: fusedElements[index] };
    if (layer.producers.length === 1)
      return { layer, launches: 1, copiedElements: layer.outputElements, fusedElements: 0 };
    const copies = layer.producers
      .map((producer, input) => (housed.has(producer) ? layer.inputMapElements[input] : 0))
      .filter(elements => elements > 0);
    for (const producer of layer.producers) housed.add(producer);
    return {
      layer,
      launches: copies.length,
      copiedElements: copies.reduce((sum, elements) => sum + elements, 0),
      fusedElements: 0,
    };
  });
}

/** The layer whose kernel also sums: the last producer of a sum's maps, if it multiplies by weights. Otherwise -1. */
function sumHome(layer: LayerWork, layers: readonly LayerWork[]): number {
  if (layer.kind !== 'elementwise' || layer.producers.length < 2) return -1;
  const last = Math.max(...layer.producers);
  return last >= 0 && isWeighted(layers[last]) ? last : -1;
}
