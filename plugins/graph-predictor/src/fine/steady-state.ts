import type { CompiledGraph } from './compile-graph.js';
import { status, type SimulationState } from './simulation-state.js';

/** The state of a simulation at some time, as far as the future depends on it, and what nodes had waited until then. */
class Snapshot {
  time = -1;
  readonly position: Int32Array;
  readonly status: Uint8Array;
  readonly end: Float64Array;
  readonly turnsLeft: Float64Array;
  readonly tokens: Float64Array;
  readonly waited: readonly Float64Array[];
  positionHash = 0;

  constructor(graph: CompiledGraph) {
    this.position = new Int32Array(graph.nodeCount);
    this.status = new Uint8Array(graph.nodeCount);
    this.end = new Float64Array(graph.nodeCount);
    this.turnsLeft = new Float64Array(graph.loopCount);
    this.tokens = new Float64Array(graph.placeCount);
    this.waited = [0, 1, 2, 3, 4].map(kind => new Float64Array(kind === 0 ? 0 : graph.nodeCount));
  }

  save(state: SimulationState): void {
    this.time = state.now;
    this.positionHash = state.positionHash;
    this.position.set(state.position);
    this.status.set(state.status);
    this.end.set(state.end);
    this.turnsLeft.set(state.turnsLeft);
    this.tokens.set(state.tokens);
    for (let kind = status.waitInput; kind <= status.waitClock; kind++) this.waited[kind].set(state.waited[kind]);
    for (let node = 0; node < this.status.length; node++) {
      const kind = state.status[node];
      if (kind !== status.running && kind !== status.done) this.waited[kind][node] += state.now - state.since[node];
    }
  }
}

/** A stretch of time that was repeated without simulating it. */
export interface SkippedPeriods {
  readonly periodTicks: number;
  readonly times: number;
}

const levels = 24;

/**
 * Finds steady states: the simulation is back at an earlier state, of clocks as well, but for loops that are further
 * on, and for channels that fill or drain steadily. What happened in between then happens again and again, until a loop
 * ends, a channel would change a decision, or a long state ends; all but the rest of that is skipped over. Nothing is
 * approximated.
 *
 * Snapshots are renewed at intervals of 1, 2, 4 … steps, so that a period is found soon, however long it is, also
 * within loops that have no steady state themselves.
 */
export class SteadyStateDetector {
  readonly #graph: CompiledGraph;
  readonly #state: SimulationState;
  readonly #snapshots: (Snapshot | undefined)[] = [];
  /** Steps between snapshots: so many that taking them costs a fixed share. */
  readonly #interval: number;
  #steps = 0;
  /** Effort of comparisons, held in proportion to that of the simulation. */
  #compared = 0;
  /** Where a period with draining or filling channels seems to begin; while it is set, checks are recorded. */
  readonly #candidate: Snapshot;
  #candidateUntil = -1;
  readonly #drifting: Int32Array;
  #driftCount = 0;
  /** The simulation has to call `recordCheck`. */
  recordsChecks = false;
  /** By place, while checks are recorded: whether tokens were missing, and the fewest that were left. */
  readonly #checkFailed: Uint8Array;
  readonly #leastLeft: Float64Array;

  constructor(graph: CompiledGraph, state: SimulationState) {
    this.#graph = graph;
    this.#state = state;
    this.#interval = 2 ** Math.max(0, Math.ceil(Math.log2((graph.nodeCount + graph.placeCount) / 32)));
    this.#candidate = new Snapshot(graph);
    this.#drifting = new Int32Array(graph.placeCount);
    this.#checkFailed = new Uint8Array(graph.placeCount);
    this.#leastLeft = new Float64Array(graph.placeCount);
  }

