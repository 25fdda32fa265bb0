import type * as PlotLibrary from '@observablehq/plot';
import type { ComparedRow } from '../compared-row.js';
import { groupBy } from '../error-statistics.js';
import { isTotal } from '../measurements.js';
import { drawSvg, legendHeight, legendPanel, namedColors, type Panel } from './svg-panels.js';

const bandPercent = 10;
const width = 980;
const scatter = { width: 480, height: 420, perRow: 2 };
const barHeight = 13;
/** Errors beyond this are drawn up to the edge, with their number. */
const widestErrorPercent = 60;
/** A bar for each row: more of them than this nobody looks at, and the drawing would be longer than programs show. */
const mostRows = 1000;

/**
 * Predictions over measurements, a panel per metric and unit, both axes logarithmic, with a band of 10 %; below, the
 * error of every row. Colours are platforms; rows of tier B are hollow or pale. Of more than 1000 rows those furthest
 * off are drawn, and the title says so.
 */
export async function measuredPlot(all: readonly ComparedRow[]): Promise<string> {
  const rows = furthestOff(all);
  const which =
    rows.length === all.length
      ? `${rows.length} measurements and their predictions`
      : `the ${rows.length} of ${all.length} measurements that are furthest from their predictions`;
  const platforms = [...new Set(rows.map(({ platform }) => platform))];
  const colors = namedColors(platforms);
  const metrics = groupBy(rows, ({ metric, unit }) => `${metric}\n${unit}`);
  const scatterTop = legendHeight(platforms.length) + 34;
  const barTop = scatterTop + Math.ceil(metrics.length / scatter.perRow) * scatter.height;
  return await drawSvg(plot => {
    const bars = errorPanel(plot, rows, colors, barTop);
    return {
      width,
      height: barTop + Number(bars.options.height),
      panels: [
        titlePanel(plot, `${which}; grey: within ${bandPercent} %; hollow or pale: tier B, an indication only`),
        legendPanel(plot, 10, 30, width - 20, platforms, colors),
        ...metrics.map((group, index) =>
          scatterPanel(
            plot,
            group,
            colors,
            (index % scatter.perRow) * (width / scatter.perRow),
            scatterTop + Math.floor(index / scatter.perRow) * scatter.height,
          ),
        ),
        bars,
      ],
    };
  });
}

function furthestOff(rows: readonly ComparedRow[]): readonly ComparedRow[] {
  if (rows.length <= mostRows) return rows;
  const byError = [...rows].sort((a, b) => Math.abs(b.errorPercent) - Math.abs(a.errorPercent));
  const drawn = new Set(byError.slice(0, mostRows));
  return rows.filter(row => drawn.has(row));
}

function titlePanel(plot: typeof PlotLibrary, title: string): Panel {
  return {
    x: 0,
    y: 0,
    options: {
      width,
      height: 30,
      axis: null,
      margin: 10,
      marks: [plot.text([title], { frameAnchor: 'left', fontSize: 13, fontWeight: 'bold', textAnchor: 'start' })],
    },
  };
}

