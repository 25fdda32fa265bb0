/** Widens IEEE 754 half-precision bit patterns. */
export function widenHalf(bits: Uint16Array): Float32Array {
  const values = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index++) {
    const half = bits[index];
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0x1f) values[index] = fraction === 0 ? sign * Infinity : Number.NaN;
    else if (exponent === 0) values[index] = sign * fraction * 2 ** -24;
    else values[index] = sign * (0x400 + fraction) * 2 ** (exponent - 25);
  }
  return values;
}
