import type { TaskEmitter } from './task-emitter.js';
import type { TensorView } from './work.js';

/** How an engine runs a work: its tiling, which only the engine looks into, and what the chassis must know. */
export interface Plan {
  /** Estimated cycles. */
  readonly cycles: number;
  /** Words of each part of the work's constants; the chassis finds places for them. */
  readonly constantWords: readonly number[];
  /**
   * Instructions that emitting takes at least, counted without making them: shapes of a network are mere numbers, and
   * programs grow with them. Near to the right number, or a program that memory has no room for is refused only as it
   * grows.
   */
  readonly leastInstructions: number;
  readonly mapping: object;
}

/** A feature map in external memory: [blocks][height][width] words. */
export interface FeatureMapPlace {
  readonly address: number;
  readonly height: number;
  readonly width: number;
}

/** What emitting a work takes beside its plan. */
export interface Emission {
  readonly emitter: TaskEmitter;
  /** Bytes of a word. */
  readonly channelBlock: number;
  /** Address of each part of the constants, as in `Plan.constantWords`. */
  readonly constants: readonly number[];
  /** Where the storage of a view begins: its first block, not the view's. */
  place(view: TensorView): FeatureMapPlace;
}
