import {
  noActivity,
  touchedMaps,
  type EngineActivity,
  type EngineBound,
  type MaximumWork,
} from '@autodnnchip/core/engine';

import { poolBuffers, poolMemories } from './pool-buffers.js';
import { positionsOf, resultExtents, wordsRead, type PoolTask } from './pool-task.js';
import type { PoolValues } from './pool-values.js';
import { workCycles } from './pool-work.js';

/** Comparisons at a position: both trees, whatever the window. */
function comparisons({ channelBlock, poolWindow }: PoolValues): number {
  return 2 * (poolWindow - 1) * channelBlock;
}

/** What a task does. */
export function addPoolActivity(activity: EngineActivity, task: PoolTask, values: PoolValues): void {
  const { input, output, line } = activity.memories;
  const { channelBlock, poolWindow } = values;
  const results = resultExtents(task);
  const positions = positionsOf(task);
  // The line memory is read and written where a window ends in its row.
  const lineBytes = task.planes * task.rows * results.columns * channelBlock * (poolWindow - 1);
  activity.additions += positions * comparisons(values);
  activity.registerBytes += positions * channelBlock * poolWindow;
  input.readBytes += wordsRead(task) * channelBlock;
  output.writtenBytes += task.planes * results.rows * results.columns * channelBlock;
  line.readBytes += lineBytes;
  line.writtenBytes += lineBytes;
}

/** The least that a work takes: one tile, in which every position passes once. */
export function poolBound(work: MaximumWork, values: PoolValues): EngineBound {
  const { channelBlock, poolWindow } = values;
  const { outputHeight, outputWidth } = work.window;
  const [{ blocks }] = work.inputs;
  const computeCycles = workCycles(work);
  const touched = touchedMaps(work, blocks);
  const activationBytes = touched.words * channelBlock;
  const writtenBytes = blocks * outputHeight * outputWidth * channelBlock;
  return {
    computeCycles,
    readsWholeMaps: touched.isWhole,
    activationBytes,
    constantBytes: 0,
    writtenBytes,
    requantizeBound: false,
    // Made where it is asked for: a search for short latencies does without.
    get activity() {
      const none = noActivity([...poolBuffers(values), ...poolMemories(values)]);
      return {
        ...none,
        additions: computeCycles * comparisons(values),
        registerBytes: computeCycles * channelBlock * poolWindow,
        memories: {
          ...none.memories,
          input: { readBytes: activationBytes, writtenBytes: activationBytes },
          output: { readBytes: writtenBytes, writtenBytes },
        },
      };
    },
  };
}
