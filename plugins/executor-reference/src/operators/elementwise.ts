import {
  addQuantized,
  additionConstants,
  additionIsExchanged,
  lookupTable,
  multiplicationScale,
  outputRange,
  requantizeProduct,
  unaryFunction,
  type BinaryFunction,
  type BinaryOperator,
  type ClipOperator,
  type NumericArray,
  type RequantizeOperator,
  type UnaryOperator,
} from '@autodnnchip/core';
import { broadcastIndices } from '../kernels/layout.js';
import { widen } from '../kernels/widen.js';
import {
  cannotRun,
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

/** Element-wise function of two tensors with NumPy broadcasting; quantised: QLinearAdd and QLinearMul. */
export function runBinary(context: OperatorContext<BinaryOperator>): NumericArray {
  const a = operand(context, 0);
  const b = operand(context, 1);
  const { function: name, clamp } = context.operator.attributes;
  if (isFloat(outputTensor(context))) return floatResult(context, combine(a, b, floatFunctions[name]), clamp);
  if (name !== 'add' && name !== 'mul') throw cannotRun(context, `quantised ${name} has no rule`);
  return name === 'add' ? quantizedAdd(context, a, b) : quantizedMul(context, a, b);
}

interface Operand {
  readonly shape: readonly number[];
  readonly values: Float64Array;
  /** Index of the value for each output element; undefined where they correspond one to one. */
  readonly indices: Int32Array | undefined;
}

function operand(context: OperatorContext, index: number): Operand {
  const { shape, data } = inputValue(context, index);
  const output = outputTensor(context).shape;
  return { shape, values: widen(data), indices: broadcastIndices(shape, output) };
}

const floatFunctions: Readonly<Record<BinaryFunction, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
};

function combine(a: Operand, b: Operand, compute: (a: number, b: number) => number): Float64Array {
  const values = new Float64Array((a.indices ?? b.indices ?? a.values).length);
  for (let index = 0; index < values.length; index++) {
    const left = a.values[a.indices === undefined ? index : a.indices[index]];
    const right = b.values[b.indices === undefined ? index : b.indices[index]];
    values[index] = compute(left, right);
  }
  return values;
}

function quantizedAdd(context: OperatorContext<BinaryOperator>, a: Operand, b: Operand): NumericArray {
  const aq = quantized(context, inputTensor(context, 0)).quantization;
  const bq = quantized(context, inputTensor(context, 1)).quantization;
  const y = quantized(context, outputTensor(context));
  const range = outputRange(y.elementType, context.operator.attributes.clamp);
  if (additionIsExchanged(a.shape, b.shape, y.shape)) {
    const constants = additionConstants(bq, aq, y.quantization);
    return integerResult(
      context,
      combine(a, b, (left, right) => addQuantized(right, left, constants, range)),
    );
  }
  const constants = additionConstants(aq, bq, y.quantization);
  return integerResult(
    context,
    combine(a, b, (left, right) => addQuantized(left, right, constants, range)),
  );
}

function quantizedMul(context: OperatorContext<BinaryOperator>, a: Operand, b: Operand): NumericArray {
  const aq = quantized(context, inputTensor(context, 0)).quantization;
  const bq = quantized(context, inputTensor(context, 1)).quantization;
  const y = quantized(context, outputTensor(context));
  const range = outputRange(y.elementType, context.operator.attributes.clamp);
  const scale = multiplicationScale(aq, bq, y.quantization);
  const aZero = aq.zeroPoints[0];
  const bZero = bq.zeroPoints[0];
  const zeroPoint = y.quantization.zeroPoints[0];
  return integerResult(
    context,
    combine(a, b, (left, right) => requantizeProduct((left - aZero) * (right - bZero), scale, zeroPoint, range)),
  );
}

function integerResult(context: OperatorContext, values: Float64Array): NumericArray {
  const data = integerData(context, outputTensor(context).elementType, values.length);
  data.set(values);
  return result(context, data);
}

/** Function of one tensor; quantised: a table of 256 entries. */
export function runUnary(context: OperatorContext<UnaryOperator>): NumericArray {
  if (!isFloat(outputTensor(context))) return runTable(context);
  const { function: name, alpha, beta } = context.operator.attributes;
  const compute = unaryFunction(name, alpha, beta);
  return floatResult(context, widen(inputValue(context, 0).data).map(compute));
}

/** Integers of one scale to integers of another. */
export function runRequantize(context: OperatorContext<RequantizeOperator>): NumericArray {
  return runTable(context);
}

function runTable(context: OperatorContext<UnaryOperator | RequantizeOperator>): NumericArray {
  const x = quantized(context, inputTensor(context, 0));
  const y = quantized(context, outputTensor(context));
  if (![x, y].every(({ elementType }) => elementType === 'int8' || elementType === 'uint8')) {
    throw cannotRun(context, 'a table needs int8 or uint8 values');
  }
  const table = lookupTable(context.operator, x, y);
  const source = inputValue(context, 0).data as Int8Array;
  const data = integerData(context, y.elementType, source.length);
  for (let index = 0; index < source.length; index++) data[index] = table[source[index] & 255];
  return result(context, data);
}

/** Clip of real values. */
export function runClip(context: OperatorContext<ClipOperator>): NumericArray {
  if (!isFloat(outputTensor(context)))
    throw cannotRun(context, 'clip on integers has no rule; the passes make it a clamp or a requantisation');
  return floatResult(context, widen(inputValue(context, 0).data), context.operator.attributes);
}
