import type { BufferRange, BufferRing } from './buffer-slots.js';
import type { MemoryBox, TensorRegion } from './memory-box.js';
import type { Task } from './task-fields.js';

/** Rows that a task reads or writes, by the names of the engine's buffers. */
export type BufferUses = Readonly<Record<string, BufferRange | undefined>>;

/**
 * Takes an engine's loads, tasks and stores of a layer in the order in which they would run one after another. What
 * each has to wait for, when it may run beside others, and its place in the program are the chassis' business.
 */
export interface TaskEmitter {
  /** The buffer's rows, which layers take in turn. */
  ring(buffer: string): BufferRing;
  /** Fills rows of a buffer; `region` is the feature map that is read, if it is one. */
  load(buffer: string, range: BufferRange, box: MemoryBox, region?: TensorRegion): void;
  /** Estimated end of a load if it were given now. */
  loadEnd(buffer: string, range: BufferRange, box: MemoryBox): number;
  /** `uses`: the rows that the task reads of buffers that loads fill, and writes of those that stores empty. */
  task(task: Task, uses: BufferUses): void;
  /** Empties words of a buffer into a part of a feature map; `layerEnd` with the layer's last. */
  store(buffer: string, range: BufferRange, box: MemoryBox, region: TensorRegion, layerEnd: boolean): void;
  /** Estimated cycle in which a region of a feature map has been stored. */
  readyTime(region: TensorRegion): number;
}
