// time-limit-seconds: 600
import {
  ChipError,
  isLoop,
  resolveChipGraph,
  type ChipGraph,
  type GraphStep,
  type ResolvedGraph,
} from '@autodnnchip/core';
import {
  coarseBounds,
  compileGraph,
  graphActivity,
  simulateGraph,
  type CoarseBounds,
  type SimulationResult,
} from '@autodnnchip/plugin-graph-predictor';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { printedSeed, randomGraph, type GraphSizes } from './random-graph.js';
import { simulateTickByTick } from './reference-simulator.js';

const test = suite('fine mode, random graphs', { timeLimitSeconds: 500 });
const runs = Number(process.env['RANDOM_GRAPHS'] ?? 1500);

function simulate(graph: ChipGraph, skipSteadyStates: boolean): SimulationResult | undefined {
  return unlessStuck(graph, resolved => simulateGraph(compileGraph(resolved), resolved, { skipSteadyStates }));
}

function bounds(graph: ChipGraph): CoarseBounds | undefined {
  return unlessStuck(graph, resolved => coarseBounds(resolved, graphActivity(resolved)));
}

/** Undefined: the graph cannot finish, seen before or while it runs. */
function unlessStuck<Result>(graph: ChipGraph, predict: (graph: ResolvedGraph) => Result): Result | undefined {
  try {
    return predict(resolveChipGraph(graph));
  } catch (error) {
    if (error instanceof ChipError && (error.code === 'ADC3309' || error.code === 'ADC3307')) {
      assert.match(error.message, /n\d+/);
      return undefined;
    }
    throw error;
  }
}

function summary(result: SimulationResult | undefined): unknown {
  if (result === undefined) return undefined;
  const { latencyTicks, waitInputTicks, waitOutputTicks, waitResourceTicks, waitClockTicks, finishTick } = result;
  return {
    latency: latencyTicks,
    waitInput: [...waitInputTicks],
    waitOutput: [...waitOutputTicks],
    waitResource: [...waitResourceTicks],
    waitClock: [...waitClockTicks],
    finish: [...finishTick],
  };
}

/** The same of the reference, in ticks of the time base, which may be coarser than the reference's. */
function referenceSummary(graph: ChipGraph): unknown {
  const { ticksPerCycle, latency, nodes } = simulateTickByTick(graph);
  if (latency === undefined) return undefined;
  const scale = resolveChipGraph(graph).ticksPerCycle / ticksPerCycle;
  const scaled = (key: keyof (typeof nodes)[number]): number[] => nodes.map(node => node[key] * scale);
  return {
    latency: latency * scale,
    waitInput: scaled('waitInput'),
    waitOutput: scaled('waitOutput'),
    waitResource: scaled('waitResource'),
    waitClock: scaled('waitClock'),
    finish: scaled('finish'),
  };
}

function busyCycles(steps: readonly GraphStep[]): number {
  return steps.reduce((sum, step) => sum + (isLoop(step) ? step.repeat * busyCycles(step.steps) : step.cycles), 0);
}

function isShort(graph: ChipGraph, cycles: number): boolean {
  return graph.nodes.reduce((sum, { steps = [] }) => sum + busyCycles(steps), 0) < cycles;
}

function againstReference(
  sizes: GraphSizes,
  cycles: number,
  what: string,
): { readonly finished: number; readonly skipped: number; readonly waitedForClock: number } {
  let finished = 0;
  let skipped = 0;
  let waitedForClock = 0;
  fc.assert(
    fc.property(randomGraph(sizes), graph => {
      fc.pre(isShort(graph, cycles));
      const result = simulate(graph, true);
      assert.equal(summary(result), referenceSummary(graph));
      if (result === undefined) return;
      finished++;
      if (result.waitClockTicks.some(ticks => ticks > 0)) waitedForClock++;
      if (result.simulatedExecutions < simulate(graph, false)!.simulatedExecutions) skipped++;
    }),
    { seed: printedSeed(what), numRuns: runs },
  );
  return { finished, skipped, waitedForClock };
}

