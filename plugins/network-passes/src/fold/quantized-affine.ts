import type { Tensor } from '@autodnnchip/core';
import { addConstant } from '../constants.js';
import type { NetworkEditor } from '../network-editor.js';
import { channelQuantization } from '../quantize/quantize-weights.js';
import type { ByteTensor } from '../quantize/quantized-tensors.js';
import type { ChannelAffine } from './channel-affine.js';

/**
 * Quantised weights times a factor per output channel: their scales are multiplied, and the integers of a channel whose
 * factor is negative change sign about the zero point. Undefined where that leaves the integers' range.
 * @returns name of the dequantised tensor
 */
export function scaledWeights(
  editor: NetworkEditor,
  weight: Tensor,
  factors: Float64Array | undefined,
): string | undefined {
  const { quantization, shape, elementType } = weight;
  if (quantization === undefined || (quantization.scales.length !== 1 && quantization.axis !== 0)) return undefined;
  const channels = shape[0];
  const entry = (channel: number): number => (quantization.scales.length === 1 ? 0 : channel);
  const zeroPoints = Int32Array.from({ length: channels }, (_, channel) => quantization.zeroPoints[entry(channel)]);
  const scales = Float32Array.from({ length: channels }, (_, channel) => {
    const factor = Math.abs(factors?.[channel] ?? 1);
    return quantization.scales[entry(channel)] * (factor === 0 ? 1 : factor);
  });
  const data = (weight.data as Int8Array | Uint8Array | undefined)?.slice();
  const [low, high] = elementType === 'uint8' ? [0, 255] : [-128, 127];
  for (let channel = 0; channel < channels && data !== undefined; channel++) {
    const factor = factors?.[channel] ?? 1;
    if (factor > 0) continue;
    const inner = data.length / channels;
    for (let index = channel * inner; index < (channel + 1) * inner; index++) {
      const value = factor === 0 ? zeroPoints[channel] : 2 * zeroPoints[channel] - data[index];
      if (value < low || value > high) return undefined;
      data[index] = value;
    }
  }
  return dequantized(editor, {
    name: `${weight.name}_folded`,
    elementType,
    shape,
    data,
    quantization: channelQuantization(scales, zeroPoints),
  });
}

/**
 * Weights of a 1 x 1 depthwise convolution that multiplies the channels of `x`: one integer each, from 64 to 127,
 * chosen so that the channel's offset is nearest to a whole number of units of the accumulator, `xs * ws`.
 * @returns name of the dequantised tensor
 */
export function quantizedDepthwise(
  editor: NetworkEditor,
  name: string,
  { channels, scale, offset, hasScale }: ChannelAffine,
  x: ByteTensor,
): string {
  const isKnown = !hasScale || scale !== undefined;
  const data = new Int8Array(channels);
  const scales = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const factor = scale?.[channel] ?? 1;
    const weight = factor === 0 ? 127 : bestWeight(Math.abs(factor) * x.quantization.scales[0], offset?.[channel] ?? 0);
    data[channel] = factor === 0 ? 0 : Math.sign(factor) * weight;
    scales[channel] = (factor === 0 ? 1 : Math.abs(factor)) / weight;
  }
  return dequantized(editor, {
    name: `${name}_scale`,
    elementType: 'int8',
    shape: [channels, 1, 1, 1],
    data: isKnown ? data : undefined,
    quantization: channelQuantization(scales, new Int32Array(channels)),
  });
}

function bestWeight(step: number, offset: number): number {
  let best = 127;
  let least = Infinity;
  for (let weight = 127; weight >= 64; weight--) {
    const units = (offset / step) * weight;
    const error = Math.abs(units - Math.round(units)) / weight;
    if (error < least) {
      least = error;
      best = weight;
    }
  }
  return best;
}

function dequantized(editor: NetworkEditor, constant: Parameters<typeof addConstant>[1]): string {
  const integers = addConstant(editor, constant);
  const real = editor.setTensor({
    name: editor.freshName(`${integers.name}_dequantized`),
    elementType: 'float32',
    shape: constant.shape,
    role: 'intermediate',
  });
  editor.add({
    name: `${real.name}_dequantize`,
    kind: 'dequantize',
    inputs: [integers.name],
    outputs: [real.name],
    attributes: {},
    sourceType: 'DequantizeLinear',
  });
  return real.name;
}