function scatterPanel(
  plot: typeof PlotLibrary,
  rows: readonly ComparedRow[],
  color: PlotLibrary.ScaleOptions,
  x: number,
  y: number,
): Panel {
  const { metric, unit } = rows[0];
  // A prediction of 0 has no place on a logarithmic axis; its bar shows it.
  const drawn = rows.filter(({ predicted }) => predicted > 0);
  const values = rows.map(({ measured }) => measured).concat(drawn.map(({ predicted }) => predicted));
  const domain = [
    values.reduce((least, value) => Math.min(least, value)) / 1.5,
    values.reduce((largest, value) => Math.max(largest, value)) * 1.5,
  ];
  const factor = 1 + bandPercent / 100;
  const axis = { type: 'log', domain, tickFormat: '~g', ticks: 5, grid: true } as const;
  const position = { x: 'measured', y: 'predicted' } as const;
  return {
    x,
    y,
    options: {
      width: scatter.width,
      height: scatter.height,
      marginLeft: 60,
      marginTop: 30,
      marginBottom: 40,
      color,
      x: { ...axis, label: `measured ${metric}, ${unit}` },
      y: { ...axis, label: `predicted ${metric}, ${unit}` },
      marks: [
        plot.areaY(domain, {
          x: (value: number) => value,
          y1: (value: number) => value / factor,
          y2: (value: number) => value * factor,
          fill: '#ddd',
          clip: true,
        }),
        plot.line(domain, { x: (value: number) => value, y: (value: number) => value, stroke: '#999', clip: true }),
        plot.dot(drawn.filter(isHard), { ...position, fill: 'platform', stroke: 'white', strokeWidth: 0.5, r: 4 }),
        plot.dot(
          drawn.filter(row => !isHard(row)),
          { ...position, stroke: 'platform', strokeWidth: 1.5, r: 4 },
        ),
        plot.frame(),
      ],
    },
  };
}

function errorPanel(
  plot: typeof PlotLibrary,
  rows: readonly ComparedRow[],
  color: PlotLibrary.ScaleOptions,
  y: number,
): Panel {
  const ordered = groupBy(rows, ({ platform, metric }) => `${platform}\n${metric}`).flat();
  const widest = Math.min(
    widestErrorPercent,
    rows.reduce((largest, { errorPercent }) => Math.max(largest, Math.abs(errorPercent)), 2 * bandPercent),
  );
  // Lines of two files may have the same number.
  const places = new Map(ordered.map((row, index) => [row, String(index)]));
  const lineOf = (row: ComparedRow): string => places.get(row) ?? '';
  const shown = ({ errorPercent }: ComparedRow): number => Math.max(-widest, Math.min(widest, errorPercent));
  const names = new Map(
    ordered.map(row => [lineOf(row), `${row.network} ${isTotal(row) ? 'total' : row.layer}, ${row.metric}`]),
  );
  const numbers = (right: boolean): PlotLibrary.Text =>
    plot.text(
      ordered.filter(({ errorPercent }) => errorPercent >= 0 === right),
      {
        x: shown,
        y: lineOf,
        text: ({ errorPercent }: ComparedRow) => errorPercent.toFixed(1),
        textAnchor: right ? 'start' : 'end',
        dx: right ? 3 : -3,
        fontSize: 9,
      },
    );
  return {
    x: 0,
    y,
    options: {
      width,
      height: 70 + barHeight * ordered.length,
      marginLeft: 330,
      marginTop: 40,
      marginBottom: 30,
      marginRight: 40,
      color,
      x: {
        domain: [-1.15 * widest, 1.15 * widest],
        label: '100 x (predicted - measured) / measured, %',
        axis: 'both',
        grid: true,
      },
      y: {
        type: 'band',
        domain: ordered.map(lineOf),
        tickFormat: (line: string) => shortened(names.get(line) ?? line),
        label: null,
        tickSize: 0,
        padding: 0.15,
      },
      marks: [
        plot.rect([0], { x1: -bandPercent, x2: bandPercent, fill: '#e5e5e5' }),
        plot.barX(ordered, {
          x1: 0,
          x2: shown,
          y: lineOf,
          fill: 'platform',
          fillOpacity: (row: ComparedRow) => (isHard(row) ? 1 : 0.4),
        }),
        plot.ruleX([0]),
        numbers(true),
        numbers(false),
        plot.text(
          groupBy(ordered, ({ platform }) => platform).map(([first]) => first),
          { y: lineOf, text: 'platform', frameAnchor: 'right', textAnchor: 'end', fontSize: 10, fontWeight: 'bold' },
        ),
      ],
    },
  };
}

function isHard({ tier }: ComparedRow): boolean {
  return tier === 'A';
}

function shortened(text: string): string {
  return text.length <= 54 ? text : `${text.slice(0, 53)}…`;
}
