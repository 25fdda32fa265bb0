import { roundHalfEven } from '../data/index.js';

/** Cycles from operands to result of the shared block `requantize_f32`. */
export const requantizeLatencyCycles = 11;

/** Bias (int32) and scale (float32) of a channel in eight bytes of a parameter buffer. */
export function readBiasAndScale(view: DataView, offset: number): { readonly bias: number; readonly scale: number } {
  return { bias: view.getInt32(offset, true), scale: view.getFloat32(offset + 4, true) };
}

/** What `requantize_f32` makes of an accumulator, before the clamp (docs/integer-semantics.md). */
export function requantized(accumulator: number, bias: number, scale: number, zeroPoint: number): number {
  return roundHalfEven(Math.fround(Math.fround((accumulator + bias) | 0) * scale)) + zeroPoint;
}

export function clamped(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
