import type { Random } from '@autodnnchip/core';
import { mutateBytes, oddNames } from './mutate-bytes.js';

const numbers: readonly string[] = [
  '0',
  '-0',
  '1e-320',
  '1e-300',
  '1e308',
  '1e999',
  'NaN',
  '-5',
  '0x10',
  '1_000',
  '  7 ',
  '3,5',
  '',
  '9007199254740993',
];

/** A table of comma-separated values with one to four cells, rows or columns changed; now and then its bytes. */
export function mutateTable(text: string, random: Random): string {
  if (random.integer(8) === 0) return Buffer.from(mutateBytes(Buffer.from(text), random)).toString('latin1');
  const rows = text
    .trimEnd()
    .split('\n')
    .map(
      line =>
        line
          .match(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)
          ?.slice(0, -1)
          .map(cell => cell.replace(/,$/, '')) ?? [],
    );
  for (let left = 1 + random.integer(1 + random.integer(4)); left > 0; left--) changeTable(rows, random);
  return (
    rows.map(row => row.join(',')).join(random.pick(['\n', '\n', '\n', '\r\n', '\r'])) + random.pick(['\n', '', '\n\n'])
  );
}

function changeTable(rows: string[][], random: Random): void {
  const row = random.pick(rows);
  if (row.length === 0) return;
  const column = random.integer(row.length);
  switch (random.integer(8)) {
    case 0:
      rows.splice(random.integer(rows.length), 1, row);
      return;
    case 1:
      row.splice(column, 1);
      return;
    case 2:
      row.splice(column, 0, random.pick(oddNames));
      return;
    case 3:
      for (const each of rows) each.push(each[column] ?? '');
      return;
    case 4:
      row[column] = random.pick(rows)[column] ?? '';
      return;
    case 5:
      row[column] = random.pick(oddNames);
      return;
    default:
      row[column] = random.pick(numbers);
  }
}
