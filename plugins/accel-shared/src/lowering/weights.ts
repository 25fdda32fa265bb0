import { elementCount, type Tensor } from '@autodnnchip/core';

import type { LoweringContext } from './lowering-context.js';
import { tensorOf } from './quantized-tensor.js';
import { Refusal } from './refusal.js';

/** Constant weights of a convolution or fully connected layer. */
export interface QuantizedWeights {
  readonly tensor: Tensor;
  readonly scales: Float32Array;
  readonly zeroPoints: Int32Array;
  /** int8 parts that weights minus zero point are split into: 1, 2 or 3. */
  readonly parts: number;
}

/**
 * Checks and describes the weights in an operator's second input; values are looked at only where zero points force it.
 */
export function quantizedWeights(context: LoweringContext, name: string, outputChannels: number): QuantizedWeights {
  const tensor = tensorOf(context, name);
  if (tensor.role !== 'constant') throw new Refusal(`its weights '${name}' are computed, not constant`);
  if (tensor.elementType !== 'int8' && tensor.elementType !== 'uint8') {
    throw new Refusal(
      `its weights '${name}' are ${tensor.elementType}; the chip multiplies 8-bit integers, so the network must be quantised here`,
    );
  }
  if (tensor.data === undefined && !context.network.weightless)
    throw new Refusal(`its weights '${name}' have no values`);
  const { quantization } = tensor;
  if (quantization === undefined && !context.network.weightless)
    throw new Refusal(`its weights '${name}' have no scale`);
  const scales = quantization?.scales ?? new Float32Array([1]);
  const zeroPoints = quantization?.zeroPoints ?? new Int32Array([0]);
  if (scales.length !== 1 && (scales.length !== outputChannels || (quantization?.axis ?? 0) !== 0)) {
    throw new Refusal(
      `its weights '${name}' have ${scales.length} scales along dimension ${quantization?.axis ?? 0}; the chip takes one, or one per output channel`,
    );
  }
  if (tensor.data !== undefined && tensor.data.length !== elementCount(tensor.shape))
    throw new Refusal(`its weights '${name}' do not have the values that their shape says`);
  return { tensor, scales, zeroPoints, parts: weightParts(tensor, zeroPoints) };
}

/** Smallest number of int8 values that every weight minus its zero point is a sum of. */
function weightParts(tensor: Tensor, zeroPoints: Int32Array): number {
  const [low, high] = tensor.elementType === 'uint8' ? [0, 255] : [-128, 127];
  const largest = zeroPoints.reduce((a, b) => Math.max(a, b), -Infinity);
  const smallest = zeroPoints.reduce((a, b) => Math.min(a, b), Infinity);
  if (low - largest >= -128 && high - smallest <= 127) return 1;
  const range =
    tensor.data === undefined ? { low: low - largest, high: high - smallest } : differences(tensor, zeroPoints);
  return Math.max(1, Math.ceil(-range.low / 128), Math.ceil(range.high / 127));
}

function differences(tensor: Tensor, zeroPoints: Int32Array): { low: number; high: number } {
  const data = tensor.data as Int8Array;
  const perChannel = data.length / tensor.shape[0];
  let low = 0;
  let high = 0;
  for (let index = 0; index < data.length; index++) {
    const zeroPoint = zeroPoints[zeroPoints.length === 1 ? 0 : Math.floor(index / perChannel)];
    const value = data[index] - zeroPoint;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}
