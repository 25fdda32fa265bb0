import { buildChipGraph, quantity, type ChipGraph, type IpClass } from '@autodnnchip/core';

import { NodeProgram, type StateDraft } from './node-program.js';

interface EdgeDraft {
  readonly from: string;
  readonly to: string;
  readonly capacity?: number;
  readonly initialTokens?: number;
}

/** A chip graph that grows with the program it is made of: nodes and edges appear as they are first named. */
export class GraphDraft {
  readonly #nodes = new Map<string, NodeProgram>();
  readonly #edges = new Map<string, EdgeDraft>();

  /** `period`: see `NodeProgram`. */
  node(id: string, ipClass: IpClass, period = 1): NodeProgram {
    let node = this.#nodes.get(id);
    if (node === undefined) this.#nodes.set(id, (node = new NodeProgram(id, ipClass, period)));
    return node;
  }

  edge(id: string, from: string, to: string, rest: Pick<EdgeDraft, 'capacity' | 'initialTokens'> = {}): void {
    if (!this.#edges.has(id)) this.#edges.set(id, { from, to, ...rest });
  }

  /**
   * One token from the end of a state to the begin of another; `target` absent: another part of the program consumes
   * it.
   */
  token(id: string, from: string, to: string, source: StateDraft, target?: StateDraft): void {
    this.edge(id, from, to);
    source.produces[id] = (source.produces[id] ?? 0) + 1;
    if (target !== undefined) target.consumes[id] = (target.consumes[id] ?? 0) + 1;
  }

  /** The graph, with the power that the chip takes in every cycle at its dispatcher. */
  graph(clockMegahertz: number, picojoulesPerCycle: number): ChipGraph {
    const graph = buildChipGraph({
      name: 'accel-shared',
      title: 'accel_shared with its program',
      clock: quantity(clockMegahertz, 'MHz'),
    });
    const staticPower = quantity(picojoulesPerCycle * clockMegahertz * 1e-3, 'mW');
    for (const node of this.#nodes.values()) graph.node(node.node(node.id === 'dispatcher' ? { staticPower } : {}));
    for (const [id, { capacity, ...edge }] of this.#edges)
      graph.edge({ id, ...edge, ...(capacity === undefined ? {} : { capacity: quantity(capacity, 'token') }) });
    return graph.graph();
  }
}
