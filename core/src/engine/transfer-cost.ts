import type { MemoryBox } from './memory-box.js';

/**
 * Estimated cycles of the chassis for choosing tilings. Estimates decide how good a program is, never whether it is
 * right.
 */
export interface TransferCost {
  /** Cycles of a transfer of `runs` runs of `bytes` each, one after another with others. */
  load(runs: number, bytes: number): number;
  store(runs: number, bytes: number): number;
  /** Cycles from the start of a load to its first beat, and from the last beat of a store to its end. */
  readonly loadLatency: number;
  readonly storeLatency: number;
  /** What an instruction costs beside its work: the bus cycles that read it. */
  readonly instruction: number;
  /** Cycles from one instruction that is handed out to the next. */
  readonly dispatch: number;
}

/** Cycles of a box's transfer as a load. */
export function boxCycles(cost: TransferCost, box: MemoryBox, wordBytes: number): number {
  return cost.load(box.rowCount * box.planeCount, box.rowWords * wordBytes);
}