function withAndWithoutSkipping(sizes: GraphSizes, cycles: number, what: string): number {
  let skipped = 0;
  fc.assert(
    fc.property(randomGraph(sizes), graph => {
      fc.pre(isShort(graph, cycles));
      const result = simulate(graph, true);
      const plain = simulate(graph, false);
      assert.equal(summary(result), summary(plain));
      if (result !== undefined && result.simulatedExecutions < plain!.simulatedExecutions / 2) skipped++;
    }),
    { seed: printedSeed(what), numRuns: runs / 2 },
  );
  return skipped;
}

function betweenBounds(sizes: GraphSizes, what: string): { readonly finished: number; readonly exact: number } {
  let exact = 0;
  let finished = 0;
  fc.assert(
    fc.property(randomGraph(sizes), graph => {
      fc.pre(isShort(graph, 1_000_000));
      const result = simulate(graph, true);
      const bound = bounds(graph);
      if (result === undefined) return;
      assert.ok(bound !== undefined, 'the coarse mode refuses a graph that runs');
      assert.ok(
        bound.lowerTicks <= result.latencyTicks && result.latencyTicks <= bound.upperTicks,
        `${bound.lowerTicks} <= ${result.latencyTicks} <= ${bound.upperTicks}`,
      );
      finished++;
      if (bound.lowerTicks === result.latencyTicks) exact++;
    }),
    { seed: printedSeed(what), numRuns: runs },
  );
  return { finished, exact };
}

/** Among them some that are multiples of others, and some that have little in common. */
const clocks = [100, 150, 200, 250, 400];

test('are the same as tick by tick', () => {
  const { finished, skipped, waitedForClock } = againstReference(
    { nodes: 6, edges: 8, largestRepeat: 12 },
    30_000,
    'against cycle by cycle',
  );
  assert.ok(
    finished > runs / 10 && skipped > runs / 50,
    `${finished} of ${runs} finished, ${skipped} with steady states`,
  );
  assert.is(waitedForClock, 0);
});

test('with several clocks are the same as tick by tick', () => {
  const { finished, skipped, waitedForClock } = againstReference(
    { nodes: 6, edges: 8, largestRepeat: 12, clocks },
    4000,
    'several clocks, against tick by tick',
  );
  assert.ok(
    finished > runs / 10 && skipped > runs / 100 && waitedForClock > runs / 20,
    `${finished} of ${runs} finished, ${skipped} with steady states, ${waitedForClock} waited for clocks`,
  );
});

test('are the same with and without skipping of steady states', () => {
  const skipped = withAndWithoutSkipping(
    { nodes: 5, edges: 5, largestRepeat: 60 },
    3_000_000,
    'with and without skipping',
  );
  assert.ok(skipped > runs / 100, `${skipped} of ${runs / 2} skipped`);
});

test('with several clocks are the same with and without skipping of steady states', () => {
  const skipped = withAndWithoutSkipping(
    { nodes: 5, edges: 5, largestRepeat: 60, clocks },
    3_000_000,
    'several clocks, with and without skipping',
  );
  assert.ok(skipped > runs / 200, `${skipped} of ${runs / 2} skipped`);
});

test('lie between the bounds of the coarse mode', () => {
  const { finished, exact } = betweenBounds({ nodes: 6, edges: 7, largestRepeat: 30 }, 'coarse bounds');
  assert.ok(exact > finished / 4, `${exact} of ${finished} exact`);
});

test('with several clocks lie between the bounds of the coarse mode', () => {
  const { finished } = betweenBounds(
    { nodes: 6, edges: 7, largestRepeat: 30, clocks },
    'several clocks, coarse bounds',
  );
  assert.ok(finished > runs / 10);
});

test.run();
