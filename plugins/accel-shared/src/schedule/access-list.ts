/** Which instruction last used which part of a buffer. Newer accesses hide those that they cover. */
export class AccessList {
  private bases: number[] = [];
  private ends: number[] = [];
  private counts: number[] = [];

  /** Records that the unit's instruction number `count` (from 1) uses [base, end). Counts never decrease. */
  add(base: number, end: number, count: number): void {
    let kept = 0;
    const { bases, ends, counts } = this;
    for (let index = 0; index < bases.length; index++) {
      if (bases[index] >= base && ends[index] <= end) continue;
      bases[kept] = bases[index];
      ends[kept] = ends[index];
      counts[kept++] = counts[index];
    }
    bases.length = ends.length = counts.length = kept;
    bases.push(base);
    ends.push(end);
    counts.push(count);
  }

  /** Number of the last instruction that uses any of [base, end); 0: none. */
  latest(base: number, end: number): number {
    let latest = 0;
    for (let index = 0; index < this.bases.length; index++) {
      if (this.bases[index] < end && this.ends[index] > base && this.counts[index] > latest) latest = this.counts[index];
    }
    return latest;
  }
}

/** A box of a feature map: channel blocks, rows and columns, each from (inclusive) and to (exclusive). */
export interface TensorRegion {
  readonly tensor: number;
  readonly block: number;
  readonly blockEnd: number;
  readonly row: number;
  readonly rowEnd: number;
  readonly column: number;
  readonly columnEnd: number;
}

/** Which store last wrote which part of a feature map, and which load last read any of it. */
export class TensorAccess {
  private readonly stores: { region: TensorRegion; count: number }[] = [];
  /** Number of the last load that reads the tensor; 0: none. */
  lastLoad = 0;
  /** Loads that must be finished before the tensor's memory may be written: those of tensors that lay there before. */
  freedAfterLoad = -1;

  addStore(region: TensorRegion, count: number): void {
    this.stores.push({ region, count });
  }

  /** Number of the last store that writes any of the region; 0: none (the host wrote it). */
  latestStore(region: TensorRegion): number {
    for (let index = this.stores.length - 1; index >= 0; index--) {
      const { region: other, count } = this.stores[index];
      if (other.block < region.blockEnd && other.blockEnd > region.block && other.row < region.rowEnd && other.rowEnd > region.row
        && other.column < region.columnEnd && other.columnEnd > region.column) return count;
    }
    return 0;
  }
}
