import type { MemoryModel } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { MemoryBox } from '../program/instruction.js';

/** Cycles between an engine instruction's turn and its first step, and from its last step to the end: an estimate. */
const engineOverheadCycles = 16;
/** The same for a load or store, beside the memory's own latency. */
const transferOverheadCycles = 6;

/**
 * Estimated cycles of transfers and instructions, for choosing tilings and for ordering the program. Estimates decide how
 * good the program is, never whether it is right.
 */
export interface CostModel {
  /** Cycles of a transfer of `runs` runs of `bytes` each, without latency. */
  transfer(runs: number, bytes: number): number;
  /** Cycles from the start of a load to its end, beside `transfer`. */
  readonly loadLatency: number;
  readonly storeLatency: number;
  readonly engineOverhead: number;
}

/** The cost model of a configuration on a memory. */
export function createCostModel(configuration: AccelSharedConfiguration, memory: MemoryModel): CostModel {
  const { busBytes, burstBeats, channelBlock } = configuration;
  const burstBytes = busBytes * burstBeats;
  const cyclesPerByte = memory.beatIntervalCycles / busBytes;
  const gap = memory.burstGapCycles;
  return {
    // A run starts anywhere in a burst: on average it touches 1 + (bytes - word) / burst of them.
    transfer: (runs, bytes) => runs * (bytes * cyclesPerByte + gap * (1 + (bytes - Math.min(bytes, channelBlock)) / burstBytes)),
    loadLatency: memory.readLatencyCycles + transferOverheadCycles,
    storeLatency: memory.writeLatencyCycles + transferOverheadCycles,
    engineOverhead: engineOverheadCycles,
  };
}

/** Cycles of a box's transfer. */
export function boxCycles(cost: CostModel, box: MemoryBox, wordBytes: number): number {
  return cost.transfer(box.rowCount * box.planeCount, box.rowWords * wordBytes);
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
