import { noActivity, type EngineBound } from '@autodnnchip/core/engine';

import { chipOf } from '../../chip/chip.js';
import type { AccelSharedConfiguration } from '../../configuration.js';
import type { LaneLayer } from '../../lowering/index.js';
import { touchedMaps } from '../../prediction/touched-words.js';
import { laneStepsPerPixel } from './lane-engine.js';

/** The least that a layer takes on the lane engine. */
export function laneBound(layer: LaneLayer, configuration: AccelSharedConfiguration): EngineBound {
  const { channelBlock, laneBlocks, laneMultiply } = configuration;
  const { kernelHeight, kernelWidth, outputHeight, outputWidth } = layer.window;
  const blocks = layer.inputs[0].blocks;
  const window = kernelHeight * kernelWidth * layer.inputs.length;
  const least = laneStepsPerPixel(configuration);
  const pixels = Math.ceil(blocks / laneBlocks) * outputHeight * outputWidth * layer.variants.length;
  const lanes = channelBlock * laneBlocks;
  const activationBytes = touchedMaps(layer).words * channelBlock;
  const weightBytes = layer.operation === 'multiply' ? kernelHeight * kernelWidth * blocks * channelBlock : 0;
  const parameterBytes = layer.result === 'requantize' ? 8 * blocks * channelBlock : layer.result === 'table' ? 256 * channelBlock : 0;
  const writtenBytes = blocks * outputHeight * outputWidth * layer.variants.length * channelBlock;
  const [, { buffers, memories }] = chipOf(configuration).engines;
  const none = noActivity([...buffers, ...memories]);
  const operations = pixels * window * lanes;
  const activity = {
    ...none, ...(laneMultiply === 1 ? { multiplyAccumulates: operations } : { additions: operations }), registerBytes: 2 * operations,
    requantizations: layer.result === 'requantize' ? pixels * lanes : 0,
    memories: {
      ...none.memories,
      input: { readBytes: operations, writtenBytes: activationBytes },
      output: { readBytes: writtenBytes, writtenBytes: pixels * lanes },
    },
  };
  return { computeCycles: pixels * Math.max(window, least), activationBytes, constantBytes: weightBytes + parameterBytes, writtenBytes, requantizeBound: window < least, activity };
}
