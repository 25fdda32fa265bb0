/**
 * Writes the committed files of chip graphs: the JSON Schema of the format, and the examples that generators make, and
 * a drawing for the docs. `test/graph-predictor/files.test.ts` holds them current.
 *
 *     node --conditions=@autodnnchip/source --import tsx bench/graph-files.ts
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chipGraphJsonSchema, formatChipGraph, readChipGraph, type ChipGraph } from '@autodnnchip/core';
import { drawGraph } from '@autodnnchip/plugin-graph-drawing';
import { adderTreeConvolution, predictGraph, systolicGemm } from '@autodnnchip/plugin-graph-predictor';

export function graphFiles(): ReadonlyMap<string, string> {
  const example = (graph: ChipGraph): string =>
    formatChipGraph({ $schema: '../../core/schemas/chip-graph.schema.json', ...graph });
  return new Map([
    ['core/schemas/chip-graph.schema.json', `${JSON.stringify(chipGraphJsonSchema(), undefined, 2)}\n`],
    ['examples/graphs/gemm3.chip.json', example(systolicGemm(3))],
    ['examples/graphs/conv.chip.json', example(adderTreeConvolution())],
  ]);
}

/** The drawing in docs/chip-graph.md. */
export async function graphDrawings(): Promise<ReadonlyMap<string, string>> {
  const graph = readChipGraph(join(import.meta.dirname, '../examples/graphs/tiled-conv.chip.json'));
  const { prediction } = predictGraph({ graph, mode: 'fine' });
  return new Map([['docs/tiled-conv.svg', (await drawGraph(graph, { prediction })).svg]]);
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, content] of [...graphFiles(), ...(await graphDrawings())]) {
    const place = join(import.meta.dirname, '..', path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
    process.stdout.write(`${path}\n`);
  }
}
