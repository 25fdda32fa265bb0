import { graphError, type ResolvedGraph } from '@autodnnchip/core';
import type { CompiledGraph } from './compile-graph.js';
import { deadlockError } from './deadlock.js';
import { SimulationState, status } from './simulation-state.js';
import { SteadyStateDetector } from './steady-state.js';
import type { Timeline } from './timeline.js';

export interface SimulationOptions {
  /** False: every execution is stepped through, for comparison. */
  readonly skipSteadyStates?: boolean;
  /** Records when states run. */
  readonly timeline?: Timeline;
  /** Executions after which the simulation is given up. */
  readonly maximumExecutions?: number;
}

/** All times in ticks of the graph's time base, `ticksPerCycle` to a cycle: with one clock a tick is a cycle. */
export interface SimulationResult {
  readonly latencyTicks: number;
  /** By node. */
  readonly finishTick: Float64Array;
  readonly waitInputTicks: Float64Array;
  readonly waitOutputTicks: Float64Array;
  readonly waitResourceTicks: Float64Array;
  readonly waitClockTicks: Float64Array;
  readonly simulatedExecutions: number;
}

/** Less than a second of simulation; what a graph has of distinct states may be run a hundred times on top. */
const freeExecutions = 5_000_000;
const executionsPerState = 100;

/**
 * Runs a graph, exactly, from event to event. In every tick, first the states that ended give their tokens, room and
 * resources back; then, in the order of the nodes, states whose needs are met and whose clock has an edge begin. Throws
 * ADC3309 when all wait.
 */
