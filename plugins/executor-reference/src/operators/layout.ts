import {
  createTensorData,
  dequantizeValue,
  outputRange,
  quantizeValue,
  type ConcatOperator,
  type NumericArray,
  type PadOperator,
  type Quantization,
  type ReshapeOperator,
  type SpaceToDepthOperator,
  type TensorData,
  type TransposeOperator,
} from '@autodnnchip/core';
import { concatenated, padded, spaceToDepth, transposed } from '../kernels/layout.js';
import {
  inputTensor,
  inputValue,
  isFloat,
  outputTensor,
  result,
  type OperatorContext,
  type QuantizedTensor,
} from './operator-context.js';

/** Tensors side by side; quantised inputs of another scale are requantised on the way (QLinearConcat). */
export function runConcat(context: OperatorContext<ConcatOperator>): NumericArray {
  const y = outputTensor(context);
  const parts = context.operator.inputs.map((_, index) => {
    const { shape, data } = inputValue(context, index);
    return { shape, data: rescaled(context, index, data) };
  });
  const { axis } = context.operator.attributes;
  return result(context, concatenated(parts, axis < 0 ? axis + y.shape.length : axis, y.elementType));
}

function rescaled(context: OperatorContext, index: number, data: TensorData): TensorData {
  const x = inputTensor(context, index);
  const y = outputTensor(context);
  if (isFloat(y) || x.quantization === undefined || y.quantization === undefined) return data;
  const [scale, zero] = [x.quantization.scales[0], x.quantization.zeroPoints[0]];
  const [outputScale, outputZero] = [y.quantization.scales[0], y.quantization.zeroPoints[0]];
  if (scale === outputScale && zero === outputZero) return data;
  const range = outputRange(y.elementType);
  const target = createTensorData(y.elementType, data.length) as Int8Array;
  const known = new Map<number, number>();
  for (let position = 0; position < data.length; position++) {
    const value = data[position] as number;
    let mapped = known.get(value);
    if (mapped === undefined) {
      mapped = quantizeValue(dequantizeValue(value, scale, zero), outputScale, outputZero, range);
      known.set(value, mapped);
    }
    target[position] = mapped;
  }
  return target;
}

/** New shape, same values. */
export function runReshape(context: OperatorContext<ReshapeOperator>): NumericArray {
  return result(context, inputValue(context, 0).data);
}

export function runTranspose(context: OperatorContext<TransposeOperator>): NumericArray {
  const { shape, data } = inputValue(context, 0);
  return result(
    context,
    transposed(data, shape, context.operator.attributes.permutation, outputTensor(context).elementType),
  );
}

/** Constant padding; `value` is in the tensor's own units: quantised where the tensor is. */
export function runPad(context: OperatorContext<PadOperator>): NumericArray {
  const { shape, data } = inputValue(context, 0);
  const y = outputTensor(context);
  return result(
    context,
    padded(data, shape, context.operator.attributes.before, y.shape, context.operator.attributes.value, y.elementType),
  );
}

export function runSpaceToDepth(context: OperatorContext<SpaceToDepthOperator>): NumericArray {
  const { shape, data } = inputValue(context, 0);
  const { block, order } = context.operator.attributes;
  return result(context, spaceToDepth(data, shape, block, order, outputTensor(context).elementType));
}

/** Real values to integers with the output's quantisation (QuantizeLinear). */
export function runQuantize(context: OperatorContext): NumericArray {
  const x = inputValue(context, 0);
  const y = outputTensor(context) as QuantizedTensor;
  const range = outputRange(y.elementType);
  const data = createTensorData(y.elementType, x.data.length);
  forEachChannel(x.shape, y.quantization, (start, end, scale, zeroPoint) => {
    for (let index = start; index < end; index++)
      data[index] = quantizeValue(x.data[index] as number, scale, zeroPoint, range);
  });
  return result(context, data);
}

/** Integers to real values with the input's quantisation (DequantizeLinear). */
export function runDequantize(context: OperatorContext): NumericArray {
  const x = inputValue(context, 0);
  const tensor = inputTensor(context, 0) as QuantizedTensor;
  const data = new Float32Array(x.data.length);
  forEachChannel(x.shape, tensor.quantization, (start, end, scale, zeroPoint) => {
    for (let index = start; index < end; index++)
      data[index] = dequantizeValue(x.data[index] as number, scale, zeroPoint);
  });
  return result(context, data);
}

/** Runs of elements with one scale. */
function forEachChannel(
  shape: readonly number[],
  quantization: Quantization,
  visit: (start: number, end: number, scale: number, zeroPoint: number) => void,
): void {
  const { scales, zeroPoints } = quantization;
  const axis = scales.length === 1 ? 0 : (quantization.axis ?? 0);
  const total = shape.reduce((product, extent) => product * extent, 1);
  if (scales.length === 1) {
    visit(0, total, scales[0], zeroPoints[0]);
    return;
  }
  const inner = shape.slice(axis + 1).reduce((product, extent) => product * extent, 1);
  for (let start = 0; start < total; start += inner) {
    const channel = (start / inner) % scales.length;
    visit(start, start + inner, scales[channel], zeroPoints[channel]);
  }
}
