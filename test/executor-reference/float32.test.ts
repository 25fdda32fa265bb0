import { fusedMultiplyAdd, roundHalfEven } from '@autodnnchip/core';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const float32 = suite('float32 arithmetic');

/** Exponent of the unit in which all sums below are integers: the product of two smallest subnormals. */
const unitExponent = -298;

/** A finite float32 value as an integer number of units. */
function inUnits(value: number, exponent: number): bigint {
  let mantissa = value;
  let shift = 0;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    shift--;
  }
  return BigInt(mantissa) << BigInt(shift - exponent);
}

/** An exact number of units, rounded to float32 half to even, with integers only. */
function roundToFloat32(units: bigint): number {
  const magnitude = units < 0n ? -units : units;
  const bits = magnitude.toString(2).length;
  const drop = Math.max(bits - 24, -149 - unitExponent);
  let kept = magnitude >> BigInt(drop);
  const rest = magnitude - (kept << BigInt(drop));
  const half = 1n << BigInt(drop - 1);
  if (rest > half || (rest === half && (kept & 1n) === 1n)) kept += 1n;
  const rounded = Number(kept) * 2 ** (drop + unitExponent);
  return Math.fround(units < 0n ? -rounded : rounded);
}

const anyFloat32 = fc.float({ noNaN: true, noDefaultInfinity: true });
/** Values with few bits or near each other in size, where ties and cancellation happen. */
const sizedFloat32 = fc
  .tuple(fc.integer({ min: -(2 ** 24), max: 2 ** 24 }), fc.integer({ min: -30, max: 8 }))
  .map(([mantissa, exponent]) => Math.fround(mantissa * 2 ** exponent));
const operand = fc.oneof(anyFloat32, sizedFloat32);

float32('fused multiply-add equals exact rational arithmetic rounded once', () => {
  fc.assert(
    fc.property(operand, operand, operand, (a, b, c) => {
      const exact = inUnits(a, -149) * inUnits(b, -149) + inUnits(c, unitExponent);
      const wanted = roundToFloat32(exact);
      const got = fusedMultiplyAdd(a, b, c);
      assert.ok(
        Object.is(got, wanted) || (got === 0 && wanted === 0),
        `fma(${a}, ${b}, ${c}) = ${got}, exactly ${wanted}`,
      );
    }),
    { numRuns: 20000 },
  );
});

float32('fused multiply-add rounds once where float64 would round twice', () => {
  // 64 - 2^-40 more than 2^30 + 128 is just below the tie between two float32 values; float64 holds the tie itself.
  const [a, b, c] = [8 + 2 ** -20, 8 - 2 ** -20, 2 ** 30 + 128];
  assert.is(Math.fround(a * b + c), 2 ** 30 + 256);
  assert.is(fusedMultiplyAdd(a, b, c), 2 ** 30 + 128);
});

float32('rounds half to even', () => {
  assert.equal(
    [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4999999, 1e9 + 0.5].map(roundHalfEven),
    [0, 2, 2, -0, -2, -2, 2, 1e9],
  );
});

float32.run();
