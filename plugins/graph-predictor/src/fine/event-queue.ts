/**
 * Ends of running states, and edges of clocks that nodes wait for, in order of time. Each node has at most one. What
 * comes in the next tick goes to a list of its own: in graphs of one clock and single-cycle states that is everything.
 */
export class EventQueue {
  readonly #times: Float64Array;
  readonly #nodes: Int32Array;
  #size = 0;
  #soon: Int32Array;
  #soonCount = 0;
  #soonTime = 0;
  /** Nodes that `takeNext` took out; the first `dueCount` are valid. */
  due: Int32Array;
  dueCount = 0;

  constructor(nodeCount: number) {
    this.#times = new Float64Array(nodeCount);
    this.#nodes = new Int32Array(nodeCount);
    this.#soon = new Int32Array(nodeCount);
    this.due = new Int32Array(nodeCount);
  }

  /** The node's event comes at `now + ticks`. */
  add(node: number, now: number, ticks: number): void {
    if (ticks === 1) {
      this.#soonTime = now + 1;
      this.#soon[this.#soonCount++] = node;
      return;
    }
    const time = now + ticks;
    const times = this.#times;
    const nodes = this.#nodes;
    let place = this.#size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (times[parent] <= time) break;
      times[place] = times[parent];
      nodes[place] = nodes[parent];
      place = parent;
    }
    times[place] = time;
    nodes[place] = node;
  }

  /** Moves all events of the earliest time into `due` and returns that time; -1: there is none. */
  takeNext(): number {
    this.dueCount = 0;
    let time = this.#size > 0 ? this.#times[0] : Infinity;
    if (this.#soonCount > 0 && this.#soonTime <= time) {
      time = this.#soonTime;
      const taken = this.#soon;
      this.#soon = this.due;
      this.due = taken;
      this.dueCount = this.#soonCount;
      this.#soonCount = 0;
    }
    if (time === Infinity) return -1;
    while (this.#size > 0 && this.#times[0] === time) this.due[this.dueCount++] = this.#takeTop();
    return time;
  }

  clear(): void {
    this.#size = 0;
    this.#soonCount = 0;
  }

  #takeTop(): number {
    const times = this.#times;
    const nodes = this.#nodes;
    const top = nodes[0];
    const size = --this.#size;
    const time = times[size];
    const node = nodes[size];
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && times[child + 1] < times[child]) child++;
      if (times[child] >= time) break;
      times[place] = times[child];
      nodes[place] = nodes[child];
      place = child;
    }
    times[place] = time;
    nodes[place] = node;
    return top;
  }
}
