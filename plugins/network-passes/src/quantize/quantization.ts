import { outputRange, quantizeValue, type ElementType, type Quantization } from '@autodnnchip/core';
import type { Clamp } from '../fuse/clamp.js';

/** Whether two quantisations mean the same, bit for bit. */
export function sameQuantization(left: Quantization, right: Quantization): boolean {
  return (
    left.axis === right.axis &&
    left.scales.length === right.scales.length &&
    left.scales.every(
      (scale, index) => scale === right.scales[index] && left.zeroPoints[index] === right.zeroPoints[index],
    )
  );
}

/** One scale and zero point for a whole tensor. */
export function perTensor(scale: number, zeroPoint: number): Quantization {
  return { scales: Float32Array.of(scale), zeroPoints: Int32Array.of(zeroPoint) };
}

/**
 * A clamp on real values as one on quantised values. Rounding is monotonic, so clamping before or after it is the same.
 * Undefined where the element type's range does it already.
 */
export function quantizedClamp(
  clamp: Clamp | undefined,
  elementType: ElementType,
  quantization: Quantization,
): Clamp | undefined {
  if (clamp === undefined) return undefined;
  const range = outputRange(elementType);
  const [scale, zeroPoint] = [quantization.scales[0], quantization.zeroPoints[0]];
  const low = quantizeValue(clamp.low, scale, zeroPoint, range);
  const high = quantizeValue(clamp.high, scale, zeroPoint, range);
  return low === range.low && high === range.high ? undefined : { low, high };
}
