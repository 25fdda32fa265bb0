/** For each resource the nodes that wait for it, lowest index first: pairing heaps that share two arrays. */
export class WaitingNodes {
  readonly #first: Int32Array;
  readonly #child: Int32Array;
  readonly #sibling: Int32Array;

  constructor(resourceCount: number, nodeCount: number) {
    this.#first = new Int32Array(resourceCount).fill(-1);
    this.#child = new Int32Array(nodeCount).fill(-1);
    this.#sibling = new Int32Array(nodeCount).fill(-1);
  }

  isEmpty(resource: number): boolean {
    return this.#first[resource] < 0;
  }

  add(resource: number, node: number): void {
    const first = this.#first[resource];
    this.#child[node] = -1;
    this.#sibling[node] = -1;
    this.#first[resource] = first < 0 ? node : this.#join(first, node);
  }

  /** Takes the node with the lowest index out; there must be one. */
  take(resource: number): number {
    const first = this.#first[resource];
    let rest = this.#child[first];
    // Join children in pairs from the left, then all pairs from the right.
    let pairs = -1;
    while (rest >= 0) {
      const left = rest;
      const right = this.#sibling[left];
      if (right < 0) {
        this.#sibling[left] = pairs;
        pairs = left;
        break;
      }
      rest = this.#sibling[right];
      const joined = this.#join(left, right);
      this.#sibling[joined] = pairs;
      pairs = joined;
    }
    let root = pairs;
    if (root >= 0) {
      let next = this.#sibling[root];
      while (next >= 0) {
        const after = this.#sibling[next];
        root = this.#join(root, next);
        next = after;
      }
      this.#sibling[root] = -1;
    }
    this.#first[resource] = root;
    return first;
  }

  #join(left: number, right: number): number {
    const top = left < right ? left : right;
    const below = left < right ? right : left;
    this.#sibling[below] = this.#child[top];
    this.#child[top] = below;
    return top;
  }
}
