import { ChipError, readInputFileSync } from '@autodnnchip/core';
import { CsvError, parse } from 'csv-parse/sync';
import { decimalNumber } from './decimal-number.js';
import { conditionColumns, conditionsInWords, parseConditions, type RunConditions } from './run-conditions.js';

/** One measured fact: a row of a file in the format of `test/measured/silicon.csv`. */
export interface Measurement {
  /** The file that it was read from, and the line, from 1. */
  readonly data: string;
  readonly line: number;
  readonly platform: string;
  readonly network: string;
  /** Model file under `networks/` beside the data; empty where `layer` describes the workload itself. */
  readonly file: string;
  readonly batch: number;
  /** Empty or `total`: the whole network. Several nodes, joined by `+`: their sum. */
  readonly layer: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly tier: string;
  readonly note: string;
  /** Of the run, from columns, the note and the source; columns count. */
  readonly conditions: RunConditions;
  /**
   * False for a row that nothing may be fitted on: another graph ran, it repeats another row, or its network is not
   * known.
   */
  readonly fits: boolean;
  /** Why the row cannot be compared with anything, where that is so. */
  readonly problem?: string;
}

const needed = ['platform', 'network', 'file', 'batch', 'layer', 'metric', 'value', 'unit', 'tier', 'note'] as const;

/** Notes of rows that are kept out of fits; the column `fit` says `no`. */
const keptOut = /\bdo not fit\b|leave it out of (a|the) fit|is not the graph that ran|that ran is not the file/;

/** Reads measurements. Throws ADC3404 naming file, line and column. */
export function readMeasurements(file: string): readonly Measurement[] {
  return parseMeasurements(new TextDecoder().decode(readInputFileSync(file, 'measurements')), file);
}

/**
 * The same from text; `file` is its name in messages. A row that cannot be compared has a `problem`; only a file that
 * is no table is refused.
 */
export function parseMeasurements(text: string, file: string): readonly Measurement[] {
  const [header, ...records] = parseRecords(text, file);
  const columns = (header?.cells ?? []).map(name => name.trim());
  const missing = needed.filter(name => !columns.includes(name));
  if (missing.length > 0) {
    throw new ChipError('ADC3404', `${file} has no column ${missing.join(', ')}`, {
      location: { file, line: 1 },
      hint: `Columns: ${needed.join(', ')}; more are ignored.`,
    });
  }
  const twice = columns.find((name, index) => name !== '' && columns.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ChipError('ADC3404', `${file} has two columns '${twice}': which one counts is not known`, {
      location: { file, line: 1 },
      hint: 'Rename or remove one of them.',
    });
  }
  return records.map(({ cells, line }) => {
    if (cells.length !== columns.length) throw wrong(file, line, `has ${cells.length} fields, not ${columns.length}`);
    const cell = (name: (typeof needed)[number]): string => cells[columns.indexOf(name)].trim();
    const value = decimalNumber(cell('value'));
    const batch = cell('batch') === '' ? 1 : decimalNumber(cell('batch'));
    const optional = (name: string): string => (columns.includes(name) ? cells[columns.indexOf(name)].trim() : '');
    const stated = parseConditions(optional('conditions'));
    const inColumns = Object.fromEntries(
      conditionColumns.map((name): [string, string] => [name, optional(name)]).filter(([, text]) => text !== ''),
    );
    const problem =
      typeof stated === 'string'
        ? `the condition '${stated}' is not of the form name=value`
        : !Number.isFinite(value) || value <= 0
          ? `the value '${cell('value')}' is not a number above 0`
          : !Number.isInteger(batch) || batch < 1
            ? `the batch '${cell('batch')}' is not a whole number above 0`
            : undefined;
    return {
      data: file,
      line,
      batch,
      value,
      platform: cell('platform'),
      network: cell('network'),
      file: cell('file'),
      layer: cell('layer'),
      metric: cell('metric'),
      unit: cell('unit'),
      tier: cell('tier').toUpperCase(),
      note: cell('note'),
      conditions: {
        ...conditionsInWords(cell('note'), optional('source')),
        ...(typeof stated === 'string' ? {} : stated),
        ...inColumns,
      },
      fits: optional('fit').toLowerCase() !== 'no' && !keptOut.test(cell('note')),
      ...(problem === undefined ? {} : { problem }),
    };
  });
}

/** True for a row about a whole network. */
export function isTotal({ layer }: Pick<Measurement, 'layer'>): boolean {
  return layer === '' || layer.toLowerCase() === 'total';
}

function wrong(file: string, line: number, what: string, cause?: unknown): ChipError {
  return new ChipError('ADC3404', `Line ${line} of ${file} ${what}`, {
    location: { file, line },
    cause,
    hint: 'Quote fields that hold a comma, and double the quotes inside.',
  });
}

interface CsvRecord {
  readonly cells: readonly string[];
  /** Its first line, from 1. */
  readonly line: number;
}

/** Records of comma-separated values (RFC 4180) that are not empty. */
function parseRecords(text: string, file: string): readonly CsvRecord[] {
  const records: CsvRecord[] = [];
  let lastLine = 0;
  let emptyLines = 0;
  try {
    // Line ends of one kind: the parser counts CR LF inside of quotes as two lines.
    parse(text.replaceAll(/\r\n?/g, '\n'), {
      bom: true,
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: '\n',
      on_record(cells: readonly string[], { lines, empty_lines }) {
        const line = lastLine + 1 + empty_lines - emptyLines;
        if (cells.length > 1 || cells[0].trim() !== '') records.push({ cells, line });
        lastLine = lines;
        emptyLines = empty_lines;
        return undefined;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = lastLine + 1 + Number(error['empty_lines'] ?? emptyLines) - emptyLines;
    throw wrong(
      file,
      line,
      error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'begins a quoted field that does not end'
        : `cannot be read: ${error.message}`,
      error,
    );
  }
  return records;
}
