/**
 * Constants and single-value forms of the integer arithmetic that `docs/integer-semantics.md` states. The reference
 * executor and the lowering to hardware both take them from here, so that there is one place to be wrong in.
 * Every scale and result that is a float32 number is rounded to float32 (`Math.fround`).
 */
import type { ElementType, Quantization } from '../network/index.js';
import { fusedMultiplyAdd, roundHalfEven } from './float32.js';

/** Smallest and largest value of an integer element type. */
export interface IntegerRange {
  readonly low: number;
  readonly high: number;
}

const ranges: Partial<Record<ElementType, IntegerRange>> = {
  int8: { low: -128, high: 127 },
  uint8: { low: 0, high: 255 },
  int16: { low: -32768, high: 32767 },
  uint16: { low: 0, high: 65535 },
  int32: { low: -2147483648, high: 2147483647 },
};

/** Range of an element type that quantised values may have; undefined for other types. */
export function integerRange(elementType: ElementType): IntegerRange | undefined {
  return ranges[elementType];
}

/** The range of the type, narrowed by a clamp on quantised values. */
export function outputRange(elementType: ElementType, clamp?: IntegerRange): IntegerRange {
  const range = ranges[elementType] ?? { low: -2147483648, high: 2147483647 };
  if (clamp === undefined) return range;
  return { low: Math.max(range.low, clamp.low), high: Math.min(range.high, clamp.high) };
}

/** Scale from int32 accumulator to output of a convolution or matrix product: `f32(f32(xs * ws) / ys)`. */
export function convolutionScale(inputScale: number, weightScale: number, outputScale: number): number {
  return Math.fround(Math.fround(inputScale * weightScale) / outputScale);
}

/** Scale from int32 sum to mean over `count` values: `f32(xs / f32(ys * count))`. */
export function averageScale(inputScale: number, outputScale: number, count: number): number {
  return Math.fround(inputScale / Math.fround(outputScale * Math.fround(count)));
}

/** int32 accumulator to quantised value: `clamp(rint(f32(f32(acc) * scale)) + zeroPoint)`. */
export function requantizeAccumulator(
  accumulator: number,
  scale: number,
  zeroPoint: number,
  range: IntegerRange,
): number {
  const value = roundHalfEven(Math.fround(Math.fround(accumulator) * scale)) + zeroPoint;
  return value < range.low ? range.low : value > range.high ? range.high : value;
}

/** Real value to quantised value: `clamp(rint(f32(x / scale)) + zeroPoint)`. Not a number becomes the low end. */
export function quantizeValue(value: number, scale: number, zeroPoint: number, range: IntegerRange): number {
  const quantized = roundHalfEven(Math.fround(value / scale)) + zeroPoint;
  if (!(quantized >= range.low)) return range.low;
  return quantized > range.high ? range.high : quantized;
}

/** Quantised value to real value: `f32(f32(q - zeroPoint) * scale)`. */
export function dequantizeValue(quantized: number, scale: number, zeroPoint: number): number {
  return Math.fround(Math.fround(quantized - zeroPoint) * scale);
}

/** Constants of a quantised addition `a + b`: `rint(fma(a, ratioA, fma(b, ratioB, offset)))`, clamped. */
export interface AdditionConstants {
  /** `f32(as / ys)` */
  readonly ratioA: number;
  /** `f32(bs / ys)` */
  readonly ratioB: number;
  /** `f32(yz - fma(ratioA, az, f32(ratioB * bz)))`: the order in which compiled ONNX Runtime rounds. */
  readonly offset: number;
}

/** Constants of a quantised addition from the quantisations (one scale each) of a, b and y. */
export function additionConstants(a: Quantization, b: Quantization, y: Quantization): AdditionConstants {
  const ratioA = Math.fround(a.scales[0] / y.scales[0]);
  const ratioB = Math.fround(b.scales[0] / y.scales[0]);
  const zeroes = fusedMultiplyAdd(ratioA, a.zeroPoints[0], Math.fround(ratioB * b.zeroPoints[0]));
  return { ratioA, ratioB, offset: Math.fround(y.zeroPoints[0] - zeroes) };
}

/**
 * True where ONNX Runtime exchanges the operands of a quantised addition: where a is one value along the innermost
 * dimension that is not 1 while b is not (broadcast), and where the result has one element. Everything is then computed
 * as `b + a`, constants included, which rounds differently.
 */
export function additionIsExchanged(a: readonly number[], b: readonly number[], output: readonly number[]): boolean {
  for (let fromEnd = 1; fromEnd <= output.length; fromEnd++) {
    if (output[output.length - fromEnd] === 1) continue;
    return (a[a.length - fromEnd] ?? 1) === 1 && (b[b.length - fromEnd] ?? 1) !== 1;
  }
  return true;
}

/** Sum of two quantised values, quantised. The inner product is b's. */
export function addQuantized(a: number, b: number, constants: AdditionConstants, range: IntegerRange): number {
  const inner = fusedMultiplyAdd(b, constants.ratioB, constants.offset);
  const value = roundHalfEven(fusedMultiplyAdd(a, constants.ratioA, inner));
  return value < range.low ? range.low : value > range.high ? range.high : value;
}

/** Scale from the integer product of two quantised values to the output: `f32(f32(as * bs) / ys)`. */
export function multiplicationScale(a: Quantization, b: Quantization, y: Quantization): number {
  return convolutionScale(a.scales[0], b.scales[0], y.scales[0]);
}

/** `clamp(rint(f32(f32(product * scale) + zeroPoint)))`: here the zero point is added before rounding. */
export function requantizeProduct(product: number, scale: number, zeroPoint: number, range: IntegerRange): number {
  const value = roundHalfEven(Math.fround(Math.fround(product * scale) + zeroPoint));
  return value < range.low ? range.low : value > range.high ? range.high : value;
}
