import { ChipError } from '../errors/index.js';
import type { Quantization, RequantizeOperator, Tensor, UnaryOperator } from '../network/index.js';
import { dequantizeValue, outputRange, quantizeValue } from './integer-rules.js';
import { unaryFunction, type Float32Function } from './unary-functions.js';

/**
 * The 256 results of a quantised `unary` or `requantize` operator: entry `value & 255` is the output for the input
 * `value`, for int8 and uint8 alike. Each entry is `quantize(function(dequantize(value)))`, then the operator's clamp.
 */
export function lookupTable(
  operator: UnaryOperator | RequantizeOperator,
  input: Tensor,
  output: Tensor,
): Int8Array | Uint8Array {
  if (input.quantization === undefined || output.quantization === undefined) {
    throw new ChipError('ADC9001', `A table was asked for ${operator.name}, whose tensors are not quantised.`, {
      location: { node: operator.name },
    });
  }
  const transform: Float32Function =
    operator.kind === 'unary'
      ? unaryFunction(operator.attributes.function, operator.attributes.alpha, operator.attributes.beta)
      : value => value;
  const clamp = operator.kind === 'requantize' ? operator.attributes.clamp : undefined;
  return buildTable(transform, input, input.quantization, output, output.quantization, clamp);
}

function buildTable(
  transform: Float32Function,
  input: Tensor,
  from: Quantization,
  output: Tensor,
  to: Quantization,
  clamp?: { low: number; high: number },
): Int8Array | Uint8Array {
  const signed = input.elementType === 'int8';
  const range = outputRange(output.elementType, clamp);
  const table = output.elementType === 'int8' ? new Int8Array(256) : new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) {
    const value = signed && byte > 127 ? byte - 256 : byte;
    const real = transform(dequantizeValue(value, from.scales[0], from.zeroPoints[0]));
    table[byte] = quantizeValue(real, to.scales[0], to.zeroPoints[0], range);
  }
  return table;
}
