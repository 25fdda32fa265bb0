import { isResolvedLoop, type ResolvedGraph, type ResolvedStep } from '@autodnnchip/core';

/**
 * A resolved graph in typed arrays. A *place* counts tokens that one node takes and one node gives: an edge is the
 * place of its tokens, and with a capacity it is a second place for the room that is left.
 */
export interface CompiledGraph {
  readonly nodeCount: number;
  readonly stateCount: number;
  readonly resourceCount: number;
  readonly placeCount: number;
  readonly loopCount: number;
  /** By node. */
  readonly firstState: Int32Array;
  /** Ticks after which all clocks are again as they were at the start: 1 with one clock. */
  readonly hyperperiod: number;
  /** By resource: ticks of a cycle of its clock. */
  readonly period: Int32Array;
  /**
   * By state: ticks of one execution (with one clock a tick is a cycle), resource, state that follows when no loop goes
   * back (-1: the node has finished).
   */
  readonly ticks: Float64Array;
  readonly resource: Int32Array;
  readonly nextState: Int32Array;
  readonly nodeOfState: Int32Array;
  /** By state, into `takePlace` and `givePlace`. Places of tokens come first (by edge), then places of room. */
  readonly takeStart: Int32Array;
  readonly takePlace: Int32Array;
  readonly takeCount: Int32Array;
  readonly giveStart: Int32Array;
  readonly givePlace: Int32Array;
  readonly giveCount: Int32Array;
  /** By state, into `loopEnd`: the loops that end behind it, inner ones first. */
  readonly loopEndStart: Int32Array;
  readonly loopEnd: Int32Array;
  /** By loop: how often it goes back, and where to. */
  readonly loopTurns: Float64Array;
  readonly loopFirst: Int32Array;
  /** By node, into the loops: all loops of a node lie together. */
  readonly loopStart: Int32Array;
  /** By place: tokens at the start, the node that takes, the node that gives (-1: outside), its edge. */
  readonly initialTokens: Float64Array;
  readonly taker: Int32Array;
  readonly giver: Int32Array;
  readonly edgeOfPlace: Int32Array;
  /** By resource: 1 where more than one node uses it. */
  readonly shared: Uint8Array;
}

export function compileGraph(graph: ResolvedGraph): CompiledGraph {
  const { nodes, edges, stateCount, resources } = graph;
  const roomPlace = new Int32Array(edges.length).fill(-1);
  let placeCount = edges.length;
  for (const [index, { from, to, capacityTokens }] of edges.entries()) {
    if (from >= 0 && to >= 0 && capacityTokens !== Infinity) roomPlace[index] = placeCount++;
  }
  const initialTokens = new Float64Array(placeCount);
  const taker = new Int32Array(placeCount);
  const giver = new Int32Array(placeCount);
  const edgeOfPlace = new Int32Array(placeCount);
  for (const [index, { from, to, capacityTokens, initialTokens: initial }] of edges.entries()) {
    initialTokens[index] = initial;
    taker[index] = to;
    giver[index] = from;
    edgeOfPlace[index] = index;
    const room = roomPlace[index];
    if (room < 0) continue;
    initialTokens[room] = capacityTokens - initial;
    taker[room] = from;
    giver[room] = to;
    edgeOfPlace[room] = index;
  }

  const sizes = countFlows(graph, roomPlace);
  const ticks = new Float64Array(stateCount);
  const resource = new Int32Array(stateCount);
  const nextState = new Int32Array(stateCount);
  const nodeOfState = new Int32Array(stateCount);
  const takeStart = new Int32Array(stateCount + 1);
  const takePlace = new Int32Array(sizes.takes);
  const takeCount = new Int32Array(sizes.takes);
  const giveStart = new Int32Array(stateCount + 1);
  const givePlace = new Int32Array(sizes.gives);
  const giveCount = new Int32Array(sizes.gives);
  const loopEndStart = new Int32Array(stateCount + 1);
  const loopEnd: number[] = [];
  const loopTurns: number[] = [];
  const loopFirst: number[] = [];
  const firstState = new Int32Array(nodes.length);
  const loopStart = new Int32Array(nodes.length + 1);
  const user = new Int32Array(resources.length).fill(-1);
  const shared = new Uint8Array(resources.length);
  let state = 0;
  let takes = 0;
  let gives = 0;

  const placeSteps = (steps: readonly ResolvedStep[], node: number): void => {
    for (const step of steps) {
      if (isResolvedLoop(step)) {
        const loop = loopTurns.push(step.repeat - 1) - 1;
        loopFirst.push(state);
        placeSteps(step.steps, node);
        loopEnd.push(loop);
        loopEndStart[state] = loopEnd.length;
        continue;
      }
      ticks[state] = step.cycles * resources[step.resource].periodTicks;
      resource[state] = step.resource;
      nodeOfState[state] = node;
      nextState[state] = state + 1;
      if (user[step.resource] < 0) user[step.resource] = node;
      else if (user[step.resource] !== node) shared[step.resource] = 1;
      takeStart[state] = takes;
      giveStart[state] = gives;
      for (const { edge, tokens } of step.consumes) {
        takePlace[takes] = edge;
        takeCount[takes++] = tokens;
        if (roomPlace[edge] >= 0) {
          givePlace[gives] = roomPlace[edge];
          giveCount[gives++] = tokens;
        }
      }
      for (const { edge, tokens } of step.produces) {
        if (edges[edge].to < 0) continue;
        givePlace[gives] = edge;
        giveCount[gives++] = tokens;
        if (roomPlace[edge] >= 0) {
          takePlace[takes] = roomPlace[edge];
          takeCount[takes++] = tokens;
        }
      }
      state++;
      loopEndStart[state] = loopEnd.length;
    }
  };
  for (const [node, { steps }] of nodes.entries()) {
    firstState[node] = state;
    loopStart[node] = loopTurns.length;
    placeSteps(steps, node);
    nextState[state - 1] = -1;
  }
  takeStart[stateCount] = takes;
  giveStart[stateCount] = gives;
  loopStart[nodes.length] = loopTurns.length;
  return {
    nodeCount: nodes.length,
    stateCount,
    resourceCount: resources.length,
    placeCount,
    loopCount: loopTurns.length,
    firstState,
    hyperperiod: graph.hyperperiodTicks,
    period: Int32Array.from(resources, ({ periodTicks }) => periodTicks),
    ticks,
    resource,
    nextState,
    nodeOfState,
    takeStart,
    takePlace,
    takeCount,
    giveStart,
    givePlace,
    giveCount,
    loopEndStart,
    loopEnd: Int32Array.from(loopEnd),
    loopTurns: Float64Array.from(loopTurns),
    loopFirst: Int32Array.from(loopFirst),
    loopStart,
    initialTokens,
    taker,
    giver,
    edgeOfPlace,
    shared,
  };
}

function countFlows(
  { nodes, edges }: ResolvedGraph,
  roomPlace: Int32Array,
): { readonly takes: number; readonly gives: number } {
  let takes = 0;
  let gives = 0;
  for (const { states } of nodes) {
    for (const { consumes, produces } of states) {
      takes += consumes.length;
      for (const { edge } of consumes) if (roomPlace[edge] >= 0) gives++;
      for (const { edge } of produces) {
        if (edges[edge].to >= 0) gives++;
        if (roomPlace[edge] >= 0) takes++;
      }
    }
  }
  return { takes, gives };
}
