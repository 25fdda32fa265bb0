import { quantity, repeat, resolveChipGraph, type ChipGraph, type GraphNode } from '@autodnnchip/core';
import { compileGraph, predictFine, simulateGraph } from '@autodnnchip/plugin-graph-predictor';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const test = suite('steady states');

function pipeline(tiles: number, cycles: readonly number[], capacity?: number): ChipGraph {
  const nodes = cycles.map((each, index): GraphNode => ({
    id: `s${index}`,
    class: 'compute',
    steps: [repeat(tiles, { cycles: each })],
  }));
  const edges = nodes.slice(1).map((node, index) => ({
    from: `s${index}`,
    to: node.id,
    ...(capacity === undefined ? {} : { capacity: quantity(capacity, 'token') }),
  }));
  return { schemaVersion: 1, name: 'pipeline', nodes, edges };
}

function run(graph: ChipGraph): { readonly latency: number; readonly executions: number; readonly waits: number[] } {
  const resolved = resolveChipGraph(graph);
  const result = simulateGraph(compileGraph(resolved), resolved);
  return { latency: result.latencyTicks, executions: result.simulatedExecutions, waits: [...result.waitInputTicks] };
}

test('the cost does not grow with the number of tiles', () => {
  const tiles = 2 ** 40;
  const balanced = run(pipeline(tiles, [5, 5, 5], 2));
  assert.is(balanced.latency, 5 * (tiles + 2));
  assert.ok(balanced.executions < 100, String(balanced.executions));
  const slowEnd = run(pipeline(tiles, [3, 5, 11], 4));
  assert.is(slowEnd.latency, 8 + 11 * tiles);
  assert.ok(slowEnd.executions < 500, String(slowEnd.executions));
});

test('channels without limit fill and drain steadily', () => {
  const tiles = 2 ** 30;
  const fills = run(pipeline(tiles, [3, 5, 11]));
  assert.is(fills.latency, 8 + 11 * tiles);
  assert.ok(fills.executions < 2000, String(fills.executions));
  const starved = run(pipeline(tiles, [11, 5, 3]));
  assert.is(starved.latency, 11 * tiles + 8);
  assert.ok(starved.executions < 500, String(starved.executions));
});

test('loops within loops, with a steady state in each turn and one of turns', () => {
  const rows = 100_000;
  const columns = 1_000_000;
  const graph: ChipGraph = {
    schemaVersion: 1,
    name: 'rows',
    nodes: [
      {
        id: 'load',
        class: 'datapath',
        steps: [repeat(rows, { cycles: 40 }, repeat(columns, { cycles: 2, produces: { data: 1 } }))],
      },
      {
        id: 'run',
        class: 'compute',
        steps: [repeat(rows, repeat(columns, { cycles: 3, consumes: { data: 1 } }), { cycles: 17 })],
      },
    ],
    edges: [{ id: 'data', from: 'load', to: 'run', capacity: quantity(8, 'token') }],
  };
  const { latency, executions } = run(graph);
  assert.ok(executions < 2000, String(executions));
  const small = (count: number): number =>
    run({ ...graph, nodes: graph.nodes.map(node => ({ ...node, steps: [{ ...node.steps![0], repeat: count }] })) })
      .latency;
  assert.is(latency, small(10) + (rows - 10) * (small(11) - small(10)));
});

test('a barrier far away and a long state beside a fast loop', () => {
  const tokens = 10_000_000;
  const graph: ChipGraph = {
    schemaVersion: 1,
    name: 'barrier',
    nodes: [
      { id: 'make', class: 'datapath', steps: [repeat(tokens, { cycles: 7 })] },
      { id: 'all', class: 'compute', steps: [{ cycles: 1, consumes: { 'make->all': tokens } }] },
      { id: 'long', class: 'compute', steps: [{ cycles: 33_333_333 }, { cycles: 1 }] },
    ],
    edges: [{ from: 'make', to: 'all' }],
  };
  const { latency, executions } = run(graph);
  assert.is(latency, 7 * tokens + 1);
  assert.ok(executions < 200, String(executions));
});

test('many nodes in a ring, with tokens that go round', () => {
  const count = 3000;
  const turns = 1_000_000;
  const nodes = Array.from({ length: count }, (_, index): GraphNode => ({
    id: `n${index}`,
    class: 'compute',
    steps: [repeat(turns, { cycles: 1 + (index % 3) })],
  }));
  const edges = nodes.map((node, index) => ({
    from: node.id,
    to: `n${(index + 1) % count}`,
    ...(index % 10 === 0 ? { initialTokens: 1 } : {}),
  }));
  const graph: ChipGraph = { schemaVersion: 1, name: 'ring', nodes, edges };
  const { latency, executions } = run(graph);
  assert.ok(latency > turns * 20 && latency < turns * 22, String(latency));
  assert.ok(executions < 60 * count * 10, String(executions));
});

test('waits of skipped periods are counted', () => {
  const tiles = 1_000_000;
  const { prediction } = predictFine(resolveChipGraph(pipeline(tiles, [3, 10, 4], 2)));
  const [first, middle, last] = prediction.nodes;
  assert.is(middle.waitInputCycles, 3);
  assert.is(middle.waitOutputCycles! + middle.waitResourceCycles!, 0);
  assert.is(last.waitInputCycles, 13 + 6 * (tiles - 1));
  assert.is(first.busyCycles + first.waitOutputCycles!, first.finishCycle!);
  assert.is(prediction.bottleneck, 's1');
});

test.run();
