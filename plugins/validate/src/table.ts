import { printableName } from '@autodnnchip/core';

/** Rows in columns two spaces apart; numbers, and whatever is in columns from `rightFrom` on, right-aligned. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  rightFrom = Infinity,
): string {
  // Names come from files, with whatever characters.
  const cells = rows.map(row => row.map(cell => (typeof cell === 'number' ? figure(cell) : printableName(cell))));
  const widths = titles.map((title, index) =>
    cells.reduce((widest, row) => Math.max(widest, row[index].length), title.length),
  );
  const line = (row: readonly string[], right: readonly boolean[]): string =>
    row
      .map((cell, index) => (right[index] ? cell.padStart(widths[index]) : cell.padEnd(widths[index])))
      .join('  ')
      .trimEnd();
  const right = titles.map(
    (_, index) => index >= rightFrom || (rows.length > 0 && rows.every(row => typeof row[index] === 'number')),
  );
  return [line(titles, right), ...cells.map(row => line(row, right))].join('\n');
}

/** Four significant digits. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}

export function percent(value: number): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(1)}`;
}
