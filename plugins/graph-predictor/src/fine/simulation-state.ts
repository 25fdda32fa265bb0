import type { CompiledGraph } from './compile-graph.js';
import { EventQueue } from './event-queue.js';
import { WaitingNodes } from './waiting-nodes.js';

/** What a node is doing. */
export const status = { running: 0, waitInput: 1, waitOutput: 2, waitResource: 3, waitClock: 4, done: 5 } as const;

/** Everything that changes while a graph is simulated, in typed arrays. */
export class SimulationState {
  /** In ticks, as all times. */
  now = 0;
  /** A hash of the position of every node; counters and tokens are not in it. */
  positionHash = 0;
  /**
   * By node: its state (-1: done), what it does, since when it does that, when it came to this state, when the state
   * ends (or its clock has an edge, if it waits for that).
   */
  readonly position: Int32Array;
  readonly status: Uint8Array;
  readonly since: Float64Array;
  readonly entered: Float64Array;
  readonly end: Float64Array;
  /** By node: takes of its state that cannot be met yet. */
  readonly missingInput: Int32Array;
  readonly missingRoom: Int32Array;
  /** Ticks waited by node, in the order of `status`; index 0 is not used. */
  readonly waited: readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  /**
   * By place: tokens that are left. A node takes those of its state when it comes to the state, whether they are there
   * or not: below 0 that many are missing, and it waits.
   */
  readonly tokens: Float64Array;
  /** By loop: how often it goes back until it ends. */
  readonly turnsLeft: Float64Array;
  /** By resource: the node that holds it, or -1. */
  readonly holder: Int32Array;
  readonly queue: EventQueue;
  readonly waiting: WaitingNodes;

  constructor(graph: CompiledGraph) {
    const { nodeCount, resourceCount } = graph;
    this.position = graph.firstState.slice();
    this.status = new Uint8Array(nodeCount);
    this.since = new Float64Array(nodeCount);
    this.entered = new Float64Array(nodeCount);
    this.end = new Float64Array(nodeCount);
    this.missingInput = new Int32Array(nodeCount);
    this.missingRoom = new Int32Array(nodeCount);
    this.waited = [
      new Float64Array(0),
      new Float64Array(nodeCount),
      new Float64Array(nodeCount),
      new Float64Array(nodeCount),
      new Float64Array(nodeCount),
    ];
    this.tokens = graph.initialTokens.slice();
    this.turnsLeft = graph.loopTurns.slice();
    this.holder = new Int32Array(resourceCount).fill(-1);
    this.queue = new EventQueue(nodeCount);
    this.waiting = new WaitingNodes(resourceCount, nodeCount);
  }
}
