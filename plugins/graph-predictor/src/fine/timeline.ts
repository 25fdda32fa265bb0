import type { ResolvedGraph } from '@autodnnchip/core';
import type { CompiledGraph } from './compile-graph.js';

interface Skip {
  readonly time: number;
  readonly periodTicks: number;
  readonly times: number;
}

/** When states ran, up to a number of them, for the Chrome trace format. */
export class Timeline {
  readonly #maximum: number;
  readonly #states: number[] = [];
  readonly #starts: number[] = [];
  readonly #skips: Skip[] = [];
  #complete = true;

  constructor(maximumEvents: number) {
    this.#maximum = maximumEvents;
  }

  /** False when states were left out because there were too many. */
  get complete(): boolean {
    return this.#complete;
  }

  add(state: number, start: number): void {
    if (this.#states.length >= this.#maximum) {
      this.#complete = false;
      return;
    }
    this.#states.push(state);
    this.#starts.push(start);
  }

  /** Periods behind `time` that were repeated without a record of their states. */
  skip(time: number, periodTicks: number, times: number): void {
    if (this.#states.length + this.#skips.length < this.#maximum) this.#skips.push({ time, periodTicks, times });
    else this.#complete = false;
  }

  /**
   * Trace of one process whose threads are the resources, each with the states that it ran; skipped steady states are
   * on a thread of their own. One microsecond of the trace is one cycle of the graph's clock.
   */
  toChromeTrace(compiled: CompiledGraph, graph: ResolvedGraph): string {
    const { ticksPerCycle } = graph;
    const events: string[] = [JSON.stringify({ ph: 'M', pid: 1, name: 'process_name', args: { name: graph.name } })];
    const used = new Set(this.#states.map(state => compiled.resource[state]));
    for (const resource of used) {
      events.push(
        JSON.stringify({
          ph: 'M',
          pid: 1,
          tid: resource + 1,
          name: 'thread_name',
          args: { name: graph.resources[resource].id },
        }),
      );
      events.push(
        JSON.stringify({
          ph: 'M',
          pid: 1,
          tid: resource + 1,
          name: 'thread_sort_index',
          args: { sort_index: resource + 1 },
        }),
      );
    }
    if (this.#skips.length > 0)
      events.push(
        JSON.stringify({ ph: 'M', pid: 1, tid: 0, name: 'thread_name', args: { name: 'steady states, shown once' } }),
      );
    for (let index = 0; index < this.#states.length; index++) {
      const state = this.#states[index];
      const node = graph.nodes[compiled.nodeOfState[state]];
      const { name } = node.states[state - compiled.firstState[compiled.nodeOfState[state]]];
      events.push(
        JSON.stringify({
          ph: 'X',
          pid: 1,
          tid: compiled.resource[state] + 1,
          ts: this.#starts[index] / ticksPerCycle,
          dur: compiled.ticks[state] / ticksPerCycle,
          name: name === undefined ? node.id : `${node.id}: ${name}`,
          cat: node.class,
        }),
      );
    }
    for (const { time, periodTicks, times } of this.#skips) {
      events.push(
        JSON.stringify({
          ph: 'X',
          pid: 1,
          tid: 0,
          ts: time / ticksPerCycle,
          dur: (periodTicks * times) / ticksPerCycle,
          name: `the ${periodTicks / ticksPerCycle} cycles before, ${times} times`,
          cat: 'steady state',
        }),
      );
    }
    const about = { graph: graph.name, timeUnit: '1 us is one clock cycle', complete: this.#complete };
    return `{"displayTimeUnit":"ns","otherData":${JSON.stringify(about)},"traceEvents":[\n${events.join(',\n')}\n]}\n`;
  }
}
