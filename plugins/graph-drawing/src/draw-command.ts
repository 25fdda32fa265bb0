import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ChipError, Definitions, errorMessage, GraphPredictor, readChipGraph, technologiesOfPlatforms, type CommandDefinition } from '@autodnnchip/core';
import { z } from 'zod';
import { drawGraph } from './draw-graph.js';

const optionsSchema = z.object({
  out: z.string({ error: 'is required' }),
  predict: z.enum(['fine', 'coarse'], { error: 'is fine or coarse' }).optional(),
  fold: z.boolean().optional(),
});

export const drawCommand: CommandDefinition = {
  id: 'draw',
  summary: 'Draw a chip graph as SVG: nodes, sub-graphs, edges, resources; with a prediction also who is busy, who waits, and the bottleneck.',
  arguments: [{ name: 'GRAPH', description: 'a *.chip.json file', required: true }],
  options: [
    { name: 'out', value: 'file.svg', description: 'where the drawing goes' },
    { name: 'predict', value: 'fine|coarse', description: 'also predict the graph, and show it in the drawing' },
    { name: 'fold', description: 'draw nodes of equal structure as one box, as large graphs are drawn anyway' },
  ],
  examples: ['autodnnchip draw conv.chip.json --out conv.svg', 'autodnnchip draw conv.chip.json --out conv.svg --predict fine'],
  async run({ arguments: given, options, get }) {
    const parsed = optionsSchema.safeParse(options);
    if (!parsed.success) {
      throw new ChipError('ADC6001', parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('; '), {
        hint: '`autodnnchip draw --help` shows the options.',
      });
    }
    const { out, predict, fold } = parsed.data;
    const graph = readChipGraph(given['graph']!);
    const prediction = predict === undefined ? undefined : get(GraphPredictor).predictGraph({ graph, mode: predict }).prediction;
    const { svg, nodes, boxes } = await drawGraph(graph, { platforms: technologiesOfPlatforms(get(Definitions).platforms), ...(prediction === undefined ? {} : { prediction }), ...(fold === undefined ? {} : { fold }) });
    write(out, svg);
    const folded = boxes === nodes ? '' : `, as ${boxes} boxes: those of equal structure are one`;
    return { document: { graph: graph.name, file: out, nodes, boxes }, text: `${out}: ${nodes} ${nodes === 1 ? 'node' : 'nodes'}${folded}` };
  },
};

function write(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new ChipError('ADC6003', `The drawing cannot be written to ${path}: ${errorMessage(error)}`, { location: { file: path }, cause: error, hint: 'Give --out a path that can be written to.' });
  }
}
