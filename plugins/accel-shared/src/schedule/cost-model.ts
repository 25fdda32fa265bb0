import type { MemoryModel } from '@autodnnchip/core';
import type { TransferCost } from '@autodnnchip/core/engine';

import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import { dispatchCycles } from '../timing/constants.js';

/** Cycles that a load takes beside its data: the next one's addresses go out while data arrives. */
const loadOverheadCycles = 2;
/** Cycles that a store takes beside its data: it begins after the last beat of the one before. */
const storeOverheadCycles = 6;

/** Estimated cycles of transfers on a memory, for choosing tilings and for ordering the program. */
export function createTransferCost(configuration: AccelSharedConfiguration, memory: MemoryModel): TransferCost {
  const { busBytes, burstBeats, channelBlock } = configuration;
  const burstBytes = busBytes * burstBeats;
  const cyclesPerByte = memory.beatIntervalCycles / busBytes;
  const gap = memory.burstGapCycles;
  // A run starts anywhere in a burst: on average it touches 1 + (bytes - word) / burst of them.
  const transfer = (runs: number, bytes: number): number =>
    runs * (bytes * cyclesPerByte + gap * (1 + (bytes - Math.min(bytes, channelBlock)) / burstBytes));
  return {
    load: (runs, bytes) => transfer(runs, bytes) + loadOverheadCycles,
    store: (runs, bytes) => transfer(runs, bytes) + storeOverheadCycles,
    loadLatency: memory.readLatencyCycles + 4,
    storeLatency: memory.writeLatencyCycles + 2,
    instruction: instructionWords(configuration) * channelBlock * cyclesPerByte,
    dispatch: dispatchCycles(configuration),
  };
}
