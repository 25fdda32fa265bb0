// time-limit-seconds: 600
import { ChipError, isLoop, resolveChipGraph, type ChipGraph, type GraphStep, type ResolvedGraph } from '@autodnnchip/core';
import { coarseBounds, compileGraph, graphActivity, simulateGraph, type CoarseBounds, type SimulationResult } from '@autodnnchip/plugin-graph-predictor';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { printedSeed, randomGraph } from './random-graph.js';
import { simulateCycleByCycle } from './reference-simulator.js';

const test = suite('fine mode, random graphs', { timeLimitSeconds: 500 });
const runs = Number(process.env['RANDOM_GRAPHS'] ?? 1500);

function simulate(graph: ChipGraph, skipSteadyStates: boolean): SimulationResult | undefined {
  return unlessStuck(graph, (resolved) => simulateGraph(compileGraph(resolved), resolved, { skipSteadyStates }));
}

function bounds(graph: ChipGraph): CoarseBounds | undefined {
  return unlessStuck(graph, (resolved) => coarseBounds(resolved, graphActivity(resolved)));
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
  const { latencyCycles, waitInputCycles, waitOutputCycles, waitResourceCycles, finishCycle } = result;
  return { latencyCycles, waits: [...waitInputCycles], waitOutput: [...waitOutputCycles], waitResource: [...waitResourceCycles], finish: [...finishCycle] };
}

function busyCycles(steps: readonly GraphStep[]): number {
  return steps.reduce((sum, step) => sum + (isLoop(step) ? step.repeat * busyCycles(step.steps) : step.cycles), 0);
}

function isShort(graph: ChipGraph, cycles: number): boolean {
  return graph.nodes.reduce((sum, { steps = [] }) => sum + busyCycles(steps), 0) < cycles;
}

test('are the same as cycle by cycle', () => {
  let finished = 0;
  let skipped = 0;
  fc.assert(fc.property(randomGraph({ nodes: 6, edges: 8, largestRepeat: 12 }), (graph) => {
    fc.pre(isShort(graph, 30_000));
    const result = simulate(graph, true);
    const reference = simulateCycleByCycle(graph);
    const expected = reference.latencyCycles === undefined ? undefined : {
      latencyCycles: reference.latencyCycles, waits: reference.nodes.map(({ waitInputCycles }) => waitInputCycles),
      waitOutput: reference.nodes.map(({ waitOutputCycles }) => waitOutputCycles), waitResource: reference.nodes.map(({ waitResourceCycles }) => waitResourceCycles),
      finish: reference.nodes.map(({ finishCycle }) => finishCycle),
    };
    assert.equal(summary(result), expected);
    if (result === undefined) return;
    finished++;
    if (result.simulatedExecutions < simulate(graph, false)!.simulatedExecutions) skipped++;
  }), { seed: printedSeed('against cycle by cycle'), numRuns: runs });
  assert.ok(finished > runs / 10 && skipped > runs / 50, `${finished} of ${runs} finished, ${skipped} with steady states`);
});

test('are the same with and without skipping of steady states', () => {
  let skipped = 0;
  fc.assert(fc.property(randomGraph({ nodes: 5, edges: 5, largestRepeat: 60 }), (graph) => {
    fc.pre(isShort(graph, 3_000_000));
    const result = simulate(graph, true);
    const plain = simulate(graph, false);
    assert.equal(summary(result), summary(plain));
    if (result !== undefined && result.simulatedExecutions < plain!.simulatedExecutions / 2) skipped++;
  }), { seed: printedSeed('with and without skipping'), numRuns: runs / 2 });
  assert.ok(skipped > runs / 100, `${skipped} of ${runs / 2} skipped`);
});

test('lie between the bounds of the coarse mode', () => {
  let exact = 0;
  let finished = 0;
  fc.assert(fc.property(randomGraph({ nodes: 6, edges: 7, largestRepeat: 30 }), (graph) => {
    fc.pre(isShort(graph, 1_000_000));
    const result = simulate(graph, true);
    const bound = bounds(graph);
    if (result === undefined) return;
    assert.ok(bound !== undefined, 'the coarse mode refuses a graph that runs');
    assert.ok(bound.lowerCycles <= result.latencyCycles && result.latencyCycles <= bound.upperCycles, `${bound.lowerCycles} <= ${result.latencyCycles} <= ${bound.upperCycles}`);
    finished++;
    if (bound.lowerCycles === result.latencyCycles) exact++;
  }), { seed: printedSeed('coarse bounds'), numRuns: runs });
  assert.ok(exact > finished / 4, `${exact} of ${finished} exact`);
});

test.run();
