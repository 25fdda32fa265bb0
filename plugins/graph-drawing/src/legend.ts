import type { IpClass } from '@autodnnchip/core';
import type { Drawing, DrawnResource } from './drawing-model.js';
import { classShape, number, resourceColour, restColour, shareColours, style, textElement } from './shapes.js';
import { cut, textWidth } from './text.js';

interface Block {
  readonly parts: readonly string[];
  readonly width: number;
  readonly height: number;
}

const row = 20;
const shownResources = 24;
const small = { size: 11, font: 'plain', colour: style.ink } as const;

/** What signs mean, and the resources that nodes share. */
export function legend(drawing: Drawing, drawingWidth: number): Block {
  const rows = [
    classRow(drawing),
    ...(drawing.mode === undefined ? [] : [shareRow(drawing.mode, drawing.hasSeveralClocks)]),
    edgeRow(),
  ];
  const resources = resourceRows(drawing.resources, drawingWidth);
  const parts: string[] = [];
  let width = 0;
  let y = 0;
  for (const { parts: inner, width: rowWidth, height } of [...rows, ...resources]) {
    parts.push(`<g transform="translate(0 ${number(y)})">`, ...inner, '</g>');
    width = Math.max(width, rowWidth);
    y += height;
  }
  return { parts, width, height: y };
}

/** Signs with what they mean, side by side. */
function signs(items: readonly { readonly sign: (x: number) => string; readonly text: string }[]): Block {
  let x = 0;
  const parts = items.flatMap(({ sign, text }) => {
    const written = [sign(x), textElement(text, { x: x + 36, y: 12, ...small })];
    x += 36 + textWidth(text, small.size, small.font) + 18;
    return written;
  });
  return { parts, width: x, height: row };
}

function classRow({ mode, containers }: Drawing): Block {
  const shape =
    (ipClass: IpClass, isBottleneck = false) =>
    (x: number) =>
      classShape(ipClass, { x, y: 1, width: 28, height: 14 }, isBottleneck, 6);
  return signs([
    ...(['compute', 'memory', 'datapath'] as const).map(ipClass => ({ sign: shape(ipClass), text: ipClass })),
    ...(containers.length === 0
      ? []
      : [
          {
            sign: (x: number) =>
              `<rect x="${number(x)}" y="1" width="28" height="14" rx="4" fill="${style.container}" stroke="${style.line}" stroke-dasharray="5 3"/>`,
            text: 'sub-graph',
          },
        ]),
    ...(mode === undefined ? [] : [{ sign: shape('compute', true), text: 'bottleneck: fewest idle cycles' }]),
  ]);
}

function shareRow(mode: 'coarse' | 'fine', hasSeveralClocks: boolean): Block {
  const colour = (fill: string) => (x: number) => `<rect x="${number(x)}" y="4" width="28" height="8" fill="${fill}"/>`;
  const { busy, waitClock, ...waits } = shareColours;
  const known = [busy, ...(mode === 'fine' ? [...Object.values(waits), ...(hasSeveralClocks ? [waitClock] : [])] : [])];
  return signs([
    ...known.map(({ colour: fill, meaning }) => ({ sign: colour(fill), text: meaning })),
    { sign: colour(restColour), text: mode === 'fine' ? 'after its end' : 'not busy' },
  ]);
}

function edgeRow(): Block {
  return signs([
    {
      sign: x =>
        `<path d="M${number(x)} 8L${number(x + 28)} 8" stroke="${style.edge}" stroke-width="1.4" marker-end="url(#adc-arrow)"/>`,
      text: 'data of the whole run, bits of an element, room for tokens;  in boxes: cycles of states, repeats × (steps)',
    },
  ]);
}

/** One resource to a line, in as many columns as fit below the drawing. */
function resourceRows(resources: readonly DrawnResource[], drawingWidth: number): readonly Block[] {
  if (resources.length === 0) return [];
  const texts = resources
    .slice(0, shownResources)
    .map(({ title, class: ipClass, facts, isBottleneck }) =>
      [`${cut(title, 60)} (${ipClass})`, ...facts, ...(isBottleneck ? ['bottleneck of the resources'] : [])].join(', '),
    );
  const columnWidth =
    16 + texts.reduce((most, text) => Math.max(most, textWidth(text, small.size, small.font)), 0) + 24;
  const columns = Math.max(1, Math.min(Math.floor(drawingWidth / columnWidth), Math.ceil(texts.length / 4)));
  const perColumn = Math.ceil(texts.length / columns);
  const parts = texts.flatMap((text, index) => {
    const x = Math.floor(index / perColumn) * columnWidth;
    const y = (index % perColumn) * row;
    return [
      `<rect x="${number(x)}" y="${number(y + 3)}" width="9" height="9" fill="${resourceColour(index)}" stroke="${style.ink}" stroke-width="0.5"/>`,
      textElement(text, {
        x: x + 16,
        y: y + 12,
        ...small,
        colour: resources[index].isBottleneck ? style.bottleneck : style.ink,
      }),
    ];
  });
  const left = resources.length - texts.length;
  const heading = `Resources that nodes use in turn${left === 0 ? '' : ` (the first ${shownResources} of ${resources.length})`}`;
  return [
    {
      parts: [textElement(heading, { x: 0, y: 22, size: 12, font: 'bold', colour: style.ink })],
      width: textWidth(heading, 12, 'bold'),
      height: row + 10,
    },
    { parts, width: columns * columnWidth, height: perColumn * row },
  ];
}
