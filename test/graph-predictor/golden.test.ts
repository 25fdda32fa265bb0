import { resolveChipGraph, type ChipGraph } from '@autodnnchip/core';
import {
  adderTreeConvolution,
  compileGraph,
  predictCoarse,
  predictFine,
  simulateGraph,
  systolicGemm,
  systolicGemmBlocks,
} from '@autodnnchip/plugin-graph-predictor';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

/** Figures of the released simulator. */
const test = suite('golden figures', { timeLimitSeconds: 120 });

interface Golden {
  readonly nodes: number;
  readonly edges?: number;
  readonly instances?: number;
  readonly latency: number;
  readonly busy: number;
}

const joulesPerBusyCycle = 0.5e-9;

function check(graph: ChipGraph, golden: Golden, joules: number): void {
  const resolved = resolveChipGraph(graph);
  const { prediction } = predictFine(resolved);
  assert.is(resolved.nodes.length, golden.nodes);
  if (golden.edges !== undefined) assert.is(resolved.edges.length, golden.edges);
  if (golden.instances !== undefined) assert.is(resolved.resources.length, golden.instances);
  assert.is(prediction.latencyCycles, golden.latency);
  assert.is(
    prediction.nodes.reduce((sum, { busyCycles }) => sum + busyCycles, 0),
    golden.busy,
  );
  assert.is(
    prediction.resources.reduce((sum, { busyCycles }) => sum + busyCycles, 0),
    golden.busy,
  );
  assert.ok(Math.abs((prediction.energyPicojoules * 1e-12) / joules - 1) < 1e-9, `${prediction.energyPicojoules} pJ`);
  assert.is(predictCoarse(resolved).latencyCycles, golden.latency, 'the coarse mode is exact for these graphs');
  for (const {
    id,
    busyCycles,
    waitInputCycles,
    waitOutputCycles,
    waitResourceCycles,
    finishCycle,
  } of prediction.nodes) {
    assert.is(busyCycles + waitInputCycles! + waitOutputCycles! + waitResourceCycles!, finishCycle!, id);
  }
}

test('n x n GEMM, n = 3 to 32', () => {
  for (const size of [3, 4, 5, 6, 7, 8, 11, 16, 32]) {
    const busy = size ** 3 + 6 * size ** 2;
    check(
      systolicGemm(size),
      {
        nodes: size ** 3 + 3 * size ** 2,
        edges: 3 * size ** 3 + 4 * size ** 2,
        instances: 3 * size ** 2 + 4 * size,
        latency: 3 * size + 2,
        busy,
      },
      busy * joulesPerBusyCycle,
    );
  }
  check(systolicGemm(3), { nodes: 54, edges: 117, instances: 39, latency: 11, busy: 81 }, 4.05e-8);
  check(systolicGemm(6), { nodes: 324, latency: 20, busy: 432 }, 2.16e-7);
});

test('2n x 2n GEMM', () => {
  check(systolicGemmBlocks(3), { nodes: 396, instances: 39, latency: 32, busy: 576 }, 2.88e-7);
  check(systolicGemmBlocks(8), { nodes: 5376, latency: 82, busy: 6656 }, 3.328e-6);
  check(systolicGemmBlocks(16), { nodes: 37_888, latency: 162, busy: 43_008 }, 43_008 * joulesPerBusyCycle);
});

test('convolution on an adder tree', () => {
  check(adderTreeConvolution(), { nodes: 4, instances: 7, latency: 38_032, busy: 39_056 }, 1.9528e-5);
  const { prediction } = predictFine(resolveChipGraph(adderTreeConvolution()));
  assert.is(prediction.bottleneck, 'read weights');
  assert.is(prediction.bottleneckResource, 'weight buffer');
  assert.is(prediction.nodes.find(({ id }) => id === 'compute')!.waitInputCycles, 36_864);
});

test('the large graphs take milliseconds after loading', () => {
  for (const graph of [systolicGemmBlocks(16), systolicGemm(32)]) {
    const resolved = resolveChipGraph(graph);
    const compiled = compileGraph(resolved);
    const times: number[] = [];
    for (let round = 0; round < 25; round++) {
      const started = process.cpuUsage();
      simulateGraph(compiled, resolved);
      const { user, system } = process.cpuUsage(started);
      times.push((user + system) / 1000);
    }
    const median = times.sort((left, right) => left - right)[12];
    process.stdout.write(`${graph.name}: ${median.toFixed(1)} ms of processor time\n`);
    assert.ok(median < 30, `${graph.name}: ${median} ms`);
  }
});

test.run();
