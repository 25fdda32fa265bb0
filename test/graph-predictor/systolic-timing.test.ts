import { resolveChipGraph } from '@autodnnchip/core';
import {
  coarseBounds,
  compileGraph,
  graphActivity,
  simulateGraph,
  systolicDataflow,
  type SystolicDataflow,
  type SystolicWork,
} from '@autodnnchip/plugin-graph-predictor';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

/** Closed forms that agree with SCALE-Sim (peers.md), which counts from cycle 0 and so reports one cycle less. */
const test = suite('systolic timing', { timeLimitSeconds: 240 });

function closedForm(
  dataflow: SystolicDataflow,
  rows: number,
  columns: number,
  { pixels, filters, reduction }: SystolicWork,
): number {
  switch (dataflow) {
    case 'outputStationary':
      return Math.ceil(pixels / rows) * Math.ceil(filters / columns) * (reduction + rows + columns - 2) - 1;
    case 'weightStationary':
      return Math.ceil(reduction / rows) * Math.ceil(filters / columns) * (pixels + 2 * rows + columns - 2) - 1;
    case 'inputStationary':
      return Math.ceil(reduction / rows) * Math.ceil(pixels / columns) * (filters + 2 * rows + columns - 2) - 1;
  }
}

const works: readonly SystolicWork[] = [
  { pixels: 16, filters: 8, reduction: 27 },
  { pixels: 49, filters: 512, reduction: 576 },
  { pixels: 100, filters: 1, reduction: 9 },
  { pixels: 1, filters: 1000, reduction: 64 },
  { pixels: 3136, filters: 64, reduction: 147 },
  { pixels: 7, filters: 5, reduction: 1 },
];
const arrays = [
  [1, 1],
  [1, 8],
  [8, 1],
  [4, 4],
  [8, 8],
  [12, 14],
  [3, 16],
] as const;

for (const dataflow of ['outputStationary', 'weightStationary', 'inputStationary'] as const) {
  test(`${dataflow}: the fine mode on a graph of the array is SCALE-Sim's closed form`, () => {
    for (const work of works) {
      for (const [rows, columns] of arrays) {
        const graph = resolveChipGraph(systolicDataflow(dataflow, rows, columns, work));
        const { latencyTicks, simulatedExecutions } = simulateGraph(compileGraph(graph), graph);
        const what = `${rows} x ${columns}, ${JSON.stringify(work)}`;
        assert.is(latencyTicks - 1, closedForm(dataflow, rows, columns, work), what);
        assert.ok(coarseBounds(graph, graphActivity(graph)).lowerTicks <= latencyTicks, what);
        assert.ok(
          simulatedExecutions < 5 * rows * columns * (work.reduction + work.pixels + work.filters) + 5000,
          `${what}: ${simulatedExecutions}`,
        );
      }
    }
  });
}

test.run();
