import type { ChipValidation } from '../chip/validation-result.js';
import { drawSvg, legendHeight, legendPanel, namedColors } from './svg-panels.js';

const width = 980;
const barHeight = 16;
const kinds = { simulated: 'simulated', fine: 'fine prediction', coarse: 'coarse prediction' } as const;

/** Cycles of every layer: simulated as bars, both predictions as marks on them. */
export async function chipPlot({ network, platform, summary, rows, coarse }: ChipValidation): Promise<string> {
  const layers = rows
    .filter(({ run, counter }) => run === 1 && counter === 'cycles')
    .map((row, index) => ({ ...row, index: String(index) }));
  const names = new Map(layers.map(({ index, layer }) => [index, layer]));
  const coarseOf = new Map((coarse?.layers ?? []).map(row => [row.layer, row.coarse]));
  const marked = layers.flatMap(({ layer, index }) =>
    coarseOf.has(layer) ? [{ index, coarse: coarseOf.get(layer) ?? 0 }] : [],
  );
  const legend: string[] = [kinds.simulated, kinds.fine, ...(marked.length > 0 ? [kinds.coarse] : [])];
  const color = namedColors(legend);
  const top = legendHeight(legend.length) + 34;
  const title = `${network} on ${platform}: ${summary.predictedCycles} cycles predicted, ${summary.simulatedCycles} simulated`;
  const height = 80 + barHeight * layers.length;
  return await drawSvg(plot => ({
    width,
    height: top + height,
    panels: [
      {
        x: 0,
        y: 0,
        options: {
          width,
          height: 30,
          axis: null,
          margin: 10,
          marks: [plot.text([title], { frameAnchor: 'left', fontSize: 13, fontWeight: 'bold', textAnchor: 'start' })],
        },
      },
      legendPanel(plot, 10, 30, width - 20, legend, color),
      {
        x: 0,
        y: top,
        options: {
          width,
          height,
          marginLeft: 300,
          marginTop: 40,
          marginRight: 30,
          color,
          x: { label: 'cycles', axis: 'both', grid: true },
          y: {
            type: 'band',
            domain: layers.map(({ index }) => index),
            tickFormat: (index: string) => shortened(names.get(index) ?? index),
            label: null,
            tickSize: 0,
            padding: 0.2,
          },
          marks: [
            plot.barX(layers, { x: 'simulated', y: 'index', fill: () => kinds.simulated }),
            plot.tickX(layers, { x: 'predicted', y: 'index', stroke: () => kinds.fine, strokeWidth: 3 }),
            plot.dot(marked, { x: 'coarse', y: 'index', fill: () => kinds.coarse, stroke: 'white', r: 4 }),
            plot.ruleX([0]),
          ],
        },
      },
    ],
  }));
}

function shortened(text: string): string {
  return text.length <= 46 ? text : `…${text.slice(-45)}`;
}
