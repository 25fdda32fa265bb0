/** Widens bfloat16 bit patterns: the upper halves of float32. */
export function widenBrainFloat(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let index = 0; index < bits.length; index++) words[index] = bits[index] << 16;
  return new Float32Array(words.buffer);
}

/** Rounds a value to the nearest half-precision one, ties to even. */
export function roundToHalf(value: number): number {
  const magnitude = Math.abs(value);
  if (!Number.isFinite(value) || magnitude === 0) return value;
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), -14);
  const unit = 2 ** (exponent - 10);
  const rounded = roundHalfEven(magnitude / unit) * unit;
  return Math.sign(value) * (rounded > 65504 ? Infinity : rounded);
}

/** Nearest integer, ties to even. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
