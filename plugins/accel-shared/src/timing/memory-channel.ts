import type { MemoryModel } from '@autodnnchip/core';
import type { MemoryBox } from '@autodnnchip/core/engine';

import type { AccelSharedConfiguration } from '../configuration.js';
import { storeBurstsAhead, storeFirstBeatCycles, storeOutstanding } from './constants.js';

const emptyBox: MemoryBox = { address: 0, rowWords: 0, rowCount: 0, rowStride: 0, planeCount: 0, planeStride: 0 };

/** Cuts boxes into bursts, one burst after another. */
class BurstCursor {
  private readonly beatsPerWord: number;
  private box = emptyBox;
  private plane = 0;
  private row = 0;
  private left = 0;
  private beat = 0;

  constructor(private readonly configuration: AccelSharedConfiguration) {
    this.beatsPerWord = configuration.channelBlock / configuration.busBytes;
  }

  /** Whether the box has bursts that have not been taken. */
  get more(): boolean {
    return this.left > 0;
  }

  start(box: MemoryBox): void {
    this.box = box;
    this.plane = 0;
    this.row = 0;
    this.left = 0;
    if (box.planeCount > 0 && box.rowCount > 0) this.startRow();
  }

  /** Beats of the next burst. */
  take(): number {
    const beats = Math.min(this.left, this.configuration.burstBeats - this.beat);
    this.left -= beats;
    this.beat = 0;
    if (this.left === 0) this.nextRow();
    return beats;
  }

  private nextRow(): void {
    this.row++;
    if (this.row === this.box.rowCount) {
      this.row = 0;
      this.plane++;
      if (this.plane === this.box.planeCount) return;
    }
    this.startRow();
  }

  private startRow(): void {
    const { address, planeStride, rowStride, rowWords } = this.box;
    const { busBytes, burstBeats } = this.configuration;
    this.beat = Math.floor((address + this.plane * planeStride + this.row * rowStride) / busBytes) % burstBeats;
    this.left = rowWords * this.beatsPerWord;
  }
}

/** Cuts a box into bursts and hands each one's beats to `visit`, in order. */
export function forEachBurst(
  box: MemoryBox,
  configuration: AccelSharedConfiguration,
  visit: (beats: number) => void,
): void {
  const cursor = new BurstCursor(configuration);
  cursor.start(box);
  while (cursor.more) visit(cursor.take());
}

/**
 * The load unit's AXI read channel against the memory model. Boxes come in order: the addresses of one follow those of
 * the one before, also while that one's data are still to come. A burst's time is known from what went before on this
 * channel and from the edge at which it begins, which what reads and writes share decides.
 */
export class ReadChannel {
  /**
   * By burst modulo `outstandingReads`: the cycle of its last beat, of its address, its beats, whether it ends its box.
   */
  private readonly lastBeats: Float64Array;
  private readonly addresses: Float64Array;
  private readonly beats: Int32Array;
  private readonly boxEnds: Uint8Array;
  private readonly cursor: BurstCursor;
  private readonly depth: number;
  private announced = 0;
  private begun = 0;
  private freeFrom = 0;
  private calculate = 0;
  /** Cycle of the last beat of the last burst that has begun. */
  lastBeat = 0;

  constructor(
    configuration: AccelSharedConfiguration,
    private readonly memory: MemoryModel,
  ) {
    const depth = (this.depth = configuration.outstandingReads);
    this.cursor = new BurstCursor(configuration);
    this.lastBeats = new Float64Array(depth).fill(-1);
    this.addresses = new Float64Array(depth);
    this.beats = new Int32Array(depth);
    this.boxEnds = new Uint8Array(depth);
  }

  /** Whether all addresses of the last box are out, so that the next box may start. */
  get announcedAll(): boolean {
    return !this.cursor.more;
  }

  /** First cycle in which the next box may start. */
  get readyFrom(): number {
    return this.calculate;
  }

  /** Whether a burst has been announced that has not begun. */
  get waiting(): boolean {
    return this.begun < this.announced;
  }

  /** First edge for which the next burst's first beat may be offered, as far as this channel goes. */
  get earliest(): number {
    return Math.max(this.addresses[this.begun % this.depth] + this.memory.readLatencyCycles, this.freeFrom);
  }

  get nextBeats(): number {
    return this.beats[this.begun % this.depth];
  }

