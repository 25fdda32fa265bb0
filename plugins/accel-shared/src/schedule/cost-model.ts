import type { MemoryModel } from '@autodnnchip/core';

import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { MemoryBox } from '../program/instruction.js';
import { convDrainCycles, dispatchCycles, laneDrainCycles } from '../timing/constants.js';

/** Cycles that a load takes beside its data: the next one's addresses go out while data arrives. */
const loadOverheadCycles = 2;
/** Cycles that a store takes beside its data: it begins after the last beat of the one before. */
const storeOverheadCycles = 6;
/** Instructions that one computation of the conv engine brings along, dispatched one after another. */
const instructionsPerTask = 2.5;

/**
 * Estimated cycles for choosing tilings and for ordering the program. Estimates decide how good the program is, never
 * whether it is right.
 */
export interface CostModel {
  /** Cycles of a transfer of `runs` runs of `bytes` each, one after another with others. */
  load(runs: number, bytes: number): number;
  store(runs: number, bytes: number): number;
  /** Cycles from the start of a load to its first beat, and from the last beat of a store to its end. */
  readonly loadLatency: number;
  readonly storeLatency: number;
  /** Cycles of a conv task of `steps` that does or does not continue partial sums; of a lane task. */
  conv(steps: number, accumulates: boolean): number;
  lane(steps: number): number;
  /** What an instruction costs beside its work: the bus cycles that read it. */
  readonly instruction: number;
  /** Cycles from a task's last step to its end. */
  readonly convDrain: number;
  readonly laneDrain: number;
}

/** The cost model of a configuration on a memory. */
export function createCostModel(configuration: AccelSharedConfiguration, memory: MemoryModel): CostModel {
  const { busBytes, burstBeats, channelBlock } = configuration;
  const burstBytes = busBytes * burstBeats;
  const cyclesPerByte = memory.beatIntervalCycles / busBytes;
  const gap = memory.burstGapCycles;
  const convDrain = convDrainCycles(configuration);
  const laneDrain = laneDrainCycles(configuration);
  const dispatch = instructionsPerTask * dispatchCycles(configuration);
  // A run starts anywhere in a burst: on average it touches 1 + (bytes - word) / burst of them.
  const transfer = (runs: number, bytes: number): number => runs * (bytes * cyclesPerByte + gap * (1 + (bytes - Math.min(bytes, channelBlock)) / burstBytes));
  return {
    load: (runs, bytes) => transfer(runs, bytes) + loadOverheadCycles,
    store: (runs, bytes) => transfer(runs, bytes) + storeOverheadCycles,
    loadLatency: memory.readLatencyCycles + 4,
    storeLatency: memory.writeLatencyCycles + 2,
    // No third task begins before the first has drained.
    conv: (steps, accumulates) => Math.max(steps + 1 + (accumulates ? convDrain : 0), (steps + convDrain) / 2, dispatch),
    lane: (steps) => Math.max(steps + 1, (steps + laneDrain) / 2, dispatch),
    instruction: instructionWords(configuration) * channelBlock * cyclesPerByte,
    convDrain, laneDrain,
  };
}

/** Cycles of a box's transfer as a load. */
export function boxCycles(cost: CostModel, box: MemoryBox, wordBytes: number): number {
  return cost.load(box.rowCount * box.planeCount, box.rowWords * wordBytes);
}

/** A box of rows and planes with everything contiguous put into longer rows. `mergePlanes` false keeps planes apart. */
export function tileBox(
  address: number, words: number, rows: number, planes: number, width: number, height: number, wordBytes: number, mergePlanes: boolean,
): MemoryBox {
  const rowStride = width * wordBytes;
  const planeStride = height * rowStride;
  if (words !== width && rows > 1) return { address, rowWords: words, rowCount: rows, rowStride, planeCount: planes, planeStride };
  const rowWords = words * rows;
  if (planes > 1 && mergePlanes && rowWords === width * height) {
    return { address, rowWords: rowWords * planes, rowCount: 1, rowStride: rowWords * planes * wordBytes, planeCount: 1, planeStride: rowWords * planes * wordBytes };
  }
  return { address, rowWords, rowCount: 1, rowStride: rowWords * wordBytes, planeCount: planes, planeStride };
}
