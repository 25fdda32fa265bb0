import type * as PlotLibrary from '@observablehq/plot';
import { printable } from '@autodnnchip/core';

/** A part of a drawing at its place, in pixels from the upper left corner. */
export interface Panel {
  readonly x: number;
  readonly y: number;
  readonly options: PlotLibrary.PlotOptions;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly panels: readonly Panel[];
}

const namespace = 'http://www.w3.org/2000/svg';

/** An SVG file with all panels of a drawing. The libraries are loaded here: only who asks for a plot waits for them. */
export async function drawSvg(draw: (plot: typeof PlotLibrary) => Drawing): Promise<string> {
  const [plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
  const { document } = parseHTML('<!doctype html><body></body>');
  const { width, height, panels } = draw(plot);
  const style = { fontFamily: 'sans-serif', overflow: 'hidden' };
  const parts = panels.map(({ x, y, options }) => {
    const part = plot.plot({ ...options, document, style });
    part.setAttribute('x', String(x));
    part.setAttribute('y', String(y));
    // HTML has names for characters that XML has not; control characters are allowed in neither.
    return printable(part.outerHTML).replaceAll('&nbsp;', '&#160;');
  });
  return `<svg xmlns="${namespace}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n<rect width="100%" height="100%" fill="white"/>\n${parts.join('\n')}\n</svg>\n`;
}

/** Colours that tell up to ten things apart; further ones repeat. */
const palette = [
  '#4269d0',
  '#efb118',
  '#ff725c',
  '#6cc5b0',
  '#3ca951',
  '#ff8ab7',
  '#a463f2',
  '#97bbf5',
  '#9c6b4e',
  '#9498a0',
];

/** A colour scale over names, in their order. */
export function namedColors(names: readonly string[]): PlotLibrary.ScaleOptions {
  return { type: 'ordinal', domain: [...names], range: names.map((_, index) => palette[index % palette.length]) };
}

/** Names beside dots of their colour, one below the other. */
export function legendPanel(
  plot: typeof PlotLibrary,
  x: number,
  y: number,
  width: number,
  names: readonly string[],
  colors: PlotLibrary.ScaleOptions,
): Panel {
  return {
    x,
    y,
    options: {
      width,
      height: legendHeight(names.length),
      margin: 4,
      axis: null,
      color: colors,
      x: { domain: [0, width], range: [4, width - 4] },
      y: { type: 'band', domain: [...names] },
      marks: [
        plot.dot(names, { x: () => 8, y: (name: string) => name, fill: (name: string) => name, r: 5 }),
        plot.text(names, { x: () => 20, y: (name: string) => name, text: (name: string) => name, textAnchor: 'start' }),
      ],
    },
  };
}

export function legendHeight(count: number): number {
  return 8 + 18 * Math.max(1, count);
}
