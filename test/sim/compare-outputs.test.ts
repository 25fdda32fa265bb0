import type { NamedArray } from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { checkExpected, compareOutputs } from '../../sim/src/compare-outputs.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const compare = suite('outputs against what was expected');

function named(name: string, ...values: readonly number[]): NamedArray {
  return { name, shape: [1, values.length], elementType: 'int8', data: Int8Array.from(values) };
}

compare('by name, or the lone array for the lone output; what nothing is given for is not compared', () => {
  const outputs = [named('a', 1, 2), named('b', 3)];
  const counts = (given: readonly NamedArray[], of = outputs): unknown[] =>
    compareOutputs(of, given).map(({ mismatches }) => mismatches);
  assert.equal(counts([named('a', 1, 3), named('b', 3), named('x', 9, 9)]), [1, 0]);
  assert.equal(counts([named('b', 4)]), [undefined, 1]);
  assert.equal(counts([named('y_noopt', 1, 2)], [outputs[0]]), [0]);
  assert.equal(
    compareOutputs(outputs, undefined).map(({ mismatches }) => mismatches),
    [undefined, undefined],
  );
});

compare('expected values that are for no output are refused', async () => {
  const outputs = [named('a', 1, 2), named('b', 3)];
  await expectError('ADC1105', () => checkExpected(outputs, [named('c', 1, 2)]));
  await expectError('ADC1105', () => checkExpected(outputs, [{ ...named('c', 1, 2), chosen: true }, named('b', 3)]));
  await expectError('ADC1105', () => checkExpected([outputs[0]], [named('b', 1), named('c', 1, 2)]));
  await expectError('ADC1105', () => checkExpected(outputs, [named('a', 1, 2, 3)]));
  checkExpected(outputs, [named('c', 1, 2), named('b', 3)]);
});

compare.run();
