import {
  convolutionScale,
  outputRange,
  type ClampAttribute,
  type ConvOperator,
  type FullyConnectedOperator,
  type MatMulOperator,
  type NumericArray,
} from '@autodnnchip/core';
import { convolutionSums } from '../kernels/convolution.js';
import { fullyConnectedSums, matrixProduct } from '../kernels/matrix.js';
import {
  cannotRun,
  floatResult,
  inputTensor,
  inputValue,
  integerData,
  isFloat,
  optionalInput,
  outputTensor,
  quantized,
  result,
  type OperatorContext,
} from './operator-context.js';

/** Convolution, float or QLinearConv. */
export function runConv(context: OperatorContext<ConvOperator>): NumericArray {
  const x = inputValue(context, 0);
  const w = inputValue(context, 1);
  const y = outputTensor(context);
  const { attributes } = context.operator;
  if (x.shape.length !== 4 || w.shape.length !== 4)
    throw cannotRun(context, 'only two-dimensional convolutions are supported');
  const [batch, channels, rows, columns] = x.shape;
  const [, outputChannels, outputRows, outputColumns] = y.shape;
  const shape = { ...attributes, batch, channels, rows, columns, outputChannels, outputRows, outputColumns };
  const zeros = weightedZeros(context);
  const sums = convolutionSums(shape, x.data, zeros.input, w.data, zeros.weights);
  return finishSums(context, sums, outputChannels, outputRows * outputColumns, attributes.clamp);
}

/** Fully connected layer, float or QGemm. */
export function runFullyConnected(context: OperatorContext<FullyConnectedOperator>): NumericArray {
  const x = inputValue(context, 0);
  const w = inputValue(context, 1);
  const [outputs, channels] = w.shape;
  const zeros = weightedZeros(context);
  const sums = fullyConnectedSums(
    x.data.length / channels,
    channels,
    outputs,
    x.data,
    zeros.input,
    w.data,
    zeros.weights,
  );
  return finishSums(context, sums, outputs, 1, context.operator.attributes.clamp);
}

/** Product of two float tensors. */
export function runMatMul(context: OperatorContext<MatMulOperator>): NumericArray {
  const a = inputValue(context, 0);
  const b = inputValue(context, 1);
  const y = outputTensor(context);
  if (!isFloat(y)) throw cannotRun(context, 'a quantised product of two computed tensors has no rule here');
  return floatResult(context, matrixProduct(a.data, a.shape, b.data, b.shape, y.shape));
}

function weightedZeros(context: OperatorContext): { input: number; weights?: Int32Array } {
  if (isFloat(outputTensor(context))) return { input: 0 };
  return {
    input: quantized(context, inputTensor(context, 0)).quantization.zeroPoints[0],
    weights: quantized(context, inputTensor(context, 1)).quantization.zeroPoints,
  };
}

/** Bias, and then rounding to float32 or requantisation; `sums` is `[… K inner]`. */
function finishSums(
  context: OperatorContext,
  sums: Float64Array,
  channels: number,
  inner: number,
  clamp: ClampAttribute['clamp'],
): NumericArray {
  const bias = optionalInput(context, 2)?.data;
  if (isFloat(outputTensor(context))) {
    if (bias !== undefined) {
      for (let start = 0; start < sums.length; start += inner) {
        const amount = Number(bias[(start / inner) % channels]);
        for (let index = start; index < start + inner; index++) sums[index] += amount;
      }
    }
    return floatResult(context, sums, clamp);
  }
  const xq = quantized(context, inputTensor(context, 0)).quantization;
  const wq = quantized(context, inputTensor(context, 1)).quantization;
  const y = quantized(context, outputTensor(context));
  const zeroPoint = y.quantization.zeroPoints[0];
  const { low, high } = outputRange(y.elementType, clamp);
  const data = integerData(context, y.elementType, sums.length);
  for (let start = 0; start < sums.length; start += inner) {
    const channel = (start / inner) % channels;
    const scale = convolutionScale(
      xq.scales[0],
      wq.scales[wq.scales.length === 1 ? 0 : channel],
      y.quantization.scales[0],
    );
    const amount = bias === undefined ? 0 : Number(bias[channel]);
    for (let index = start; index < start + inner; index++) {
      // The accumulator wraps at 32 bits; then requantizeAccumulator's rule, written out for speed.
      const accumulator = (sums[index] + amount) | 0;
      const value = Math.fround(Math.fround(accumulator) * scale) + 6755399441055744 - 6755399441055744 + zeroPoint;
      data[index] = value < low ? low : value > high ? high : value;
    }
  }
  return result(context, data);
}