  start(box: MemoryBox, start: number): void {
    this.cursor.start(box);
    this.calculate = start + 1;
    this.announce();
  }

  /** The next burst begins at the edge; tells whether it is the last of its box. */
  begin(edge: number): boolean {
    const { memory } = this;
    const slot = this.begun % this.depth;
    this.lastBeat = edge + (this.beats[slot] - 1) * memory.beatIntervalCycles;
    this.freeFrom = this.lastBeat + memory.beatIntervalCycles + memory.burstGapCycles;
    this.lastBeats[slot] = this.lastBeat;
    const boxEnds = this.boxEnds[slot] === 1;
    this.begun++;
    this.announce();
    return boxEnds;
  }

  /** Box started in cycle `start`, with no writes that share: returns the cycle of its last beat. */
  transfer(box: MemoryBox, start: number): number {
    this.start(box, start);
    while (this.waiting) this.begin(this.earliest);
    return this.lastBeat;
  }

  private announce(): void {
    while (this.cursor.more && this.announced - this.begun < this.depth) {
      const slot = this.announced % this.depth;
      // A burst is prepared once fewer than the allowed number are outstanding, and its address is on the bus a cycle
      // later.
      const address = Math.max(this.calculate, this.lastBeats[slot] + 1) + 1;
      this.addresses[slot] = address;
      this.beats[slot] = this.cursor.take();
      this.boxEnds[slot] = this.cursor.more ? 0 : 1;
      this.announced++;
      this.calculate = address + 1;
    }
  }
}

/** The store unit's AXI write channels. A box starts after the last beat of the one before. */
export class WriteChannel {
  private readonly taken = new Float64Array(storeBurstsAhead).fill(-1);
  private readonly answered = new Float64Array(storeOutstanding).fill(-1);
  private readonly cursor: BurstCursor;
  private bursts = 0;
  private freeFrom = 0;
  private lastBeat = -1;
  private calculate = 0;
  private earliestData = 0;
  private take = 0;
  /** Whether a burst has been announced that has not begun. */
  waiting = false;
  nextBeats = 0;
  /** Cycle in which the chip first offers the next burst's first beat. */
  offered = 0;
  /** Cycle of the response to the last burst that has begun. */
  lastAnswer = -1;

  constructor(
    configuration: AccelSharedConfiguration,
    private readonly memory: MemoryModel,
  ) {
    this.cursor = new BurstCursor(configuration);
  }

  /** First cycle in which the next box may start. */
  get readyFrom(): number {
    return this.lastBeat + 1;
  }

  /** First edge at which the next burst's first beat may be accepted, as far as this channel goes. */
  get earliest(): number {
    return Math.max(this.offered, this.freeFrom);
  }

  start(box: MemoryBox, start: number): void {
    this.cursor.start(box);
    this.calculate = start + 1;
    this.earliestData = start + storeFirstBeatCycles;
    this.announce();
  }

  /** The next burst begins at the edge; tells whether it is the last of its box. */
  begin(edge: number): boolean {
    const { memory } = this;
    this.lastBeat = edge + (this.nextBeats - 1) * memory.beatIntervalCycles;
    this.freeFrom = this.lastBeat + memory.beatIntervalCycles + memory.burstGapCycles;
    this.lastAnswer = Math.max(this.lastBeat + memory.writeLatencyCycles, this.lastAnswer + 1);
    this.taken[this.bursts % storeBurstsAhead] = this.take;
    this.answered[this.bursts % storeOutstanding] = this.lastAnswer;
    this.bursts++;
    this.announce();
    return !this.waiting;
  }

  /** Box started in cycle `start`, with no reads that share: returns the cycle of its last response. */
  transfer(box: MemoryBox, start: number): number {
    this.start(box, start);
    while (this.waiting) this.begin(this.earliest);
    return this.lastAnswer;
  }

  private announce(): void {
    this.waiting = this.cursor.more;
    if (!this.waiting) return;
    this.nextBeats = this.cursor.take();
    const address =
      Math.max(
        this.calculate,
        this.taken[this.bursts % storeBurstsAhead] + 1,
        this.answered[this.bursts % storeOutstanding] + 1,
      ) + 1;
    this.take = Math.max(address + 1, this.lastBeat);
    this.offered = Math.max(this.take + 1, this.earliestData);
    this.calculate = address + 1;
    this.earliestData = 0;
  }
}
