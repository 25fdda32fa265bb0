/** Text of a drawing, and how wide it will be: whoever looks at the file has fonts that are not known here. */

export const fonts = {
  plain: { family: "Helvetica, Arial, 'DejaVu Sans', sans-serif", em: 0.6 },
  bold: { family: "Helvetica, Arial, 'DejaVu Sans', sans-serif", em: 0.68 },
  fixed: { family: "'DejaVu Sans Mono', Menlo, Consolas, monospace", em: 0.61 },
} as const;

export type FontName = keyof typeof fonts;

/** Pixels, rather too many than too few: widths of the widest of the families. */
export function textWidth(text: string, size: number, font: FontName): number {
  let ems = 0;
  for (const character of text) ems += character > '\u2e80' ? 1 : fonts[font].em;
  return Math.ceil(ems * size);
}

/** At most `length` characters, the end left out. */
export function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/** Lines of at most `width` characters, broken at spaces where there are any, and at most `count` of them. */
export function wrap(text: string, width: number, count: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width && lines.length < count - 1) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, cut(rest, width)];
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in XML: markup escaped, and characters that no XML file may hold replaced. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, character => entities[character]);
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** A number with thousands separated, at most two decimals. */
export function formatNumber(value: number): string {
  return grouped.format(value);
}

const dataUnits = [
  ['GiB', 2 ** 33],
  ['MiB', 2 ** 23],
  ['KiB', 2 ** 13],
  ['byte', 8],
  ['bit', 1],
] as const;

/** Bits in the largest unit that they are at least one of. */
export function formatBits(bits: number): string {
  const [unit, size] = dataUnits.find(([, candidate]) => bits >= candidate) ?? ['bit', 1];
  return `${formatNumber(bits / size)} ${unit}${(unit === 'bit' || unit === 'byte') && bits !== size ? 's' : ''}`;
}

const prefixes = [
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
  [1e-12, 'p'],
] as const;

/** Three digits and a decimal prefix, for instance `99.4 µs`. */
export function formatQuantity(value: number, unit: string): string {
  const [factor, prefix] = prefixes.find(([candidate]) => value >= candidate) ?? [1, ''];
  return `${Number((value / factor).toPrecision(3))} ${prefix}${unit}`;
}

export function formatPercent(share: number): string {
  const percent = 100 * share;
  return `${percent > 0 && percent < 1 ? '<1' : Math.round(percent)} %`;
}
