/**
 * Writes the committed files of chip graphs: the JSON Schema of the format, and the examples that generators make.
 * `test/graph-predictor/files.test.ts` holds them current.
 *
 *     node --conditions=@autodnnchip/source --import tsx bench/graph-files.ts
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chipGraphJsonSchema, formatChipGraph, type ChipGraph } from '@autodnnchip/core';
import { adderTreeConvolution, systolicGemm } from '@autodnnchip/plugin-graph-predictor';

export function graphFiles(): ReadonlyMap<string, string> {
  const example = (graph: ChipGraph): string => formatChipGraph({ $schema: '../../core/schemas/chip-graph.schema.json', ...graph });
  return new Map([
    ['core/schemas/chip-graph.schema.json', `${JSON.stringify(chipGraphJsonSchema(), undefined, 2)}\n`],
    ['examples/graphs/gemm3.chip.json', example(systolicGemm(3))],
    ['examples/graphs/conv.chip.json', example(adderTreeConvolution())],
  ]);
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, content] of graphFiles()) {
    const place = join(import.meta.dirname, '..', path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
    process.stdout.write(`${path}\n`);
  }
}
