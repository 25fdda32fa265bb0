import { toFloat32, type BatchNormalizationOperator, type NumericArray, type SoftmaxOperator } from '@autodnnchip/core';
import { widen } from '../kernels/widen.js';
import {
  cannotRun,
  floatResult,
  inputValue,
  isFloat,
  outputTensor,
  result,
  type OperatorContext,
} from './operator-context.js';

/**
 * Inference form, rounded where ONNX Runtime rounds: `x * a + b` with `a = gamma / sqrt(var + eps)`, `b = beta - mean *
 * a`.
 */
export function runBatchNormalization(context: OperatorContext<BatchNormalizationOperator>): NumericArray {
  const round = Math.fround;
  const x = inputValue(context, 0);
  if (!isFloat(outputTensor(context))) throw cannotRun(context, 'batch normalisation runs on float values only');
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map(index => toFloat32(inputValue(context, index).data));
  const source = toFloat32(x.data);
  const channels = gamma.length;
  const inner = x.shape.slice(2).reduce((product, extent) => product * extent, 1);
  const epsilon = round(context.operator.attributes.epsilon);
  const data = new Float32Array(source.length);
  for (let start = 0; start < source.length; start += inner) {
    const channel = (start / inner) % channels;
    const factor = round(round(1 / round(Math.sqrt(round(variance[channel] + epsilon)))) * gamma[channel]);
    const offset = round(beta[channel] - round(mean[channel] * factor));
    for (let index = start; index < start + inner; index++) data[index] = round(source[index] * factor) + offset;
  }
  return result(context, data);
}

/** Softmax along one axis, in float64. */
export function runSoftmax(context: OperatorContext<SoftmaxOperator>): NumericArray {
  const { shape, data } = inputValue(context, 0);
  if (!isFloat(outputTensor(context))) throw cannotRun(context, 'softmax runs on float values only');
  const axis =
    context.operator.attributes.axis < 0
      ? context.operator.attributes.axis + shape.length
      : context.operator.attributes.axis;
  const extent = shape[axis];
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const values = widen(data);
  for (let start = 0; start < values.length; start += extent * inner) {
    for (let column = start; column < start + inner; column++) softmaxInPlace(values, column, extent, inner);
  }
  return floatResult(context, values);
}

function softmaxInPlace(values: Float64Array, start: number, extent: number, stride: number): void {
  let largest = -Infinity;
  for (let step = 0; step < extent; step++) largest = Math.max(largest, values[start + step * stride]);
  let sum = 0;
  for (let step = 0; step < extent; step++) {
    const value = Math.exp(values[start + step * stride] - largest);
    values[start + step * stride] = value;
    sum += value;
  }
  for (let step = 0; step < extent; step++) values[start + step * stride] /= sum;
}
