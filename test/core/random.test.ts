import { createRandom } from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const test = suite('random');

test('a seed gives the same numbers, another seed others', () => {
  const draw = (seed: number): number[] => {
    const random = createRandom(seed);
    return Array.from({ length: 5 }, () => random.next());
  };
  assert.equal(draw(1), draw(1));
  assert.not.equal(draw(1), draw(2));
  assert.ok(draw(0).some(value => value !== 0));
});

test('numbers are spread evenly', () => {
  const random = createRandom(7);
  const counts = new Array<number>(10).fill(0);
  for (let index = 0; index < 100_000; index++) counts[random.integer(10)]++;
  assert.ok(
    counts.every(count => Math.abs(count - 10_000) < 500),
    String(counts),
  );
});

test('integers stay below their bound and items are picked', () => {
  const random = createRandom(3);
  for (let index = 0; index < 1000; index++) {
    const value = random.integer(3);
    assert.ok(Number.isInteger(value) && value >= 0 && value < 3);
    assert.ok(['a', 'b'].includes(random.pick(['a', 'b'])));
  }
});

test.run();