export function simulateGraph(
  compiled: CompiledGraph,
  graph: ResolvedGraph,
  options: SimulationOptions = {},
): SimulationResult {
  const { timeline, maximumExecutions = freeExecutions + executionsPerState * compiled.stateCount } = options;
  const state = new SimulationState(compiled);
  const detector =
    options.skipSteadyStates === false || compiled.loopCount === 0
      ? undefined
      : new SteadyStateDetector(compiled, state);
  const {
    ticks,
    period,
    resource,
    nextState,
    takeStart,
    takePlace,
    takeCount,
    giveStart,
    givePlace,
    giveCount,
    loopEndStart,
    loopEnd,
    loopTurns,
    loopFirst,
    taker,
    shared,
    nodeCount,
  } = compiled;
  const [, waitedInput, waitedOutput, waitedResource, waitedClock] = state.waited;
  const hasSeveralClocks = compiled.hyperperiod > 1;
  const {
    position,
    status: doing,
    since,
    entered,
    end,
    missingInput,
    missingRoom,
    tokens,
    turnsLeft,
    holder,
    queue,
    waiting,
  } = state;
  /** Places of tokens come first, then places of room. */
  const dataPlaces = graph.edges.length;
  const freed = new Int32Array(compiled.resourceCount);
  const isFreed = new Uint8Array(compiled.resourceCount);
  let freedCount = 0;
  let executions = 0;
  let loopedBack = false;
  let recordsChecks = false;
  let unfinished = nodeCount;

  const begin = (node: number, now: number): void => {
    const current = position[node];
    const duration = ticks[current];
    doing[node] = status.running;
    since[node] = now;
    end[node] = now + duration;
    queue.add(node, now, duration);
    executions++;
    timeline?.add(current, now);
  };

  /** Tokens and room are there: begin, or wait for the resource or an edge of its clock. */
  const wantResource = (node: number, now: number): void => {
    const wanted = resource[position[node]];
    // A resource that is held comes free at an edge of its clock.
    if (hasSeveralClocks && now % period[wanted] !== 0 && holder[wanted] < 0)
      return waitForClock(node, now, period[wanted]);
    if (shared[wanted] === 0) return begin(node, now);
    doing[node] = status.waitResource;
    since[node] = now;
    waiting.add(wanted, node);
    if (holder[wanted] < 0 && isFreed[wanted] === 0) {
      isFreed[wanted] = 1;
      freed[freedCount++] = wanted;
    }
  };

  const waitForClock = (node: number, now: number, cycle: number): void => {
    const rest = cycle - (now % cycle);
    doing[node] = status.waitClock;
    since[node] = now;
    end[node] = now + rest;
    queue.add(node, now, rest);
  };

  const enter = (node: number, now: number): void => {
    const current = position[node];
    let inputs = 0;
    let rooms = 0;
    entered[node] = now;
    for (let index = takeStart[current], stop = takeStart[current + 1]; index < stop; index++) {
      const place = takePlace[index];
      const left = tokens[place] - takeCount[index];
      tokens[place] = left;
      if (left < 0) {
        if (place < dataPlaces) inputs++;
        else rooms++;
      }
      if (recordsChecks) detector!.recordCheck(place, left);
    }
    if (inputs + rooms === 0) return wantResource(node, now);
    missingInput[node] = inputs;
    missingRoom[node] = rooms;
    doing[node] = inputs > 0 ? status.waitInput : status.waitOutput;
    since[node] = now;
  };

  const give = (place: number, count: number, now: number): void => {
    const before = tokens[place];
    const after = before + count;
    tokens[place] = after;
    if (before >= 0 || after < 0) return;
    const node = taker[place];
    if (place < dataPlaces) missingInput[node]--;
    else missingRoom[node]--;
    if (missingInput[node] > 0) return;
    if (doing[node] === status.waitInput) {
      waitedInput[node] += now - since[node];
      doing[node] = status.waitOutput;
      since[node] = now;
    }
    if (missingRoom[node] > 0) return;
    waitedOutput[node] += now - since[node];
    wantResource(node, now);
  };

  const finish = (node: number, now: number): void => {
    const current = position[node];
    const held = resource[current];
    if (shared[held] === 1) {
      holder[held] = -1;
      if (isFreed[held] === 0) {
        isFreed[held] = 1;
        freed[freedCount++] = held;
      }
    }
    let next = nextState[current];
    for (let index = loopEndStart[current]; index < loopEndStart[current + 1]; index++) {
      const loop = loopEnd[index];
      if (turnsLeft[loop] > 0) {
        turnsLeft[loop]--;
        next = loopFirst[loop];
        loopedBack = true;
        break;
      }
      turnsLeft[loop] = loopTurns[loop];
    }
    position[node] = next;
    if (detector !== undefined)
      state.positionHash = (state.positionHash + hash(next < 0 ? ~node : next) - hash(current)) | 0;
    for (let index = giveStart[current]; index < giveStart[current + 1]; index++)
      give(givePlace[index], giveCount[index], now);
    if (next >= 0) return enter(node, now);
    doing[node] = status.done;
    since[node] = now;
    unfinished--;
  };

  /** What a node waited for in the queue has come: the end of its state, or an edge of its clock. */
  const goOn = !hasSeveralClocks
    ? finish
    : (node: number, now: number): void => {
        if (doing[node] !== status.waitClock) return finish(node, now);
        waitedClock[node] += now - since[node];
        wantResource(node, now);
      };

  const grant = (now: number): void => {
    for (let index = 0; index < freedCount; index++) {
      const free = freed[index];
      isFreed[free] = 0;
      if (waiting.isEmpty(free)) continue;
      const node = waiting.take(free);
      waitedResource[node] += now - since[node];
      holder[free] = node;
      begin(node, now);
    }
    freedCount = 0;
  };

  for (let node = 0; node < nodeCount; node++) enter(node, 0);
  grant(0);
  while (unfinished > 0) {
    const now = queue.takeNext();
    if (now < 0) throw deadlockError(compiled, state, graph);
    state.now = now;
    const { due, dueCount } = queue;
    for (let index = 0; index < dueCount; index++) goOn(due[index], now);
    grant(now);
    if (loopedBack && detector !== undefined) {
      loopedBack = false;
      const skipped = detector.lookForSteadyState(executions);
      if (skipped !== undefined) timeline?.skip(now, skipped.periodTicks, skipped.times);
      recordsChecks = detector.recordsChecks;
    }
    if (executions > maximumExecutions) {
      throw graphError(
        'ADC3308',
        `The graph ${graph.name} has run ${executions} states until cycle ${now / graph.ticksPerCycle} and found no steady state to skip over`,
      );
    }
  }
  return {
    latencyTicks: state.now,
    finishTick: since,
    waitInputTicks: waitedInput,
    waitOutputTicks: waitedOutput,
    waitResourceTicks: waitedResource,
    waitClockTicks: waitedClock,
    simulatedExecutions: executions,
  };
}

/** Spreads the bits of a state's number. */
function hash(value: number): number {
  let word = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
  return word ^ (word >>> 15);
}