  /** A node took tokens, and this many are left: below 0 it waits. */
  recordCheck(place: number, left: number): void {
    if (left < 0) this.#checkFailed[place] = 1;
    else if (left < this.#leastLeft[place]) this.#leastLeft[place] = left;
  }

  /**
   * Called behind a step in which a loop went back. Moves the simulation on by whole periods where that is possible.
   */
  lookForSteadyState(executions: number): SkippedPeriods | undefined {
    const state = this.#state;
    const skipped = this.#compared > 16 * executions + 100_000 ? undefined : this.#compareAll();
    this.#steps++;
    if (this.#steps % this.#interval === 0) {
      const turn = this.#steps / this.#interval;
      const level = Math.min(levels - 1, 31 - Math.clz32(turn & -turn));
      (this.#snapshots[level] ??= new Snapshot(this.#graph)).save(state);
    }
    return skipped;
  }

  #compareAll(): SkippedPeriods | undefined {
    const state = this.#state;
    if (this.recordsChecks) {
      if (state.now > this.#candidateUntil) this.recordsChecks = false;
      else if (this.#candidate.positionHash === state.positionHash) {
        const times = this.#timesToSkip(this.#candidate);
        const allowed = times > 0 ? Math.min(times, this.#timesWithSameChecks(this.#candidate)) : 0;
        if (allowed > 0) {
          this.recordsChecks = false;
          return this.#skip(this.#candidate, allowed);
        }
        if (times > 0) this.recordsChecks = false;
      }
    }
    for (const snapshot of this.#snapshots) {
      if (snapshot === undefined || snapshot.positionHash !== state.positionHash || snapshot.time < 0) continue;
      const times = this.#timesToSkip(snapshot);
      if (times <= 0) continue;
      if (this.#driftCount === 0) return this.#skip(snapshot, times);
      if (!this.recordsChecks) this.#watch(state.now - snapshot.time);
    }
    return undefined;
  }

  /** Watches one more period before channels that drift are trusted. */
  #watch(periodTicks: number): void {
    const state = this.#state;
    this.#candidate.save(state);
    this.#candidateUntil = state.now + 4 * periodTicks;
    this.#checkFailed.fill(0);
    this.#leastLeft.fill(Infinity);
    this.recordsChecks = true;
  }

  /**
   * How many more times what happened since the snapshot will happen; 0 when it was no period. Places whose tokens
   * became more or fewer are left in `#drifting`; those that a check may depend on must be looked at as well.
   */
  #timesToSkip(snapshot: Snapshot): number {
    const { nodeCount, placeCount, loopStart, hyperperiod } = this.#graph;
    const state = this.#state;
    const period = state.now - snapshot.time;
    let times = Infinity;
    this.#driftCount = 0;
    if (hyperperiod > 1 && period % hyperperiod !== 0) return 0;
    for (let node = 0; node < nodeCount; node++) {
      this.#compared++;
      if (state.position[node] !== snapshot.position[node] || state.status[node] !== snapshot.status[node]) return 0;
      if (state.status[node] === status.running && state.end[node] - state.now !== snapshot.end[node] - snapshot.time) {
        // One long execution all the time: it must not end before the skipped time does.
        if (state.since[node] > snapshot.time) return 0;
        times = Math.min(times, Math.ceil((state.end[node] - state.now) / period) - 1);
      }
      let changed = false;
      for (let loop = loopStart[node]; loop < loopStart[node + 1]; loop++) {
        const turns = snapshot.turnsLeft[loop] - state.turnsLeft[loop];
        if (turns === 0) continue;
        // Two counters, or one that was set back: a loop has ended in between.
        if (changed || turns < 0) return 0;
        changed = true;
        times = Math.min(times, Math.floor(state.turnsLeft[loop] / turns));
      }
      if (times <= 0) return 0;
    }
    this.#compared += placeCount;
    for (let place = 0; place < placeCount; place++) {
      const drift = state.tokens[place] - snapshot.tokens[place];
      if (drift === 0) continue;
      if (state.tokens[place] >= 0) {
        this.#drifting[this.#driftCount++] = place;
        continue;
      }
      // Its taker has waited for all of the period, and goes on waiting until there are enough.
      if (drift < 0 || state.entered[this.#graph.taker[place]] > snapshot.time) return 0;
      times = Math.min(times, Math.ceil(-state.tokens[place] / drift) - 1);
      if (times <= 0) return 0;
    }
    return Number.isFinite(times) ? times : 0;
  }

  /** Periods until a check of a place that drifts could come out in another way than in the watched period. */
  #timesWithSameChecks(candidate: Snapshot): number {
    const state = this.#state;
    let times = Infinity;
    for (let index = 0; index < this.#driftCount; index++) {
      const place = this.#drifting[index];
      if (this.#checkFailed[place] === 1) return 0;
      const drift = state.tokens[place] - candidate.tokens[place];
      if (drift < 0) times = Math.min(times, Math.floor(this.#leastLeft[place] / -drift));
    }
    return times;
  }

  #skip(snapshot: Snapshot, times: number): SkippedPeriods {
    const { nodeCount, placeCount, loopCount } = this.#graph;
    const state = this.#state;
    const periodTicks = state.now - snapshot.time;
    const shift = times * periodTicks;
    // Checks of the period that is repeated were recorded only if it began after the watch did.
    if (snapshot.time < this.#candidate.time) this.recordsChecks = false;
    state.queue.clear();
    for (let node = 0; node < nodeCount; node++) {
      const doing = state.status[node];
      for (let kind = status.waitInput; kind <= status.waitClock; kind++) {
        const waited = state.waited[kind][node] + (doing === kind ? state.now - state.since[node] : 0);
        state.waited[kind][node] = waited + times * (waited - snapshot.waited[kind][node]);
      }
      if (state.entered[node] > snapshot.time) state.entered[node] += shift;
      if (doing === status.done) continue;
      if (doing !== status.running) {
        state.since[node] = state.now + shift;
        // An edge that it waits for; otherwise this means nothing.
        state.end[node] += shift;
      } else if (state.since[node] > snapshot.time) {
        state.since[node] += shift;
        state.end[node] += shift;
      }
    }
    for (let loop = 0; loop < loopCount; loop++)
      state.turnsLeft[loop] -= times * (snapshot.turnsLeft[loop] - state.turnsLeft[loop]);
    for (let place = 0; place < placeCount; place++) {
      const drift = state.tokens[place] - snapshot.tokens[place];
      if (drift === 0) continue;
      state.tokens[place] += times * drift;
      if (drift < 0) this.#leastLeft[place] += times * drift;
    }
    state.now += shift;
    for (let node = 0; node < nodeCount; node++) {
      if (state.status[node] === status.running || state.status[node] === status.waitClock)
        state.queue.add(node, state.now, state.end[node] - state.now);
    }
    return { periodTicks, times };
  }
}
