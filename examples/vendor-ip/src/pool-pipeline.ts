import type { TaskTiming } from '@autodnnchip/core/engine';

import { positionsOf, type PoolTask } from './pool-task.js';

/**
 * From the cycle of a task's last position to its done pulse: two cycles for the buffer, one each for the taps, the
 * row's greatest, the window's greatest and the wrapper's result register.
 */
const drainCycles = 6;

/** Cycles of a task beside those in which its positions pass. */
export const taskOverheadCycles = drainCycles;

/** The core takes one job at a time, and the next in the cycle in which the last is done. */
export function poolTiming(task: PoolTask): TaskTiming {
  return { stages: [{ kind: 'work', cycles: positionsOf(task) + drainCycles }], slots: [] };
}
