import { noActivity, touchedMaps, type ConvolutionWork, type EngineBound } from '@autodnnchip/core/engine';

import type { ConvEngineValues } from './conv-values.js';
import { convBuffers, convMemories } from './conv-buffers.js';
import { convStepsPerPixel } from './conv-pipeline.js';
import { partitionsOf, type ConvPartition } from './conv-partitions.js';

/** The least that a convolution takes on the convolution engine. */
export function convBound(work: ConvolutionWork, configuration: ConvEngineValues): EngineBound {
  const partitions = partitionsOf(work, configuration);
  const { channelBlock, outputParallelism } = configuration;
  const { kernelHeight, kernelWidth, outputHeight, outputWidth } = work.window;
  const least = convStepsPerPixel(configuration);
  const pixels = outputHeight * outputWidth;
  let computeCycles = 0;
  let steps = 0;
  let groups = 0;
  let requantizeBound = false;
  for (const partition of partitions) {
    const window = work.weights.parts * kernelHeight * kernelWidth * partition.blocks;
    computeCycles += partition.groups * pixels * Math.max(window, least);
    steps += partition.groups * window;
    groups += partition.groups;
    requantizeBound ||= window < least;
  }
  const touched = touchedMaps(work, blocksRead(partitions));
  const activationBytes = touched.words * channelBlock;
  const weightBytes = steps * outputParallelism * channelBlock;
  const outputs = groups * outputParallelism;
  const writtenBytes = work.output.blocks * pixels * channelBlock;
  const products = pixels * weightBytes;
  return {
    computeCycles,
    readsWholeMaps: touched.isWhole,
    activationBytes,
    constantBytes: weightBytes + 8 * outputs,
    writtenBytes,
    requantizeBound,
    // Made where it is asked for: it looks at all buffers, and a search for short latencies does without.
    get activity() {
      const none = noActivity([...convBuffers(configuration), ...convMemories(configuration)]);
      return {
        ...none,
        multiplyAccumulates: products,
        registerBytes: 2 * products,
        requantizations: pixels * outputs,
        memories: {
          ...none.memories,
          activation: { readBytes: pixels * steps * channelBlock, writtenBytes: activationBytes },
          weight: { readBytes: products, writtenBytes: weightBytes },
          parameter: { readBytes: 8 * pixels * outputs, writtenBytes: 8 * outputs },
          output: { readBytes: writtenBytes, writtenBytes: pixels * outputs },
        },
      };
    },
  };
}

/** Input blocks that some partition reads. */
function blocksRead(partitions: readonly ConvPartition[]): number {
  let end = 0;
  let blocks = 0;
  for (const partition of [...partitions].sort((left, right) => left.blockBase - right.blockBase)) {
    const from = Math.max(end, partition.blockBase);
    end = Math.max(end, partition.blockBase + partition.blocks);
    blocks += Math.max(0, end - from);
  }
  return blocks;
}
