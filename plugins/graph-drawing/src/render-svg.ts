import { boxLayout, edgeLabelFont, type Box } from './box-sizes.js';
import type { DrawnNode, Drawing } from './drawing-model.js';
import { containerText, containerTitle, type Layout, type Point, type Rectangle } from './layout.js';
import { legend } from './legend.js';
import { arrow, bar, classShape, element, number, resourceColour, style, textElement } from './shapes.js';
import { textWidth } from './text.js';

const margin = 20;

/** The drawing as an SVG file that needs nothing else: title and facts above, legend and resources below. */
export function renderSvg(drawing: Drawing, layout: Layout): string {
  const header = renderHeader(drawing);
  const top = header.height + 14;
  const below = legend(drawing, layout.width);
  const legendTop = top + layout.height + 26;
  const width = Math.max(layout.width, header.width, below.width) + 2 * margin;
  const height = legendTop + below.height + margin;
  const size = `width="${number(width)}" height="${number(height)}" viewBox="0 0 ${number(width)} ${number(height)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`,
    element('title', {}, drawing.subtitle ?? drawing.title),
    arrow,
    `<rect width="100%" height="100%" fill="${style.paper}"/>`,
    ...header.parts,
    `<g transform="translate(${margin} ${number(top)})">`,
    ...drawing.containers.map(({ title, count }, index) =>
      renderContainer(containerText(title, count), layout.containers[index]),
    ),
    ...drawing.edges.flatMap(({ tooltip }, index) => renderEdge(layout.edges[index].points, tooltip)),
    ...drawing.edges.flatMap(({ lines, from, to }, index) =>
      renderTerminal(layout.edges[index].points, from, to).concat(renderLabel(lines, layout.edges[index].label)),
    ),
    ...drawing.nodes.map((node, index) => renderNode(node, layout.nodes[index])),
    '</g>',
    `<g transform="translate(${margin} ${number(legendTop)})">`,
    ...below.parts,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function renderHeader({ title, subtitle, facts }: Drawing): {
  readonly parts: readonly string[];
  readonly width: number;
  readonly height: number;
} {
  const lines = [
    { text: title, size: 18, font: 'bold', colour: style.ink },
    ...(subtitle === undefined ? [] : [{ text: subtitle, size: 12, font: 'plain', colour: style.faint } as const]),
    { text: facts.join(' · '), size: 12, font: 'plain', colour: style.ink },
  ] as const;
  let y = margin;
  const parts = lines.map(({ text, size, font, colour }) => {
    y += size + 4;
    return textElement(text, { x: margin, y: y - 4, size, font, colour });
  });
  return {
    parts,
    width: lines.reduce((most, { text, size, font }) => Math.max(most, textWidth(text, size, font)), 0),
    height: y,
  };
}

function renderContainer(title: string, { x, y, width, height }: Rectangle): string {
  const { size, height: titleHeight, padding } = containerTitle;
  return [
    `<rect class="sub-graph" x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" rx="8" fill="${style.container}" fill-opacity="0.6" stroke="${style.line}" stroke-dasharray="5 3"/>`,
    textElement(title, { x: x + padding, y: y + titleHeight - 7, size, font: 'bold', colour: style.faint }),
  ].join('\n');
}

/** A path with rounded bends. */
function renderEdge(points: readonly Point[], tooltip: string): readonly string[] {
  if (points.length < 2) return [];
  const radius = 5;
  let path = `M${number(points[0].x)} ${number(points[0].y)}`;
  for (let index = 1; index < points.length - 1; index++) {
    const bend = points[index];
    const before = towards(bend, points[index - 1], radius);
    const after = towards(bend, points[index + 1], radius);
    path += `L${number(before.x)} ${number(before.y)}Q${number(bend.x)} ${number(bend.y)} ${number(after.x)} ${number(after.y)}`;
  }
  const end = points[points.length - 1];
  path += `L${number(end.x)} ${number(end.y)}`;
  return [
    `<path d="${path}" fill="none" stroke="${style.edge}" stroke-width="1.4" marker-end="url(#adc-arrow)">${element('title', {}, tooltip)}</path>`,
  ];
}

/** The point `distance` from one on the way to another, at most half of the way. */
function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length === 0) return from;
  const share = Math.min(distance / length, 0.5);
  return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
}

/** A ring where an edge comes from outside or leads there. */
function renderTerminal(points: readonly Point[], from: number, to: number): readonly string[] {
  if (points.length < 2 || (from >= 0 && to >= 0)) return [];
  const { x, y } = from < 0 ? points[0] : points[points.length - 1];
  return [
    `<circle cx="${number(from < 0 ? x - 6 : x + 6)}" cy="${number(y)}" r="5" fill="${style.paper}" stroke="${style.edge}" stroke-width="1.4"/>`,
  ];
}

function renderLabel(lines: readonly string[], place: Rectangle | undefined): readonly string[] {
  if (place === undefined) return [];
  const { size, font, lineHeight } = edgeLabelFont;
  const { x, y } = place;
  return lines.map((text, index) =>
    textElement(text, { x: x + 3, y: y + lineHeight * (index + 1) - 2, size, font, colour: style.ink }),
  );
}

function renderNode(node: DrawnNode, place: Rectangle & { readonly box: Box }): string {
  const { x, y, box } = place;
  const { paddingX, paddingY, lineGap, barHeight, swatch, swatchGap, slant } = boxLayout;
  const parts = [classShape(node.class, place, node.isBottleneck)];
  const left = x + paddingX + (node.class === 'datapath' ? slant : 0);
  let line = y + paddingY + (node.class === 'memory' ? slant : 0);
  for (const { text, font, size, kind, resource } of box.lines) {
    if (kind === 'shares') {
      const width = place.width - 2 * (left - x);
      parts.push(bar(node.shares!, { x: left, y: line + 2, width, height: barHeight }));
      line += barHeight + lineGap;
    }
    const indent = resource === undefined ? 0 : swatch + swatchGap;
    if (resource !== undefined) {
      parts.push(
        `<rect x="${number(left)}" y="${number(line + 2)}" width="${swatch}" height="${swatch}" fill="${resourceColour(resource)}" stroke="${style.ink}" stroke-width="0.5"/>`,
      );
    }
    const colour =
      kind === 'bottleneck' ? style.bottleneck : kind === 'title' || kind === 'program' ? style.ink : style.faint;
    parts.push(textElement(text, { x: left + indent, y: line + size, size, font, colour }));
    line += size + lineGap;
  }
  return `<g class="node">${element('title', {}, node.tooltip)}\n${parts.join('\n')}\n</g>`;
}
