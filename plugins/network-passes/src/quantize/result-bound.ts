import {
  dequantizeValue,
  elementCount,
  outputRange,
  unaryFunction,
  type ConvOperator,
  type FullyConnectedOperator,
  type Operator,
} from '@autodnnchip/core';
import { realClamp } from '../fuse/fuse-activations.js';
import type { NetworkEditor } from '../network-editor.js';
import { integersBehind, isBytes, realConstant } from './quantized-tensors.js';

/** Real numbers from `low` to `high`. */
export interface RealRange {
  readonly low: number;
  readonly high: number;
}

/**
 * Bounds of what a float operator can give whose inputs are dequantised integers: from the range of those integers and,
 * for sums of products, from the weights. Undefined where an input has no known range or values are missing.
 */
export function resultBound(editor: NetworkEditor, operator: Operator): RealRange | undefined {
  const ranges = operator.inputs.map(name => (name === '' ? undefined : inputRange(editor, name)));
  const [x, other] = ranges;
  if (x === undefined) return undefined;
  switch (operator.kind) {
    case 'conv':
    case 'fullyConnected':
      return within(operator.attributes.clamp, productBound(editor, operator, x));
    case 'binary': {
      if (other === undefined) return undefined;
      const corners = [x.low, x.high].flatMap(a =>
        [other.low, other.high].map(b => (operator.attributes.function === 'add' ? a + b : a * b)),
      );
      return within(operator.attributes.clamp, hull(corners));
    }
    case 'averagePool':
      return hull([x.low, x.high, 0]);
    case 'globalAveragePool':
    case 'maxPool':
      return x;
    case 'pad':
      return hull([x.low, x.high, operator.attributes.value]);
    case 'concat':
      return ranges.every(range => range !== undefined)
        ? hull(ranges.flatMap(({ low, high }) => [low, high]))
        : undefined;
    case 'clip':
      return within(realClamp(operator), x);
    case 'unary':
      return tableBound(
        editor,
        operator.inputs[0],
        unaryFunction(operator.attributes.function, operator.attributes.alpha, operator.attributes.beta),
      );
    default:
      return undefined;
  }
}

function productBound(
  editor: NetworkEditor,
  operator: ConvOperator | FullyConnectedOperator,
  x: RealRange,
): RealRange | undefined {
  const [, weightName, biasName] = operator.inputs;
  const weights = realConstant(editor, weightName);
  const hasBias = biasName !== undefined && biasName !== '';
  const bias = hasBias ? realConstant(editor, biasName) : undefined;
  if (weights === undefined || (hasBias && bias === undefined)) return undefined;
  const isPadded = operator.kind === 'conv' && operator.attributes.padding.some(amount => amount > 0);
  const { low, high } = isPadded ? hull([x.low, x.high, 0]) : x;
  const { shape } = editor.tensor(weightName);
  const inner = elementCount(shape.slice(1));
  let [lowest, highest] = [Infinity, -Infinity];
  for (let channel = 0; channel < shape[0]; channel++) {
    let [least, most] = [bias?.[channel] ?? 0, bias?.[channel] ?? 0];
    for (let index = channel * inner; index < (channel + 1) * inner; index++) {
      const [a, b] = [weights[index] * low, weights[index] * high];
      least += Math.min(a, b);
      most += Math.max(a, b);
    }
    lowest = Math.min(lowest, least);
    highest = Math.max(highest, most);
  }
  return { low: lowest, high: highest };
}

function tableBound(editor: NetworkEditor, name: string, compute: (value: number) => number): RealRange | undefined {
  const source = integersBehind(editor, name);
  const tensor = source === undefined ? undefined : editor.tensor(source);
  if (tensor === undefined || !isBytes(tensor)) return undefined;
  const { low, high } = outputRange(tensor.elementType);
  const [scale, zeroPoint] = [tensor.quantization.scales[0], tensor.quantization.zeroPoints[0]];
  return hull(
    Array.from({ length: high - low + 1 }, (_, index) => compute(dequantizeValue(low + index, scale, zeroPoint))),
  );
}

/**
 * Range of an operator's input: of a constant its values, otherwise that of the integers behind it, narrowed by what
 * clamps them.
 */
function inputRange(editor: NetworkEditor, name: string): RealRange | undefined {
  const constant = realConstant(editor, name);
  if (constant !== undefined) return hull(constant);
  const source = integersBehind(editor, name);
  if (source === undefined) return undefined;
  const tensor = editor.tensor(source);
  if (!isBytes(tensor)) return undefined;
  const range = outputRange(tensor.elementType, integerClamp(editor, source));
  const [scale, zeroPoint] = [tensor.quantization.scales[0], tensor.quantization.zeroPoints[0]];
  return { low: dequantizeValue(range.low, scale, zeroPoint), high: dequantizeValue(range.high, scale, zeroPoint) };
}

/** The clamp on a quantised tensor, looked for through operators that move values or average them on the same scale. */
function integerClamp(editor: NetworkEditor, name: string): RealRange | undefined {
  const producer = editor.producer(name);
  if (producer === undefined) return undefined;
  if ('clamp' in producer.attributes && producer.attributes.clamp !== undefined) return producer.attributes.clamp;
  const { quantization, elementType } = editor.tensor(name);
  if (producer.kind === 'unary' && producer.attributes.function === 'relu' && quantization !== undefined) {
    return { low: quantization.zeroPoints[0], high: outputRange(elementType).high };
  }
  const source = editor.tensor(producer.inputs[0]);
  const keepsScale =
    source.elementType === elementType &&
    source.quantization?.scales[0] === quantization?.scales[0] &&
    source.quantization?.zeroPoints[0] === quantization?.zeroPoints[0];
  const moves = ['reshape', 'transpose', 'spaceToDepth', 'maxPool', 'globalAveragePool', 'requantize'].includes(
    producer.kind,
  );
  return moves && keepsScale ? integerClamp(editor, source.name) : undefined;
}

function within(clamp: RealRange | undefined, range: RealRange | undefined): RealRange | undefined {
  if (range === undefined || clamp === undefined) return range;
  const into = (value: number): number => Math.min(clamp.high, Math.max(clamp.low, value));
  return { low: into(range.low), high: into(range.high) };
}

function hull(values: ArrayLike<number>): RealRange {
  let [low, high] = [Infinity, -Infinity];
  for (let index = 0; index < values.length; index++) {
    low = Math.min(low, values[index]);
    high = Math.max(high, values[index]);
  }
  return { low, high };
}
