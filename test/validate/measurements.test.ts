import * as assert from 'uvu/assert';
import { ChipError } from '@autodnnchip/core';
import { parseMeasurements } from '@autodnnchip/plugin-validate';
import fc from 'fast-check';
import { suite } from '../support/suite.js';

const test = suite('measurements');
const columns = ['platform', 'network', 'file', 'batch', 'layer', 'metric', 'value', 'unit', 'tier', 'note'] as const;
const head = columns.join(',');

function refusal(text: string): ChipError {
  try {
    parseMeasurements(text, 'd.csv');
  } catch (error) {
    if (error instanceof ChipError) return error;
    throw error;
  }
  throw new Error('The text was not refused');
}

test('any text survives quoting, whatever the line ends, and keeps its line', () => {
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'µ', "'", ';') }).map(text => text.trim());
  const row = fc.record({
    platform: fc.constant('p'),
    network: field,
    layer: field,
    note: field,
    value: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
    blankBefore: fc.nat(2),
  });
  const ends = fc.constantFrom('\n', '\r\n', '\r');
  fc.assert(
    fc.property(fc.array(row), ends, fc.boolean(), fc.boolean(), (rows, end, mark, last) => {
      const quote = (text: string): string => `"${text.replaceAll('"', '""').replaceAll('\n', end)}"`;
      const lines: string[] = [head];
      const starts: number[] = [];
      let line = 2;
      for (const { platform, network, layer, note, value, blankBefore } of rows) {
        lines.push(...Array.from({ length: blankBefore }, () => ''));
        line += blankBefore;
        starts.push(line);
        lines.push(
          [platform, quote(network), '', '', quote(layer), 'latency', value, 'ms', 'A', quote(note)].join(','),
        );
        line += 1 + [network, layer, note].join('').split('\n').length - 1;
      }
      const parsed = parseMeasurements(`${mark ? '\uFEFF' : ''}${lines.join(end)}${last ? end : ''}`, 'd.csv');
      assert.equal(
        parsed.map(({ network, layer, note, value }) => ({ network, layer, note, value })),
        rows.map(({ network, layer, note, value }) => ({ network, layer, note, value })),
      );
      assert.equal(
        parsed.map(measurement => measurement.line),
        starts,
      );
    }),
    { seed: 20_261 },
  );
});

test('a column that is there twice is refused', () => {
  assert.match(refusal(`${head},value\np,n,,,,latency,1,ms,A,,2\n`).message, /two columns 'value'/);
  assert.match(refusal(`${head},x,x\np,n,,,,latency,1,ms,A,,1,2\n`).message, /two columns 'x'/);
});

test('columns may come in any order, with others between them', () => {
  const [row] = parseMeasurements(
    `source,${[...columns].reverse().join(',')},year\nx,n,a,ms,3e-2,latency,l,2,f,net,p,2017\n`,
    'd.csv',
  );
  assert.equal(row, {
    data: 'd.csv',
    conditions: {},
    fits: true,
    line: 2,
    batch: 2,
    value: 0.03,
    platform: 'p',
    network: 'net',
    file: 'f',
    layer: 'l',
    metric: 'latency',
    unit: 'ms',
    tier: 'A',
    note: 'n',
  });
});

test('a row with an odd number is kept, with what is wrong with it', () => {
  const rows = parseMeasurements(
    [
      head,
      'p,n,f,1,,latency,n/a,ms,A,',
      'p,n,f,1,,latency,-3,ms,A,',
      'p,n,f,1.5,,latency,3,ms,A,',
      'p,n,f,,,latency,"1,234",ms,A,',
      'p,n,f,,,latency,+1.5E3,ms,b,',
    ].join('\n'),
    'd.csv',
  );
  assert.equal(
    rows.map(({ problem }) => problem),
    [
      "the value 'n/a' is not a number above 0",
      "the value '-3' is not a number above 0",
      "the batch '1.5' is not a whole number above 0",
      "the value '1,234' is not a number above 0",
      undefined,
    ],
  );
  assert.equal([rows[4].value, rows[4].tier], [1500, 'B']);
});

test('numbers are decimal, as tables write them', () => {
  const of = (value: string, batch = '1', conditions = ''): { value: number; problem?: string | undefined } => {
    const [{ value: read, problem }] = parseMeasurements(
      `${head},conditions\np,n,f,${batch},,latency,${value},ms,A,,${conditions}\n`,
      'd.csv',
    );
    return { value: read, problem };
  };
  for (const [text, value] of [
    ['5', 5],
    ['+5', 5],
    ['5.', 5],
    ['.5', 0.5],
    ['1.5E+3', 1500],
    ['007', 7],
  ] as const)
    assert.equal(of(text), { value, problem: undefined });
  for (const text of ['0x10', '0b1', '0o7', '1_0', 'Infinity', 'NaN', '1e', '.', '5 ms', '', '١'])
    assert.match(of(text).problem ?? '', 'is not a number above 0', text);
  for (const text of ['0x10', '0b1', '1e400', '-1'])
    assert.match(of('3', text).problem ?? '', 'is not a whole number above 0', text);
});

test('conditions come from a column of pairs, from columns of their own, and from what notes say', () => {
  const rows = parseMeasurements(
    [
      `${head},conditions,clockMegahertz,fit`,
      'p,n,f,1,,latency,3,ms,A,"compiler: on chip 5 MiB of 5.01 available, streamed 1.06 MiB","link=USB 2; release = R 1 ",250,',
      'p,n,f,1,,latency,3,ms,A,"fast clock (500 MHz); on chip 2.5 MiB (little), streamed 6.69 MiB",clockMegahertz=300,,no',
      'p,n,f,1,,latency,3,ms,A,"computation only; DDR about 5.0 GB/s; compiler: on chip 1.26 MiB, streamed 0 MiB",,,',
      'p,n,f,1,,latency,3,ms,A,shows repeatability; do not fit both,quickly,,yes',
    ].join('\n'),
    'd.csv',
  );
  assert.equal(
    rows.map(({ conditions }) => conditions),
    [
      { weightCacheMegabytes: '5.01', link: 'USB 2', release: 'R 1', clockMegahertz: '250' },
      { clockMegahertz: '300', weightCacheMegabytes: '2.5' },
      { ddrGigabytesPerSecond: '5.0', copiesIncluded: '0' },
      {},
    ],
  );
  assert.equal(
    rows.map(({ fits }) => fits),
    [true, false, true, false],
  );
  assert.match(rows[3].problem ?? '', /'quickly' is not of the form name=value/);
});

test('a file that is no such table is refused with its line', () => {
  assert.match(refusal('').message, /no column platform/);
  assert.match(refusal('platform,network\n').message, /no column file, batch/);
  assert.match(refusal(`${head}\na,b\n`).message, /Line 2 of d\.csv has 2 fields, not 10/);
  assert.match(
    refusal(`${head}\n\n\np,n,f,1,,latency,3,ms,A,"open\nand more\n`).message,
    /Line 4 of d\.csv begins a quoted field that does not end/,
  );
  assert.is(refusal(`${head}\na,b\n`).location?.line, 2);
  assert.is(refusal('').code, 'ADC3404');
});

test.run();
