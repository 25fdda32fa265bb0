import { readFileSync } from 'node:fs';
import { ChipError, errorCatalogue, errorToDocument, formatError, toChipError } from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const test = suite('errors');

test('every code has a row in docs/errors.md with its title, its exit code and what to do, and no other code has', () => {
  const rows = new Map<string, readonly string[]>();
  for (const [, code, ...cells] of readFileSync('docs/errors.md', 'utf8').matchAll(
    /^\| (ADC\d{4}) \| (.*?) \| (\d+) \| (.*) \|$/gm,
  )) {
    assert.not.ok(rows.has(code), `${code} has two rows in docs/errors.md`);
    rows.set(code, cells);
  }
  for (const [code, { title, exitCode }] of Object.entries(errorCatalogue)) {
    const cells = rows.get(code);
    assert.ok(cells, `add a row to docs/errors.md: | ${code} | ${title} | ${exitCode} | what to do |`);
    assert.equal(cells.slice(0, 2), [title, String(exitCode)], `docs/errors.md and the catalogue differ on ${code}`);
    assert.ok(cells[2].length > 10, `docs/errors.md does not say what to do about ${code}`);
  }
  assert.equal(
    [...rows.keys()].filter(code => !(code in errorCatalogue)),
    [],
    'codes in docs/errors.md that do not exist',
  );
});

test('a human reads code, what, where and what to do', () => {
  const error = new ChipError('ADC1001', 'model.onnx ends too early', {
    hint: 'Copy it again.',
    location: { file: 'model.onnx', byteOffset: 17, node: 'conv1' },
    plugin: 'onnx',
    hook: 'loadNetwork',
  });
  assert.is(
    formatError(error),
    [
      'ADC1001 Model file cannot be read: model.onnx ends too early',
      '  where: model.onnx, byte 17, node conv1, plugin onnx, hook loadNetwork',
      '  what to do: Copy it again.',
    ].join('\n'),
  );
  assert.match(formatError(new ChipError('ADC1001', 'x', { location: { file: 'a', line: 3 } })), 'where: a:3');
});

test('causes are shown when asked for, and for bugs', () => {
  const cause = new Error('inner');
  const usage = new ChipError('ADC6001', 'outer', { cause });
  assert.not.match(formatError(usage), 'inner');
  assert.match(formatError(usage, { verbose: true }), 'caused by Error: inner');
  assert.match(formatError(new ChipError('ADC9001', 'outer', { cause })), 'caused by Error: inner');
});

test('a chain of causes that bites its tail ends', () => {
  const first = new Error('first');
  first.cause = new Error('second', { cause: first });
  assert.type(formatError(toChipError(first), { verbose: true }), 'string');
});

test('what is not a ChipError is a bug', () => {
  const error = toChipError(new TypeError('x is undefined'));
  assert.is(error.code, 'ADC9001');
  assert.is(error.exitCode, 70);
  assert.is(toChipError('text').message, 'text');
  assert.is(toChipError(error), error);
});

test('as a document, an error has what is known and nothing else', () => {
  assert.equal(errorToDocument(new ChipError('ADC6001', 'what')), {
    code: 'ADC6001',
    title: 'Usage',
    message: 'what',
    exitCode: 2,
  });
  assert.equal(
    errorToDocument(new ChipError('ADC6001', 'what', { hint: 'do', plugin: 'p', hook: 'h', location: { file: 'f' } })),
    {
      code: 'ADC6001',
      title: 'Usage',
      message: 'what',
      exitCode: 2,
      hint: 'do',
      plugin: 'p',
      hook: 'h',
      location: { file: 'f' },
    },
  );
});

test('an error of another copy of the package is one of ours, and others are not', async () => {
  const address = new URL('../../core/src/errors/chip-error.ts?another-copy', import.meta.url).href;
  const { ChipError: Other } = (await import(address)) as { ChipError: typeof ChipError };
  assert.is.not(Other, ChipError);
  const theirs = new Other('ADC3003', 'a parameter');
  assert.ok(theirs instanceof ChipError);
  assert.ok(new ChipError('ADC3003', 'a parameter') instanceof Other);
  assert.is(toChipError(theirs).code, 'ADC3003', 'it keeps its code');
  assert.not(new Error('other') instanceof ChipError);
  assert.not((undefined as unknown) instanceof ChipError);
});

test.run();
