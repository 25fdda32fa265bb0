import { hold, type ChipGraph, type ChipGraphBuilder } from '@autodnnchip/core';
import { buildSystolicArray, readSteps, writeSteps } from './systolic-array.js';

/**
 * Product of two n x n matrices on an n x n output-stationary array, a node for every operation: latency 3n + 2 cycles.
 */
export function systolicGemm(size: number): ChipGraph {
  const builder = buildSystolicArray(
    `gemm-${size}`,
    `${size} x ${size} GEMM on a ${size} x ${size} systolic array, unrolled`,
    size,
    size,
  );
  addBlocks(builder, size, 1, size);
  return builder.graph();
}

/** Product of two 2n x 2n matrices on an n x n array: four output blocks, one after another. Latency 10n + 2 cycles. */
export function systolicGemmBlocks(size: number): ChipGraph {
  const builder = buildSystolicArray(
    `gemm-blocks-${size}`,
    `${2 * size} x ${2 * size} GEMM on a ${size} x ${size} systolic array, four blocks, unrolled`,
    size,
    size,
  );
  addBlocks(builder, size, 4, 2 * size);
  return builder.graph();
}

/**
 * Operations of `blocks` output blocks of `steps` steps each. Operands come in at the top and the left, one step a
 * cycle.
 */
function addBlocks(builder: ChipGraphBuilder, size: number, blocks: number, steps: number): void {
  for (let time = 0; time < blocks * steps; time++) {
    for (let index = 0; index < size; index++) {
      builder.node({ id: `read A ${time} ${index}`, class: 'datapath', steps: readSteps('A', index) });
      builder.node({ id: `read B ${time} ${index}`, class: 'datapath', steps: readSteps('B', index) });
    }
  }
  for (let time = 0; time < blocks * steps; time++) {
    const step = time % steps;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const place = `${row} ${column}`;
        const id = `MAC ${time} ${place}`;
        builder.node({ id, class: 'compute', steps: [hold(`MAC (${row},${column})`, 1)] });
        builder.edge({
          from: column === 0 ? `read A ${time} ${row}` : `MAC ${time} ${row} ${column - 1}`,
          to: id,
          id: `A ${time} ${place}`,
        });
        builder.edge({
          from: row === 0 ? `read B ${time} ${column}` : `MAC ${time} ${row - 1} ${column}`,
          to: id,
          id: `B ${time} ${place}`,
        });
        if (column === size - 1) builder.edge({ from: id, id: `A ${time} ${row} out` });
        if (row === size - 1) builder.edge({ from: id, id: `B ${time} ${column} out` });
        if (step === 0) builder.edge({ to: id, id: `sum ${time} ${place}`, initialTokens: 1 });
        else builder.edge({ from: `MAC ${time - 1} ${place}`, to: id, id: `sum ${time} ${place}` });
        if (step < steps - 1) continue;
        const write = `write ${time} ${place}`;
        builder.node({ id: write, class: 'memory', steps: writeSteps(row, column) });
        builder.edge({ from: id, to: write, id: `result ${time} ${place}` });
        builder.edge({ from: write, id: `result ${time} ${place} out` });
      }
    }
  }
}
