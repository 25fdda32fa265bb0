import { noActivity, type EngineBound } from '@autodnnchip/core/engine';

import { chipOf } from '../../chip/chip.js';
import type { AccelSharedConfiguration } from '../../configuration.js';
import type { ConvLayer } from '../../lowering/index.js';
import { touchedMaps } from '../../prediction/touched-words.js';
import { convStepsPerPixel } from './conv-engine.js';

/** The least that a convolution takes on the convolution engine. */
export function convBound(layer: ConvLayer, configuration: AccelSharedConfiguration): EngineBound {
  const { channelBlock, outputParallelism } = configuration;
  const { kernelHeight, kernelWidth, outputHeight, outputWidth } = layer.window;
  const least = convStepsPerPixel(configuration);
  const pixels = outputHeight * outputWidth;
  let computeCycles = 0;
  let steps = 0;
  let groups = 0;
  let requantizeBound = false;
  for (const partition of layer.partitions) {
    const window = layer.repeat * kernelHeight * kernelWidth * partition.blocks;
    computeCycles += partition.groups * pixels * Math.max(window, least);
    steps += partition.groups * window;
    groups += partition.groups;
    requantizeBound ||= window < least;
  }
  const activationBytes = touchedMaps(layer).words * channelBlock;
  const weightBytes = steps * outputParallelism * channelBlock;
  const outputs = groups * outputParallelism;
  const writtenBytes = layer.output.blocks * pixels * channelBlock;
  const [{ buffers, memories }] = chipOf(configuration).engines;
  const none = noActivity([...buffers, ...memories]);
  const products = pixels * weightBytes;
  const activity = {
    ...none, multiplyAccumulates: products, registerBytes: 2 * products, requantizations: pixels * outputs,
    memories: {
      ...none.memories,
      activation: { readBytes: pixels * steps * channelBlock, writtenBytes: activationBytes },
      weight: { readBytes: products, writtenBytes: weightBytes },
      parameter: { readBytes: 8 * pixels * outputs, writtenBytes: 8 * outputs },
      output: { readBytes: writtenBytes, writtenBytes: pixels * outputs },
    },
  };
  return { computeCycles, activationBytes, constantBytes: weightBytes + 8 * outputs, writtenBytes, requantizeBound, activity };
}
