import { describeShares, type DrawnNode, type Drawing } from './drawing-model.js';
import { cut, textWidth, wrap, type FontName } from './text.js';

/** A line of text in a box. */
export interface BoxLine {
  readonly text: string;
  readonly font: FontName;
  readonly size: number;
  readonly kind: 'title' | 'bottleneck' | 'program' | 'resource' | 'shares';
  /** Index of the resource whose colour stands before the line. */
  readonly resource?: number;
}

/** What stands in a box, and how large it becomes, in pixels. */
export interface Box {
  readonly lines: readonly BoxLine[];
  readonly hasBar: boolean;
  readonly width: number;
  readonly height: number;
}

export const boxLayout = {
  paddingX: 12,
  paddingY: 9,
  lineGap: 4,
  barHeight: 8,
  swatch: 9,
  swatchGap: 5,
  slant: 10,
  smallestWidth: 110,
} as const;

const titleCharacters = 32;
const programCharacters = 36;
const programLines = 4;
const resourceLines = 3;

export function boxOf(node: DrawnNode, { resources }: Drawing): Box {
  const lines: BoxLine[] = [{ text: cut(node.title, titleCharacters), font: 'bold', size: 13, kind: 'title' }];
  if (node.isBottleneck) lines.push({ text: 'bottleneck', font: 'bold', size: 11, kind: 'bottleneck' });
  for (const text of wrap(node.program, programCharacters, programLines))
    lines.push({ text, font: 'fixed', size: 11, kind: 'program' });
  for (const [position, resource] of node.resources.entries()) {
    if (position === resourceLines - 1 && node.resources.length > resourceLines) {
      lines.push({
        text: `and ${node.resources.length - position} more resources`,
        font: 'plain',
        size: 10,
        kind: 'resource',
      });
      break;
    }
    lines.push({
      text: `on ${cut(resources[resource].title, titleCharacters)}`,
      font: 'plain',
      size: 10,
      kind: 'resource',
      resource,
    });
  }
  if (node.shares !== undefined)
    lines.push({ text: describeShares(node.shares), font: 'plain', size: 10, kind: 'shares' });
  const { paddingX, paddingY, lineGap, barHeight, swatch, swatchGap, slant, smallestWidth } = boxLayout;
  const widest = lines.reduce(
    (most, { text, size, font, resource }) =>
      Math.max(most, textWidth(text, size, font) + (resource === undefined ? 0 : swatch + swatchGap)),
    smallestWidth as number,
  );
  const bar = node.shares === undefined ? 0 : barHeight + lineGap;
  return {
    lines,
    hasBar: node.shares !== undefined,
    width: widest + 2 * paddingX + (node.class === 'datapath' ? 2 * slant : 0),
    height:
      lines.reduce((sum, { size }) => sum + size + lineGap, 0) +
      bar +
      2 * paddingY +
      (node.class === 'memory' ? slant : 0),
  };
}

export const edgeLabelFont = { size: 10, font: 'plain', lineHeight: 13 } as const;

export function labelSize(lines: readonly string[]): { readonly width: number; readonly height: number } {
  const { size, font, lineHeight } = edgeLabelFont;
  return {
    width: lines.reduce((most, line) => Math.max(most, textWidth(line, size, font)), 0) + 6,
    height: lines.length * lineHeight + 2,
  };
}
