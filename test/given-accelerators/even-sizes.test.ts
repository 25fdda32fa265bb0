import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { evenSizes, mostInEqualParts } from '../../plugins/given-accelerators/src/even-sizes.js';
import { suite } from '../support/suite.js';

const test = suite('even sizes');

/** By definition: a dimension cut into 1, 2, 3 ... parts. */
const byDefinition = (dimension: number, most: number): number[] =>
  [...new Set(Array.from({ length: dimension }, (_, index) => Math.ceil(dimension / (index + 1))))].filter(
    size => size <= most,
  );

test('each size once, from the largest that is allowed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: -1, max: 3100 }), (dimension, most) => {
      assert.equal([...evenSizes(dimension, most)], byDefinition(dimension, most));
    }),
  );
});

test('the largest divisor, unless more than twice as much fits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 0, max: 3100 }), (dimension, most) => {
      const sizes = byDefinition(dimension, most);
      const divisor = sizes.find(size => dimension % size === 0);
      assert.is(
        mostInEqualParts(dimension, most),
        divisor !== undefined && 2 * divisor >= sizes[0] ? divisor : sizes[0],
      );
    }),
  );
});

test('a dimension that is only declared costs what is taken of its sizes', () => {
  const dimension = 2 ** 52;
  const [whole, half] = evenSizes(dimension);
  assert.equal([whole, half], [dimension, dimension / 2]);
  assert.is(mostInEqualParts(2 ** 32 + 1, 30_000), 30_000);
});

test.run();
