import type { UnitCycles } from '@autodnnchip/core';

const busy = 0;
const waitInput = 1;
const waitOutput = 2;

/**
 * What one unit did when: segments in time order, never overlapping, as the chip's counters see it.
 * Times are cycles; segments are half open.
 */
export class UnitTimeline {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly kinds: number[] = [];
  private lastEnd = 0;
  private cursor = 0;
  private readonly counted = [0, 0, 0];

  addBusy(start: number, end: number): void {
    this.add(start, end, busy);
  }
  addWaitInput(start: number, end: number): void {
    this.add(start, end, waitInput);
  }
  addWaitOutput(start: number, end: number): void {
    this.add(start, end, waitOutput);
  }

  /** Adds what is not yet covered of [start, end): a unit that is busy does not wait. */
  private add(start: number, end: number, kind: number): void {
    const from = Math.max(start, this.lastEnd);
    if (end <= from) return;
    const previous = this.ends.length - 1;
    if (previous >= 0 && this.kinds[previous] === kind && this.ends[previous] === from) this.ends[previous] = end;
    else {
      this.starts.push(from);
      this.ends.push(end);
      this.kinds.push(kind);
    }
    this.lastEnd = end;
  }

  /** Counters as they stand at the start of cycle `time`. Call with ascending times. */
  countUntil(time: number): UnitCycles {
    while (this.cursor < this.ends.length && this.ends[this.cursor] <= time) {
      this.counted[this.kinds[this.cursor]] += this.ends[this.cursor] - this.starts[this.cursor];
      this.cursor++;
    }
    const counts = [...this.counted];
    if (this.cursor < this.ends.length && this.starts[this.cursor] < time)
      counts[this.kinds[this.cursor]] += time - this.starts[this.cursor];
    return { busyCycles: counts[busy], waitInputCycles: counts[waitInput], waitOutputCycles: counts[waitOutput] };
  }
}
