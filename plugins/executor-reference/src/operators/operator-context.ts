import {
  ChipError,
  createTensorData,
  integerRange,
  type ElementType,
  type IntegerRange,
  type Network,
  type NumericArray,
  type Operator,
  type Quantization,
  type Tensor,
  type TensorData,
} from '@autodnnchip/core';

/** What running one operator needs: its tensors and the values that have been computed. */
export interface OperatorContext<Kind extends Operator = Operator> {
  readonly operator: Kind;
  readonly network: Network;
  /** Values of constants, inputs and earlier results. */
  readonly valueOf: (tensor: string) => NumericArray;
}

/** Quantisation of a tensor that the operator's integer form needs. */
export interface QuantizedTensor extends Tensor {
  readonly quantization: Quantization;
}

/** The tensor that an operator's input or output names. */
function tensorOf(context: OperatorContext, name: string): Tensor {
  const tensor = context.network.tensors.get(name);
  if (tensor === undefined) throw cannotRun(context, `its tensor '${name}' is not in the network`);
  return tensor;
}

export function inputTensor(context: OperatorContext, index: number): Tensor {
  return tensorOf(context, context.operator.inputs[index]);
}

export function outputTensor(context: OperatorContext): Tensor {
  return tensorOf(context, context.operator.outputs[0]);
}

export function inputValue(context: OperatorContext, index: number): NumericArray {
  return context.valueOf(context.operator.inputs[index]);
}

/** An optional input: undefined where it is left out or unnamed. */
export function optionalInput(context: OperatorContext, index: number): NumericArray | undefined {
  const name = context.operator.inputs[index];
  return name === undefined || name === '' ? undefined : context.valueOf(name);
}

/** A tensor that must be quantised with integer elements. */
export function quantized(context: OperatorContext, tensor: Tensor): QuantizedTensor {
  if (tensor.quantization === undefined)
    throw cannotRun(context, `tensor '${tensor.name}' has ${tensor.elementType} elements but no scale`);
  return tensor as QuantizedTensor;
}

/** True when the operator takes and gives real numbers. */
export function isFloat(tensor: Tensor): boolean {
  return tensor.elementType === 'float32' || tensor.elementType === 'float16' || tensor.elementType === 'float64';
}

/** Range of an integer element type. */
function rangeOf(context: OperatorContext, elementType: ElementType): IntegerRange {
  const range = integerRange(elementType);
  if (range === undefined) throw cannotRun(context, `quantised values of type ${elementType} are not supported`);
  return range;
}

/** Array for an operator's quantised result. */
export type IntegerData = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array;

export function integerData(context: OperatorContext, elementType: ElementType, count: number): IntegerData {
  rangeOf(context, elementType);
  return createTensorData(elementType, count) as IntegerData;
}

/** The operator's only result. */
export function result(context: OperatorContext, data: TensorData): NumericArray {
  const tensor = outputTensor(context);
  return { shape: tensor.shape, elementType: tensor.elementType, data };
}

/** Float64 values rounded to float32, as the operator's result. */
export function floatResult(context: OperatorContext, values: Float64Array, clamp?: IntegerRange): NumericArray {
  if (clamp !== undefined) clampInPlace(values, clamp);
  return result(context, new Float32Array(values));
}

export function clampInPlace(values: Float64Array, clamp: IntegerRange): void {
  for (let index = 0; index < values.length; index++) {
    if (values[index] < clamp.low) values[index] = clamp.low;
    else if (values[index] > clamp.high) values[index] = clamp.high;
  }
}

export function cannotRun(context: OperatorContext, why: string): ChipError {
  const { name, sourceType } = context.operator;
  return new ChipError('ADC3103', `The reference executor cannot run ${name} (${sourceType}): ${why}.`, {
    location: { file: context.network.source, node: name },
  });
}
