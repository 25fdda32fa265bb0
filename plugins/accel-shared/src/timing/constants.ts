import type { AccelSharedConfiguration } from '../configuration.js';
import { instructionWords } from '../configuration.js';

/**
 * Cycles that the chassis' registers add, each named after the path it counts. A cycle is the time before a clock edge;
 * cycle 0 is the one in which the dispatcher asks for the first program block. These are facts of the SystemVerilog,
 * not fits: tests hold every one of them against simulation. What an engine adds is its own to say.
 */

/** Dispatcher: from the pulse that a block has arrived to the first push attempt of its first instruction. */
export function blockEntryCycles(configuration: AccelSharedConfiguration): number {
  return instructionWords(configuration) + 4;
}

/** Dispatcher: from one push to the first push attempt of the next instruction of the block. */
export function dispatchCycles(configuration: AccelSharedConfiguration): number {
  return instructionWords(configuration) + 3;
}

/** Unit done pulse to the cycle in which a waiting queue head sees it. */
export const finishedVisibleCycles = 1;

/** Last beat of a load to its done pulse. */
export const loadDoneCycles = 1;

/** Write response of a store's last burst to its done pulse. */
export const storeDoneCycles = 1;

/**
 * Store: from start to the first cycle in which its first word can be on the bus (buffer 2, word queue 1, sequencing
 * 1).
 */
export const storeFirstBeatCycles = 4;

/** Bursts whose write address may be out before their data. */
export const storeBurstsAhead = 2;

/** Write bursts that may await their response. */
export const storeOutstanding = 16;
