import type { TensorRegion } from '@autodnnchip/core/engine';

/** Which instruction last used which part of a buffer. Newer accesses hide those that they cover. */
export class AccessList {
  private readonly bases: number[] = [];
  private readonly ends: number[] = [];
  private readonly counts: number[] = [];
  private size = 0;

  /** Records that the unit's instruction number `count` (from 1) uses [base, end). Counts never decrease. */
  add(base: number, end: number, count: number): void {
    const { bases, ends, counts } = this;
    let kept = 0;
    for (let index = 0; index < this.size; index++) {
      if (bases[index] >= base && ends[index] <= end) continue;
      if (kept !== index) {
        bases[kept] = bases[index];
        ends[kept] = ends[index];
        counts[kept] = counts[index];
      }
      kept++;
    }
    bases[kept] = base;
    ends[kept] = end;
    counts[kept] = count;
    this.size = kept + 1;
  }

  /** Number of the last instruction that uses any of [base, end); 0: none. */
  latest(base: number, end: number): number {
    const { bases, ends, counts } = this;
    let latest = 0;
    for (let index = 0; index < this.size; index++) {
      if (bases[index] < end && ends[index] > base && counts[index] > latest) latest = counts[index];
    }
    return latest;
  }
}

/** Which store last wrote which part of a feature map, and which load last read any of it. */
export class TensorAccess {
  private readonly regions: TensorRegion[] = [];
  private readonly counts: number[] = [];
  /**
   * Stores by the first row that they write: what a load reads is near, and a feature map may have very many stores.
   */
  private readonly byRow = new Map<number, number[]>();
  private mostRows = 0;
  /** Number of the last load that reads the tensor; 0: none. */
  lastLoad = 0;
  /** Loads that must be finished before the tensor's memory may be written: those of tensors that lay there before. */
  freedAfterLoad = -1;

  addStore(region: TensorRegion, count: number): void {
    const stores = this.byRow.get(region.row);
    if (stores === undefined) this.byRow.set(region.row, [this.regions.length]);
    else stores.push(this.regions.length);
    this.mostRows = Math.max(this.mostRows, region.rowEnd - region.row);
    this.regions.push(region);
    this.counts.push(count);
  }

  /** Number of the last store that writes any of the region; 0: none (the host wrote it). */
  latestStore(region: TensorRegion): number {
    const { regions, byRow } = this;
    let latest = -1;
    if (regions.length === 0) return 0;
    for (let row = region.row - this.mostRows + 1; row < region.rowEnd; row++) {
      const stores = byRow.get(row);
      if (stores === undefined) continue;
      for (let place = stores.length - 1; place >= 0 && stores[place] > latest; place--) {
        const other = regions[stores[place]];
        if (
          other.rowEnd > region.row &&
          other.block < region.blockEnd &&
          other.blockEnd > region.block &&
          other.column < region.columnEnd &&
          other.columnEnd > region.column
        )
          latest = stores[place];
      }
    }
    return latest < 0 ? 0 : this.counts[latest];
  }
}
