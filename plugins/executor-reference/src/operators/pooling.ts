import {
  averageScale,
  outputRange,
  requantizeAccumulator,
  type AveragePoolOperator,
  type GlobalAveragePoolOperator,
  type MaxPoolOperator,
  type NumericArray,
  type WindowAttributes,
} from '@autodnnchip/core';
import { maximumPool, sumPool, windowCounts, type PoolingShape } from '../kernels/pooling.js';
import { widen } from '../kernels/widen.js';
import {
  cannotRun,
  clampInPlace,
  floatResult,
  inputTensor,
  inputValue,
  integerData,
  isFloat,
  outputTensor,
  quantized,
  result,
  type OperatorContext,
} from './operator-context.js';

/** Maximum pool; on quantised values it needs no scale. */
export function runMaxPool(context: OperatorContext<MaxPoolOperator>): NumericArray {
  const x = inputValue(context, 0);
  const y = outputTensor(context);
  const { clamp } = context.operator.attributes;
  const values = maximumPool(poolingShape(context, x.shape), context.operator.attributes, widen(x.data));
  if (isFloat(y)) return floatResult(context, values, clamp);
  clampInPlace(values, outputRange(y.elementType, clamp));
  const data = integerData(context, y.elementType, values.length);
  data.set(values);
  return result(context, data);
}

export function runAveragePool(context: OperatorContext<AveragePoolOperator>): NumericArray {
  return runMean(context, context.operator.attributes, context.operator.attributes.countIncludePad);
}

export function runGlobalAveragePool(context: OperatorContext<GlobalAveragePoolOperator>): NumericArray {
  const [, , rows, columns] = inputValue(context, 0).shape;
  return runMean(context, { kernel: [rows, columns], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0] }, false);
}

function runMean(context: OperatorContext, window: WindowAttributes, countIncludePad: boolean): NumericArray {
  const x = inputValue(context, 0);
  const y = outputTensor(context);
  const shape = poolingShape(context, x.shape);
  const counts = windowCounts(shape, window, countIncludePad);
  if (isFloat(y)) {
    const sums = sumPool(shape, window, widen(x.data));
    for (let index = 0; index < sums.length; index++) sums[index] /= counts[index % counts.length];
    return floatResult(context, sums);
  }
  const from = quantized(context, inputTensor(context, 0)).quantization;
  const to = quantized(context, y);
  const sums = sumPool(shape, window, widen(x.data, from.zeroPoints[0]));
  const scales = Float32Array.from(counts, count => averageScale(from.scales[0], to.quantization.scales[0], count));
  const range = outputRange(y.elementType);
  const data = integerData(context, y.elementType, sums.length);
  for (let index = 0; index < sums.length; index++) {
    data[index] = requantizeAccumulator(
      sums[index],
      scales[index % scales.length],
      to.quantization.zeroPoints[0],
      range,
    );
  }
  return result(context, data);
}

function poolingShape(context: OperatorContext, shape: readonly number[]): PoolingShape {
  const output = outputTensor(context).shape;
  if (shape.length !== 4 || output.length !== 4) throw cannotRun(context, 'only two-dimensional pooling is supported');
  return {
    planes: shape[0] * shape[1],
    rows: shape[2],
    columns: shape[3],
    outputRows: output[2],
    outputColumns: output[3],
  };
}
