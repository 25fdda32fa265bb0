import { readFileSync } from 'node:fs';
import { ChipError, errorMessage } from '@autodnnchip/core';

/** One measured fact: a row of a file in the format of `test/measured/silicon.csv`. */
export interface Measurement {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly platform: string;
  readonly network: string;
  /** Model file under `networks/` beside the data; empty where `layer` describes the workload itself. */
  readonly file: string;
  readonly batch: number;
  /** Empty or `total`: the whole network. */
  readonly layer: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly tier: string;
  readonly note: string;
}

const needed = ['platform', 'network', 'file', 'batch', 'layer', 'metric', 'value', 'unit', 'tier', 'note'] as const;

/** Reads measurements. Throws ADC3404 naming file, line and column. */
export function readMeasurements(file: string): readonly Measurement[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ChipError('ADC3404', `${file} cannot be opened: ${errorMessage(error)}`, { location: { file }, cause: error, hint: 'Check the path and the permissions.' });
  }
  return parseMeasurements(text, file);
}

/** The same from text; `file` is its name in messages. */
export function parseMeasurements(text: string, file: string): readonly Measurement[] {
  const [header, ...records] = parseRecords(text, file);
  const columns = header?.cells ?? [];
  const missing = needed.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    throw new ChipError('ADC3404', `${file} has no column ${missing.join(', ')}`, { location: { file, line: 1 }, hint: `Columns: ${needed.join(', ')}; more are ignored.` });
  }
  return records.map(({ cells, line }) => {
    if (cells.length !== columns.length) throw wrong(file, line, `has ${cells.length} fields, not ${columns.length}`);
    const cell = (name: (typeof needed)[number]): string => cells[columns.indexOf(name)];
    const value = Number(cell('value'));
    if (cell('value').trim() === '' || !Number.isFinite(value) || value <= 0) throw wrong(file, line, `has the value '${cell('value')}', which is not a number above 0`);
    const batch = cell('batch') === '' ? 1 : Number(cell('batch'));
    if (!Number.isInteger(batch) || batch < 1) throw wrong(file, line, `has the batch '${cell('batch')}', which is not a whole number above 0`);
    return {
      line, batch, value, platform: cell('platform'), network: cell('network'), file: cell('file'), layer: cell('layer'),
      metric: cell('metric'), unit: cell('unit'), tier: cell('tier'), note: cell('note'),
    };
  });
}

/** True for a row about a whole network. */
export function isTotal({ layer }: Measurement): boolean {
  return layer === '' || layer === 'total';
}

function wrong(file: string, line: number, what: string): ChipError {
  return new ChipError('ADC3404', `Line ${line} of ${file} ${what}`, { location: { file, line }, hint: 'Quote fields that hold a comma, and double the quotes inside.' });
}

/** Records of comma-separated values (RFC 4180). */
function parseRecords(text: string, file: string): readonly { readonly cells: readonly string[]; readonly line: number }[] {
  const records: { cells: string[]; line: number }[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let start = 1;
  const endRecord = (): void => {
    cells.push(cell);
    if (cells.length > 1 || cells[0] !== '') records.push({ cells, line: start });
    cells = [];
    cell = '';
  };
  for (let index = text.startsWith('\uFEFF') ? 1 : 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\n') line += 1;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[index + 1] === '"') { cell += '"'; index += 1; } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === ',') { cells.push(cell); cell = ''; } else if (character === '\n') { endRecord(); start = line; } else if (character !== '\r') cell += character;
  }
  if (quoted) throw wrong(file, start, 'begins a quoted field that does not end');
  if (cell !== '' || cells.length > 0) endRecord();
  return records;
}
