import { isLoop, resolveChipGraph, type GraphState, type GraphStep } from '@autodnnchip/core';
import { buildPlan, stageSteps, type LayerWork, type Stage } from '@autodnnchip/plugin-given-accelerators';
import { predictFine } from '@autodnnchip/plugin-graph-predictor';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const plans = suite('plans of given accelerators');

const none = { consumesFirst: {}, consumesEach: {}, producesEach: {}, producesLast: {} };

/** Every execution in order. */
function unfold(steps: readonly GraphStep[]): readonly GraphState[] {
  return steps.flatMap(step =>
    isLoop(step) ? Array.from({ length: step.repeat }, () => unfold(step.steps)).flat() : [step],
  );
}

plans('a stage takes exactly the cycles that it is given, in as many executions as it has tiles', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 5000 }), (tiles, cycles) => {
      const executions = unfold(
        stageSteps({
          resource: 'r',
          tiles,
          cycles,
          energyPicojoules: 3,
          ...none,
          consumesFirst: { a: 2 },
          producesLast: { b: 1 },
          producesEach: { c: 1 },
        }),
      );
      assert.is(executions.length, tiles);
      assert.is(
        executions.reduce((sum, state) => sum + state.cycles, 0),
        Math.max(tiles, cycles),
      );
      assert.ok(
        Math.abs(
          executions.reduce(
            (sum, { energy }) => sum + (energy !== undefined && 'value' in energy ? energy.value : 0),
            0,
          ) - 3,
        ) < 1e-9,
      );
      assert.is(executions.filter(({ consumes }) => consumes?.['a'] === 2).length, 1);
      assert.is(executions[0].consumes?.['a'], 2);
      assert.is(executions.filter(({ produces }) => produces?.['b'] === 1).length, 1);
      assert.is(executions[tiles - 1].produces?.['b'], 1);
      assert.ok(executions.every(({ produces }) => produces?.['c'] === 1));
    }),
    { seed: 7 },
  );
});

function layer(name: string, producers: readonly number[]): LayerWork {
  return {
    name,
    operator: 'Conv',
    kind: 'convolution',
    groups: 1,
    inputChannels: 1,
    outputChannels: 1,
    inputRows: 1,
    inputColumns: 1,
    outputRows: 1,
    outputColumns: 1,
    kernelRows: 1,
    kernelColumns: 1,
    strideRows: 1,
    strideColumns: 1,
    dilationRows: 1,
    dilationColumns: 1,
    multiplyAccumulates: 1,
    inputElements: 1,
    outputElements: 1,
    weightElements: 1,
    producers,
    inputMapElements: [1],
  };
}

const figures = { readBytes: 0, writtenBytes: 0 };

function stages(tiles: number, load: number, compute: number): readonly Stage[] {
  return [
    { id: 'load', resource: 'memory', class: 'datapath', tiles, cycles: tiles * load, limit: 'memoryRead' },
    { id: 'compute', resource: 'array', class: 'compute', tiles, cycles: tiles * compute, limit: 'compute' },
  ];
}

function builder(): ReturnType<typeof buildPlan> {
  return buildPlan({
    name: 'test',
    clockMegahertz: 100,
    resources: [
      { id: 'memory', class: 'memory' },
      { id: 'array', class: 'compute' },
    ],
  });
}

function latency(plan: ReturnType<ReturnType<typeof buildPlan>['plan']>): number {
  return predictFine(resolveChipGraph(plan.graph)).prediction.latencyCycles;
}

plans('stages overlap through a double buffer: the first load shows, the slower stage decides', () => {
  for (const [load, compute] of [
    [3, 10],
    [10, 3],
    [7, 7],
  ]) {
    const pipeline = builder();
    pipeline.layer(layer('a', [-1]), stages(20, load, compute), figures);
    assert.is(latency(pipeline.plan({ energyKnown: false })), load + compute + 19 * Math.max(load, compute));
  }
});

plans('a layer waits for the layers that make its input, through layers that are only a matter of addresses', () => {
  const chain = builder();
  chain.layer(layer('a/1', [-1]), stages(1, 3, 10), figures);
  chain.layer(layer('a/2', [-1]), stages(1, 3, 10), figures);
  chain.free(layer('join', [0, 1]));
  chain.layer(layer('b', [2]), stages(1, 3, 10), figures);
  const plan = chain.plan({ energyKnown: false });
  // The second load runs behind the first computation; the third must wait for both results.
  assert.is(latency(plan), 3 + 10 + 10 + 3 + 10);
  assert.equal(
    plan.layers.map(({ nodes }) => nodes.length),
    [2, 2, 0, 2],
  );
});

plans('a stage that waits for nothing runs ahead', () => {
  const ahead = builder();
  ahead.layer(layer('a', [-1]), stages(1, 3, 10), figures);
  const [load, compute] = stages(1, 3, 10);
  ahead.layer(
    layer('b', [0]),
    [
      { ...load, waitsFor: 'nothing' },
      { ...compute, waitsFor: 'producers' },
    ],
    figures,
  );
  assert.is(latency(ahead.plan({ energyKnown: false })), 3 + 10 + 10);
});

plans('phases of a stage follow each other and move their own tokens', () => {
  const phased = builder();
  phased.phasedLayer(
    layer('a', [-1]),
    [
      {
        id: 'load',
        resource: 'memory',
        class: 'datapath',
        limit: 'memoryRead',
        phases: [
          { tiles: 1, cycles: 5, gives: { rows: 'each' } },
          { tiles: 4, cycles: 8, gives: { weights: 'each' } },
          { tiles: 2, cycles: 10, gives: { rows: 'each' } },
        ],
      },
      {
        id: 'compute',
        resource: 'array',
        class: 'compute',
        limit: 'compute',
        phases: [
          { tiles: 4, cycles: 40, takes: { rows: 'first', weights: 'each' } },
          { tiles: 2, cycles: 60, takes: { rows: 'each' } },
        ],
      },
    ],
    { rows: { from: 'load', to: 'compute' }, weights: { from: 'load', to: 'compute', room: 4 } },
    figures,
  );
  const plan = phased.plan({ energyKnown: false });
  // The first rows and the first of four weights show; then the array never waits.
  assert.is(latency(plan), 5 + 2 + 40 + 60);
});

plans('layers of equal names get nodes of their own', () => {
  const twice = builder();
  for (let count = 0; count < 3; count += 1) twice.layer(layer('same', [-1]), stages(2, 1, 1), figures);
  const ids = twice.plan({ energyKnown: false }).graph.nodes.map(({ id }) => id);
  assert.is(new Set(ids).size, 6);
});

plans.run();
