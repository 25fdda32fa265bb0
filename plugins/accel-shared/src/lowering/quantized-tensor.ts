import { elementCount, type ClampAttribute, type Quantization, type Tensor } from '@autodnnchip/core';

import type { LoweringContext } from './lowering-context.js';
import { Refusal } from './refusal.js';

/** An 8-bit tensor with one scale, in the chip's terms: values, zero point and range minus `offset`. */
export interface QuantizedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly elementType: 'int8' | 'uint8';
  readonly scale: number;
  /** Zero point as stored: signed. */
  readonly zeroPoint: number;
  /** 128 for uint8, 0 for int8. */
  readonly offset: number;
  readonly quantization: Quantization;
}

const unknownQuantization: Quantization = { scales: new Float32Array([1]), zeroPoints: new Int32Array([0]) };

/** The tensor of this name. */
export function tensorOf(context: LoweringContext, name: string): Tensor {
  const tensor = context.network.tensors.get(name);
  if (tensor === undefined) throw new Refusal(`its tensor '${name}' is not in the network`);
  return tensor;
}

/** The tensor as the chip holds it; refuses float tensors and those with a scale per channel. */
export function quantizedTensor(context: LoweringContext, name: string): QuantizedTensor {
  const tensor = tensorOf(context, name);
  const { elementType } = tensor;
  if (elementType === 'float32' || elementType === 'float16' || elementType === 'float64') {
    throw new Refusal(
      `tensor '${name}' is ${elementType}; the chip computes on 8-bit integers, so the network must be quantised here`,
    );
  }
  if (elementType !== 'int8' && elementType !== 'uint8')
    throw new Refusal(`tensor '${name}' is ${elementType}; the chip computes on 8-bit integers`);
  const quantization = tensor.quantization ?? (context.network.weightless ? unknownQuantization : undefined);
  if (quantization === undefined)
    throw new Refusal(
      `tensor '${name}' has no scale that is known beforehand (quantised while running, or not quantised)`,
    );
  if (quantization.scales.length !== 1) throw new Refusal(`feature map '${name}' has a scale per channel`);
  const offset = elementType === 'uint8' ? 128 : 0;
  const { shape } = tensor;
  return {
    name,
    shape,
    elementType,
    scale: quantization.scales[0],
    zeroPoint: quantization.zeroPoints[0] - offset,
    offset,
    quantization,
  };
}

/** Stored clamp range of an output: its type's range, narrowed by the operator's clamp on quantised values. */
export function storedRange(tensor: QuantizedTensor, clamp?: ClampAttribute['clamp']): { low: number; high: number } {
  if (clamp === undefined) return { low: -128, high: 127 };
  return { low: Math.max(-128, clamp.low - tensor.offset), high: Math.min(127, clamp.high - tensor.offset) };
}

/** A feature map's dimensions with batch 1: [C H W], or [C 1 1] of an [N C] tensor. */
export function featureMapShape(
  name: string,
  shape: readonly number[],
): { channels: number; height: number; width: number } {
  if (shape.length !== 4 && shape.length !== 2)
    throw new Refusal(`tensor '${name}' has ${shape.length} dimensions; the chip takes [N C H W] and [N C]`);
  if (shape[0] !== 1)
    throw new Refusal(
      `tensor '${name}' has batch ${shape[0]}; the chip runs one image at a time, so export the network with batch 1`,
    );
  if (elementCount(shape) === 0) throw new Refusal(`tensor '${name}' is empty`);
  return { channels: shape[1], height: shape[2] ?? 1, width: shape[3] ?? 1 };
}
