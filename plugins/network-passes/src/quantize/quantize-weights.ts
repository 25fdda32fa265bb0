import {
  elementCount,
  roundHalfEven,
  type ConvOperator,
  type FullyConnectedOperator,
  type Quantization,
  type Tensor,
} from '@autodnnchip/core';
import { addConstant, constantValues } from '../constants.js';
import type { NetworkEditor } from '../network-editor.js';
import { perTensor } from './quantization.js';

type WeightedOperator = ConvOperator | FullyConnectedOperator;

/** Largest |bias| in units of its scale: leaves room for the sum of products in 32 bits. */
const largestBias = 2 ** 30;

/**
 * int8 weights, symmetric with one scale per output channel (`max |w| / 127`), and an int32 bias with scale
 * `f32(xs * ws)`. A channel whose weights are too small for its bias gets a larger scale, so that the bias fits.
 * @returns names of the input tensors: x, weights, and the bias where there is one
 */
export function quantizeWeights(editor: NetworkEditor, operator: WeightedOperator, x: Tensor): string[] {
  const [, weightName, biasName] = operator.inputs;
  const weight = editor.tensor(weightName);
  const channels = weight.shape[0];
  const values = constantValues(editor, weightName);
  const bias = constantValues(editor, biasName);
  const inputScale = x.quantization?.scales[0] ?? 1;
  // Without values one scale stands for all: a shape that is only declared, however large, costs nothing here.
  const scales = values === undefined ? new Float32Array([1]) : weightScales(values, bias, channels, inputScale);
  const quantization = channelQuantization(scales, new Int32Array(scales.length));
  const data = values === undefined ? undefined : roundWeights(values, scales);
  const quantized = addConstant(editor, {
    name: `${weightName}_quantized`,
    elementType: 'int8',
    shape: weight.shape,
    data,
    quantization,
  });
  const inputs = [x.name, quantized.name];
  if (biasName !== undefined && biasName !== '') {
    const units =
      bias === undefined || values === undefined
        ? undefined
        : roundBias(bias, accumulatorScales(channels, inputScale, scales));
    inputs.push(quantizeBias(editor, biasName, units, inputScale, scales).name);
  }
  return inputs;
}

function weightScales(
  values: Float32Array,
  bias: Float32Array | undefined,
  channels: number,
  inputScale: number,
): Float32Array {
  const inner = values.length / channels;
  const scales = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    let largest = 0;
    for (let index = channel * inner; index < (channel + 1) * inner; index++)
      largest = Math.max(largest, Math.abs(values[index]));
    const fromBias = Math.abs(bias?.[channel] ?? 0) / (inputScale * largestBias);
    scales[channel] = Math.max(largest / 127, fromBias, 1e-30);
  }
  return scales;
}

function roundWeights(values: Float32Array, scales: Float32Array): Int8Array {
  const data = new Int8Array(values.length);
  const inner = values.length / scales.length;
  for (let channel = 0; channel < scales.length; channel++) {
    const scale = scales[channel];
    for (let index = channel * inner; index < (channel + 1) * inner; index++) {
      const rounded = roundHalfEven(values[index] / scale);
      data[index] = rounded > 127 ? 127 : rounded < -127 ? -127 : rounded;
    }
  }
  return data;
}

function roundBias(bias: Float32Array, scales: Float32Array): Int32Array {
  return Int32Array.from(bias, (value, channel) => roundHalfEven(value / scales[channel]));
}

/** An int32 bias in units of the accumulator, `f32(xs * ws)` per channel; no values in a network without weights. */
export function quantizeBias(
  editor: NetworkEditor,
  name: string,
  data: Int32Array | undefined,
  inputScale: number,
  weightScale: Float32Array,
): Tensor {
  const shape = editor.tensor(name).shape;
  const channels = data === undefined ? weightScale.length : elementCount(shape);
  const scales = accumulatorScales(channels, inputScale, weightScale);
  return addConstant(editor, {
    name: `${name}_quantized`,
    elementType: 'int32',
    shape,
    data,
    quantization: channelQuantization(scales, new Int32Array(channels)),
  });
}

function accumulatorScales(channels: number, inputScale: number, weightScale: Float32Array): Float32Array {
  return Float32Array.from(
    { length: channels },
    (_, channel) => inputScale * weightScale[weightScale.length === 1 ? 0 : channel],
  );
}

/** Scales and zero points along the first dimension; of one channel, those of the whole tensor. */
export function channelQuantization(scales: Float32Array, zeroPoints: Int32Array): Quantization {
  return scales.length === 1 ? perTensor(scales[0], zeroPoints[0]) : { scales, zeroPoints, axis: 0 };
}
