import {
  Definitions,
  GraphPredictor,
  parseOptions,
  readChipGraph,
  technologiesOfPlatforms,
  writeResultFile,
  type CommandDefinition,
} from '@autodnnchip/core';
import { z } from 'zod';
import { drawGraph } from './draw-graph.js';

const optionsSchema = z.object({
  out: z.string({ error: 'is required' }),
  predict: z.enum(['fine', 'coarse'], { error: 'is fine or coarse' }).optional(),
  fold: z.boolean().optional(),
});

export const drawCommand: CommandDefinition = {
  id: 'draw',
  summary:
    'Draw a chip graph as SVG: nodes, sub-graphs, edges, resources; with a prediction also who is busy, who waits, and the bottleneck.',
  arguments: [{ name: 'GRAPH', description: 'a *.chip.json file', required: true }],
  options: [
    { name: 'out', value: 'file.svg', description: 'where the drawing goes' },
    { name: 'predict', value: 'fine|coarse', description: 'also predict the graph, and show it in the drawing' },
    { name: 'fold', description: 'draw nodes of equal structure as one box, as large graphs are drawn anyway' },
  ],
  examples: [
    'autodnnchip draw conv.chip.json --out conv.svg',
    'autodnnchip draw conv.chip.json --out conv.svg --predict fine',
  ],
  async run({ arguments: given, options, get }) {
    const { out, predict, fold } = parseOptions('draw', optionsSchema, options);
    const graph = readChipGraph(given['graph']!);
    const prediction =
      predict === undefined ? undefined : get(GraphPredictor).predictGraph({ graph, mode: predict }).prediction;
    const { svg, nodes, boxes } = await drawGraph(graph, {
      platforms: technologiesOfPlatforms(get(Definitions).platforms),
      ...(prediction === undefined ? {} : { prediction }),
      ...(fold === undefined ? {} : { fold }),
    });
    await writeResultFile(out, svg, 'out');
    const folded = boxes === nodes ? '' : `, as ${boxes} boxes: those of equal structure are one`;
    return {
      document: { graph: graph.name, file: out, nodes, boxes },
      text: `${out}: ${nodes} ${nodes === 1 ? 'node' : 'nodes'}${folded}`,
    };
  },
};
