import { addQuantized, additionConstants, fusedMultiplyAdd, roundHalfEven } from '@autodnnchip/core';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { additionTable, type StoredAddition } from '../../plugins/accel-shared/src/lowering/addition-table.js';
import { suite } from '../support/suite.js';

const addition = suite('fixed-point form of a quantised addition');

/** Pairs of stored operands whose result differs from the float32 rule. */
function mismatches(stored: StoredAddition): number | undefined {
  const found = additionTable(stored);
  if (found === undefined) return undefined;
  const { table, swapped } = found;
  assert.ok(table.multiplier >= 0 && table.multiplier < 2 ** 26);
  let wrong = 0;
  for (let a = -128; a < 128; a++) {
    for (let b = -128; b < 128; b++) {
      const [multiplied, index] = swapped ? [b, a] : [a, b];
      const value = roundHalfEven((multiplied * table.multiplier + table.entries[index & 255]) / 2 ** table.shift);
      const expected =
        addQuantized(a + stored.offsetA, b + stored.offsetB, stored, {
          low: stored.low + stored.offsetResult,
          high: stored.high + stored.offsetResult,
        }) - stored.offsetResult;
      if (Math.min(stored.high, Math.max(stored.low, value)) !== expected) wrong++;
    }
  }
  return wrong;
}

const scale = fc
  .integer({ min: 2 ** 23, max: 2 ** 24 - 1 })
  .chain(mantissa => fc.integer({ min: -34, max: -26 }).map(exponent => Math.fround(mantissa * 2 ** exponent)));
const tensor = fc.record({ scale, zero: fc.integer({ min: 0, max: 255 }), unsigned: fc.boolean() });

addition('is right for every pair of operands, or there is none', () => {
  let found = 0;
  fc.assert(
    fc.property(tensor, tensor, tensor, fc.boolean(), (a, b, y, relu) => {
      const quantization = (t: { scale: number; zero: number; unsigned: boolean }) => ({
        scales: Float32Array.of(t.scale),
        zeroPoints: Int32Array.of(t.unsigned ? t.zero : t.zero - 128),
      });
      const constants = additionConstants(quantization(a), quantization(b), quantization(y));
      const wrong = mismatches({
        ...constants,
        offsetA: a.unsigned ? 128 : 0,
        offsetB: b.unsigned ? 128 : 0,
        offsetResult: y.unsigned ? 128 : 0,
        low: relu ? y.zero - 128 : -128,
        high: 127,
      });
      if (wrong === undefined) return;
      found++;
      assert.is(wrong, 0);
    }),
    { numRuns: 40 },
  );
  assert.ok(found >= 38, `${found} of 40 have one`);
});

addition('exists for sums whose scales are powers of two, with all their ties', () => {
  assert.is(
    mismatches({ ratioA: 0.5, ratioB: 0.5, offset: 0, offsetA: 0, offsetB: 0, offsetResult: 0, low: -128, high: 127 }),
    0,
  );
  assert.is(
    mismatches({
      ratioA: 1,
      ratioB: 0.25,
      offset: fusedMultiplyAdd(3, 0.5, 1),
      offsetA: 128,
      offsetB: 0,
      offsetResult: 128,
      low: -100,
      high: 90,
    }),
    0,
  );
});

addition.run();
