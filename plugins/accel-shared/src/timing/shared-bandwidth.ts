import type { MemoryModel } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { ReadChannel, WriteChannel } from './memory-channel.js';

/** Called for every burst: its kind, the edge at which it begins, and the edge at which it would have begun alone. */
export type BurstObserver = (isRead: boolean, edge: number, alone: number) => void;

/** A byte takes this many ticks of the memory, of which a cycle has `sharedBytesPerKilocycle`. */
const ticksPerByte = 1000;

/**
 * What reads and writes share: the memory serves one burst at a time, in the order and for as long as `sim/README.md`
 * states. All times are whole ticks, so nothing is rounded.
 */
export class SharedBandwidth {
  private readonly ticksPerCycle: number;
  private readonly ticksPerBeat: number;
  /** When the memory is free: cycles, and ticks beyond them. */
  private freeCycle = 0;
  private freeTicks = 0;
  private lastWasRead = false;

  constructor(
    configuration: AccelSharedConfiguration,
    memory: MemoryModel,
    private readonly reads: ReadChannel,
    private readonly writes: WriteChannel,
    private readonly observer: BurstObserver | undefined,
  ) {
    this.ticksPerCycle = memory.sharedBytesPerKilocycle;
    this.ticksPerBeat = configuration.busBytes * ticksPerByte;
  }

  /**
   * Begins the burst whose turn it is, of those that the channels have announced; tells whether it was a read. A
   * channel that has announced none can do so only after that burst has begun: whatever it waits for is an effect of
   * it.
   */
  beginNext(): { readonly isRead: boolean; readonly boxEnds: boolean } {
    const { reads, writes } = this;
    const free = this.freeTicks > 0 ? this.freeCycle + 1 : this.freeCycle;
    const readAlone = reads.waiting ? reads.earliest : Infinity;
    const writeAlone = writes.waiting ? writes.earliest : Infinity;
    const readEdge = Math.max(readAlone, free);
    const writeEdge = Math.max(writeAlone, free);
    const isRead =
      readEdge < writeEdge || (readEdge === writeEdge && !(this.lastWasRead && writes.offered < writeEdge));
    const edge = isRead ? readEdge : writeEdge;
    this.occupy(edge, isRead ? reads.nextBeats : writes.nextBeats);
    this.lastWasRead = isRead;
    this.observer?.(isRead, edge, isRead ? readAlone : writeAlone);
    return isRead ? (reads.begin(edge) ? lastRead : read) : writes.begin(edge) ? lastWrite : write;
  }

  private occupy(edge: number, beats: number): void {
    if (this.ticksPerCycle === 0) return;
    // Where the memory came free within the cycle before the edge, that part of the cycle counts.
    if (this.freeCycle < edge - 1 || (this.freeCycle === edge - 1 && this.freeTicks === 0)) {
      this.freeCycle = edge;
      this.freeTicks = 0;
    }
    const ticks = this.freeTicks + beats * this.ticksPerBeat;
    const cycles = Math.floor(ticks / this.ticksPerCycle);
    this.freeCycle += cycles;
    this.freeTicks = ticks - cycles * this.ticksPerCycle;
  }
}

const read = { isRead: true, boxEnds: false };
const lastRead = { isRead: true, boxEnds: true };
const write = { isRead: false, boxEnds: false };
const lastWrite = { isRead: false, boxEnds: true };
