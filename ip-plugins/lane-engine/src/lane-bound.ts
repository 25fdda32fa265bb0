import { noActivity, touchedMaps, type EngineBound } from '@autodnnchip/core/engine';

import type { LaneEngineValues } from './lane-values.js';
import { laneBuffers } from './lane-buffers.js';
import { laneStepsPerPixel } from './lane-pipeline.js';
import { isRequantized, type LaneWork } from './lane-work.js';

/** The least that a work takes on the lane engine. */
export function laneBound(work: LaneWork, configuration: LaneEngineValues): EngineBound {
  const { channelBlock, laneBlocks } = configuration;
  const { kernelHeight, kernelWidth, outputHeight, outputWidth } = work.window;
  const blocks = work.inputs[0].blocks;
  const window = kernelHeight * kernelWidth * work.inputs.length;
  const least = laneStepsPerPixel(configuration);
  const pixels = Math.ceil(blocks / laneBlocks) * outputHeight * outputWidth * work.sweeps.length;
  const lanes = channelBlock * laneBlocks;
  const touched = touchedMaps(
    work,
    work.inputs.reduce((sum, input) => sum + input.blocks, 0),
  );
  const activationBytes = touched.words * channelBlock;
  const weightBytes = work.form === 'depthwise' ? kernelHeight * kernelWidth * blocks * channelBlock : 0;
  const parameterBytes = isRequantized(work)
    ? 8 * blocks * channelBlock
    : work.form === 'table'
      ? 256 * channelBlock
      : 0;
  const writtenBytes = blocks * outputHeight * outputWidth * work.sweeps.length * channelBlock;
  const operations = pixels * window * lanes;
  return {
    computeCycles: pixels * Math.max(window, least),
    readsWholeMaps: touched.isWhole,
    activationBytes,
    constantBytes: weightBytes + parameterBytes,
    writtenBytes,
    requantizeBound: window < least,
    // Made where it is asked for: it looks at all buffers, and a search for short latencies does without.
    get activity() {
      const none = noActivity(laneBuffers(configuration));
      return {
        ...none,
        ...(configuration.laneMultiply === 1 ? { multiplyAccumulates: operations } : { additions: operations }),
        registerBytes: 2 * operations,
        requantizations: isRequantized(work) ? pixels * lanes : 0,
        memories: {
          ...none.memories,
          input: { readBytes: operations, writtenBytes: activationBytes },
          output: { readBytes: writtenBytes, writtenBytes: pixels * lanes },
        },
      };
    },
  };
}
