import type { EngineActivity } from './engine-activity.js';

/**
 * The least that a layer takes on an engine, whatever its tiling: every pixel computed once, every byte that is needed
 * moved once. Nothing in it may be more than what any program of the engine takes: the coarse mode is a bound.
 */
export interface EngineBound {
  readonly computeCycles: number;
  /**
   * Whether every position of every feature map that it reads is needed: then its last read waits for their last store.
   */
  readonly readsWholeMaps: boolean;
  /** Bytes of feature maps that are read, of constants that are read, and of results that are written. */
  readonly activationBytes: number;
  readonly constantBytes: number;
  readonly writtenBytes: number;
  /** Whether pixels wait for requantisation rather than for window steps. */
  readonly requantizeBound: boolean;
  /** What the engine does, with what loads write to its buffers and stores read. */
  readonly activity: EngineActivity;
}
