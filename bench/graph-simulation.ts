/**
 * Times the fine mode on the graphs that the released simulator publishes, and on a folded graph of the same hardware.
 *
 *     node --conditions=@autodnnchip/source --import tsx bench/graph-simulation.ts [--rounds 31]
 *
 * Prints the median of warm rounds after loading, and what loading (resolving names and compiling to arrays) takes.
 */
import { parseArgs } from 'node:util';
import { resolveChipGraph, type ChipGraph } from '@autodnnchip/core';
import {
  adderTreeConvolution,
  compileGraph,
  simulateGraph,
  systolicGemm,
  systolicGemmBlocks,
} from '@autodnnchip/plugin-graph-predictor';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '31' } } });
const rounds = Number(values.rounds);

function measure(graph: ChipGraph): void {
  const started = performance.now();
  const resolved = resolveChipGraph(graph);
  const compiled = compileGraph(resolved);
  const loading = performance.now() - started;
  const times: number[] = [];
  let latencyCycles = 0;
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    latencyCycles = simulateGraph(compiled, resolved).latencyTicks / resolved.ticksPerCycle;
    times.push(performance.now() - begin);
  }
  const sorted = times.slice(1).sort((left, right) => left - right);
  process.stdout.write(
    `${graph.name.padEnd(16)} ${String(resolved.nodes.length).padStart(6)} nodes  ${String(latencyCycles).padStart(6)} cycles  ` +
      `loading ${loading.toFixed(0)} ms  first ${times[0].toFixed(1)} ms  median ${sorted[sorted.length >> 1].toFixed(2)} ms  least ${sorted[0].toFixed(2)} ms\n`,
  );
}

for (const graph of [
  adderTreeConvolution(),
  systolicGemm(3),
  systolicGemm(16),
  systolicGemm(32),
  systolicGemmBlocks(8),
  systolicGemmBlocks(16),
])
  measure(graph);
