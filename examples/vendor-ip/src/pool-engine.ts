import type { Engine, MaximumWork } from '@autodnnchip/core/engine';

import { emitPool } from './emit-pool.js';
import { executePool } from './execute-pool.js';
import { planPool, type PoolMapping } from './plan-pool.js';
import { addPoolActivity, poolBound } from './pool-activity.js';
import { poolBuffers, poolMemories } from './pool-buffers.js';
import { poolTiming } from './pool-pipeline.js';
import { poolFault, poolFields, positionsOf, type PoolTask } from './pool-task.js';
import type { PoolValues } from './pool-values.js';
import { bidFor, unit } from './pool-work.js';

/** The engine with its values, which are read when they are needed: whoever watches sees what a bid depends on. */
export function poolEngine(values: PoolValues): Engine {
  return {
    unit,
    multipliers: 0,
    fields: poolFields,
    get buffers() {
      return poolBuffers(values);
    },
    get memories() {
      return poolMemories(values);
    },
    get rtl() {
      return {
        module: 'stream_pool',
        parameters: {
          CHANNEL_BLOCK: values.channelBlock,
          WINDOW: values.poolWindow,
          LINE_DEPTH: values.poolLineDepth,
        },
      };
    },
    bid: work => bidFor(work, values),
    bound: (work: MaximumWork) => poolBound(work, values),
    plan: (work: MaximumWork, cost) => planPool(work, values, cost),
    emit: (work: MaximumWork, { mapping }, emission) => emitPool(emission, work, mapping as PoolMapping),
    // A maximum has no constants.
    writeConstants: () => undefined,
    timing: (task: PoolTask) => poolTiming(task),
    computeCycles: (task: PoolTask) => positionsOf(task),
    limit: () => 'compute',
    fault: (task: PoolTask) => poolFault(task, values),
    addActivity: (activity, task: PoolTask) => addPoolActivity(activity, task, values),
    execute: (task: PoolTask, memories) => executePool(task, memories, values.channelBlock),
  };
}
