/** Rows or words of a buffer. */
export interface BufferRange {
  readonly base: number;
  readonly size: number;
}

/** Slots of data that is used once: enough to run ahead, few enough to leave the next layer some room. */
const streamingSlots = 4;

/** A buffer that layers share: each begins behind what the one before wrote last, so that it can load ahead. */
export class BufferRing {
  private head = 0;

  constructor(readonly depth: number) {}

  /**
   * Slots of `size` for a layer that loads `loads` of them and comes back to the last `resident` ones. All of those are
   * kept where they fit; otherwise there are only as many slots as running ahead takes.
   */
  slots(size: number, resident: number, loads: number): SlotCache {
    const fitting = Math.max(1, Math.floor(this.depth / size));
    const wanted = resident <= fitting ? Math.max(streamingSlots, 2 * resident) : streamingSlots;
    const count = Math.min(fitting, wanted, loads);
    const follows = this.head + count * size <= this.depth;
    const firstSlot = follows ? 0 : Math.ceil(this.head / size);
    return new SlotCache(follows ? this.head : 0, size, count, firstSlot < count ? firstSlot : 0, end => {
      this.head = end;
    });
  }
}

/** Slots taken in turn; each remembers what it holds. */
export class SlotCache {
  private readonly keys: number[] = [];

  constructor(
    private readonly base: number,
    private readonly size: number,
    readonly count: number,
    private nextSlot: number,
    private readonly moveHead: (end: number) => void,
  ) {}

  /** First row of the slot that holds `key`; -1: none does. */
  find(key: number): number {
    const slot = this.keys.indexOf(key);
    return slot < 0 ? -1 : this.base + slot * this.size;
  }

  /** The slot that `take` would give. */
  peek(): BufferRange {
    return this.range(this.nextSlot);
  }

  /** Takes the next slot for `key`. */
  take(key: number): BufferRange {
    const slot = this.nextSlot;
    this.keys[slot] = key;
    this.nextSlot = (slot + 1) % this.count;
    const range = this.range(slot);
    this.moveHead(range.base + range.size);
    return range;
  }

  private range(slot: number): BufferRange {
    return { base: this.base + slot * this.size, size: this.size };
  }
}
