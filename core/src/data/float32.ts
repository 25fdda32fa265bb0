/**
 * Rounds to the nearest integer, ties to even, as the default IEEE 754 mode does. Exact for |value| < 2^51: adding
 * 1.5 * 2^52 leaves no fraction bits, so the addition itself rounds.
 */
export function roundHalfEven(value: number): number {
  return value + 6755399441055744 - 6755399441055744;
}

const float64 = new Float64Array(1);
const words = new Uint32Array(float64.buffer);
const lowWord = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;

/**
 * `a * b + c` of float32 values, rounded once to float32, as a fused multiply-add instruction does.
 *
 * The product of two float32 values is exact in float64. Their sum with `c` may not be, and rounding it to float64
 * first would round twice; so the sum is rounded to odd (Boldo and Melquiond, 2008): where the float64 sum is not exact
 * (the error of Knuth's two-sum is not 0) and its last bit is 0, the neighbour on the side of the error is taken
 * instead. An odd float64 is never half-way between two float32 values, so the last rounding is the only one.
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const virtual = sum - product;
  const error = product - (sum - virtual) + (c - virtual);
  // NaN when something is infinite: nothing to correct then.
  if (error === 0 || error !== error) return Math.fround(sum);
  float64[0] = sum;
  const low = words[lowWord];
  if ((low & 1) === 0) {
    if (error > 0 === sum > 0) {
      words[lowWord] = low | 1;
    } else {
      words[lowWord] = low - 1;
      if (low === 0) words[1 - lowWord] -= 1;
    }
  }
  return Math.fround(float64[0]);
}
