import { printableName } from '@autodnnchip/core';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Rows under titles, in columns two spaces apart; no line ends in a space. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  // Names come from model files, with whatever characters.
  const texts = rows.map(row => row.map(cell => printableName(cell)));
  const widths = columns.map(({ title }, index) =>
    texts.reduce((widest, row) => Math.max(widest, (row[index] ?? '').length), title.length),
  );
  const formatRow = (cells: readonly string[]): string =>
    cells
      .map((cell, index) =>
        columns[index].align === 'right' ? cell.padStart(widths[index]) : cell.padEnd(widths[index]),
      )
      .join('  ')
      .trimEnd();
  return [columns.map(({ title }) => title), ...texts].map(formatRow).join('\n');
}

/** `label: value` lines with the values below one another. */
export function formatFacts(facts: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...facts.map(([label]) => label.length));
  return facts.map(([label, value]) => `${label.padEnd(width)}  ${printableName(value)}`.trimEnd()).join('\n');
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A whole number with thousands separated. */
export function formatCount(value: number): string {
  return grouped.format(value);
}

const prefixes: readonly (readonly [factor: number, prefix: string])[] = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
  [1e-12, 'p'],
];

/** A figure with four significant digits and a decimal prefix, for instance `12.34 ms`. */
export function formatQuantity(value: number, unit: string): string {
  if (value === 0 || !Number.isFinite(value)) return `${value} ${unit}`;
  const [factor, prefix] =
    prefixes.find(([candidate]) => Math.abs(value) >= candidate) ?? prefixes[prefixes.length - 1];
  return `${Number((value / factor).toPrecision(4))} ${prefix}${unit}`;
}

/** A share of one as percent. */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
