import type { MemoryModel } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { MemoryBox } from '../program/instruction.js';
import { storeBurstsAhead, storeFirstBeatCycles, storeOutstanding } from './constants.js';

/** Cuts a box into bursts and hands each one's beats to `visit`, in order; the last one is marked. */
export function forEachBurst(box: MemoryBox, configuration: AccelSharedConfiguration, visit: (beats: number, last: boolean) => void): void {
  const { busBytes, burstBeats, channelBlock } = configuration;
  const rowBeats = box.rowWords * (channelBlock / busBytes);
  for (let plane = 0; plane < box.planeCount; plane++) {
    for (let row = 0; row < box.rowCount; row++) {
      const lastRow = plane === box.planeCount - 1 && row === box.rowCount - 1;
      let beat = Math.floor((box.address + plane * box.planeStride + row * box.rowStride) / busBytes) % burstBeats;
      let left = rowBeats;
      while (left > 0) {
        const beats = Math.min(left, burstBeats - beat);
        left -= beats;
        beat = 0;
        visit(beats, lastRow && left === 0);
      }
    }
  }
}

/** Timing of the load unit's AXI read channel against the memory model: one instance per run, boxes in order. */
export class ReadChannel {
  /** Cycle of the last beat of each of the last `outstandingReads` bursts. */
  private readonly lastBeats: Float64Array;
  private bursts = 0;
  private freeFrom = 0;
  private addressFree = 0;

  constructor(private readonly configuration: AccelSharedConfiguration, private readonly memory: MemoryModel) {
    this.lastBeats = new Float64Array(configuration.outstandingReads).fill(-1);
  }

  /** First cycle in which the next box may start: its addresses follow those of the box before. */
  get readyFrom(): number { return this.addressFree; }

  /** Box started in cycle `start`: returns the cycle of its last beat. */
  transfer(box: MemoryBox, start: number): number {
    const { lastBeats, memory } = this;
    const depth = lastBeats.length;
    let calculate = start + 1;
    let lastBeat = 0;
    forEachBurst(box, this.configuration, (beats) => {
      const slot = this.bursts % depth;
      // A burst is prepared once fewer than the allowed number are outstanding, and its address is on the bus a cycle later.
      calculate = Math.max(calculate, lastBeats[slot] + 1);
      const address = calculate + 1;
      const first = Math.max(address + memory.readLatencyCycles, this.freeFrom);
      lastBeat = first + (beats - 1) * memory.beatIntervalCycles;
      this.freeFrom = lastBeat + memory.beatIntervalCycles + memory.burstGapCycles;
      lastBeats[slot] = lastBeat;
      this.bursts++;
      calculate = address + 1;
    });
    this.addressFree = calculate;
    return lastBeat;
  }
}

/** Timing of the store unit's AXI write channels. */
export class WriteChannel {
  private readonly taken = new Float64Array(storeBurstsAhead).fill(-1);
  private readonly answered = new Float64Array(storeOutstanding).fill(-1);
  private bursts = 0;
  private freeFrom = 0;
  private lastBeat = -1;
  private lastAnswer = -1;

  constructor(private readonly configuration: AccelSharedConfiguration, private readonly memory: MemoryModel) {}

  /** First cycle in which the next box may start: after the last beat of the one before. */
  get readyFrom(): number { return this.lastBeat + 1; }

  /** Box started in cycle `start`: returns the cycle of its last response. */
  transfer(box: MemoryBox, start: number): number {
    const { taken, answered, memory } = this;
    let calculate = start + 1;
    let earliestData = start + storeFirstBeatCycles;
    forEachBurst(box, this.configuration, (beats) => {
      calculate = Math.max(calculate, taken[this.bursts % storeBurstsAhead] + 1, answered[this.bursts % storeOutstanding] + 1);
      const address = calculate + 1;
      const take = Math.max(address + 1, this.lastBeat);
      const first = Math.max(take + 1, this.freeFrom, earliestData);
      this.lastBeat = first + (beats - 1) * memory.beatIntervalCycles;
      this.freeFrom = this.lastBeat + memory.beatIntervalCycles + memory.burstGapCycles;
      this.lastAnswer = Math.max(this.lastBeat + memory.writeLatencyCycles, this.lastAnswer + 1);
      taken[this.bursts % storeBurstsAhead] = take;
      answered[this.bursts % storeOutstanding] = this.lastAnswer;
      this.bursts++;
      calculate = address + 1;
      earliestData = 0;
    });
    return this.lastAnswer;
  }
}
