import type { IpClass } from '@autodnnchip/core';
import type { Shares } from './drawing-model.js';
import type { Rectangle } from './layout.js';
import { escapeXml, fonts, type FontName } from './text.js';

export const style = {
  paper: '#ffffff',
  ink: '#1a202c',
  faint: '#4a5568',
  line: '#718096',
  edge: '#4a5568',
  container: '#f1f4f8',
  bottleneck: '#c81e1e',
} as const;

/** Fill and outline by class: told apart by shape as well, for those who see no colours. */
const classColours: Readonly<Record<IpClass, { readonly fill: string; readonly line: string }>> = {
  compute: { fill: '#dbeafe', line: '#1d4ed8' },
  memory: { fill: '#dcf5e4', line: '#17803d' },
  datapath: { fill: '#fdecc8', line: '#b45309' },
};

/** Parts of the latency, in the order in which a bar shows them. */
export const shareColours = {
  busy: { colour: '#1d4ed8', meaning: 'busy' },
  waitInput: { colour: '#f59e0b', meaning: 'waits for input' },
  waitOutput: { colour: '#a855f7', meaning: 'waits for room' },
  waitResource: { colour: '#dc2626', meaning: 'waits for its resource' },
  waitClock: { colour: '#0f766e', meaning: 'waits for its clock' },
} as const satisfies Readonly<Record<keyof Shares, unknown>>;

export const restColour = '#e2e8f0';

const resourceColours = ['#0ea5e9', '#f97316', '#22c55e', '#e11d48', '#8b5cf6', '#eab308', '#14b8a6', '#64748b'];

/** Colour that stands for a resource; they come again after eight. */
export function resourceColour(resource: number): string {
  return resourceColours[resource % resourceColours.length];
}

export const arrow = `<defs><marker id="adc-arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.5L8 4L0 7.5z" fill="${style.edge}"/></marker></defs>`;

/** A coordinate with at most one decimal. */
export function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** An element with text in it, which is escaped; attributes are not. */
export function element(name: string, attributes: Readonly<Record<string, string | number>>, text: string): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${value}"`)
    .join('');
  return `<${name}${written}>${escapeXml(text)}</${name}>`;
}

export interface TextPlace {
  readonly x: number;
  /** Of the base line. */
  readonly y: number;
  readonly size: number;
  readonly font: FontName;
  readonly colour: string;
}

export function textElement(text: string, { x, y, size, font, colour }: TextPlace): string {
  const weight = font === 'bold' ? { 'font-weight': 'bold' } : {};
  return element(
    'text',
    {
      x: number(x),
      y: number(y),
      'font-family': fonts[font].family,
      'font-size': size,
      ...weight,
      fill: colour,
      'xml:space': 'preserve',
    },
    text,
  );
}

/** Compute: a rectangle; memory: a drum; datapath: a rectangle with round corners. */
export function classShape(ipClass: IpClass, place: Rectangle, isBottleneck: boolean, slant = 10): string {
  const { fill, line } = classColours[ipClass];
  const stroke = isBottleneck ? `stroke="${style.bottleneck}" stroke-width="3"` : `stroke="${line}" stroke-width="1.4"`;
  const [left, top, right] = [place.x, place.y, place.x + place.width].map(number);
  if (ipClass !== 'memory') {
    const corner = ipClass === 'compute' ? 1 : Math.min(1.8 * slant, place.height / 2);
    return `<rect x="${left}" y="${top}" width="${number(place.width)}" height="${number(place.height)}" rx="${number(corner)}" fill="${fill}" ${stroke}/>`;
  }
  const radius = `${number(place.width / 2)} ${number(slant / 2)}`;
  const upper = number(place.y + slant / 2);
  const lower = number(place.y + place.height - slant / 2);
  return (
    `<path d="M${left} ${upper}A${radius} 0 0 1 ${right} ${upper}L${right} ${lower}A${radius} 0 0 1 ${left} ${lower}z" fill="${fill}" ${stroke}/>` +
    `<path d="M${left} ${upper}A${radius} 0 0 0 ${right} ${upper}" fill="none" ${stroke}/>`
  );
}

/** Parts of the latency side by side. */
export function bar(shares: Shares, { x, y, width, height }: Rectangle): string {
  const parts = [
    `<rect x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" fill="${restColour}"/>`,
  ];
  let left = x;
  for (const [name, { colour }] of Object.entries(shareColours) as [keyof Shares, { readonly colour: string }][]) {
    const length = Math.min(shares[name] * width, x + width - left);
    if (length <= 0) continue;
    parts.push(
      `<rect x="${number(left)}" y="${number(y)}" width="${number(length)}" height="${number(height)}" fill="${colour}"/>`,
    );
    left += length;
  }
  return parts.join('');
}
