import {
  dequantizeValue,
  elementCount,
  outputRange,
  unaryFunction,
  type Network,
  type Operator,
  type Tensor,
} from '@autodnnchip/core';

/**
 * How far the results of a network that was quantised after training may be from the float network's: half a step of
 * the scale wherever values are rounded (a whole one, as zero points are rounded too), carried through every operator
 * by the largest factor that it has. By tensor name; an operator without a rule gives Infinity, which proves nothing.
 */
export function errorBounds(network: Network): Map<string, number> {
  const bounds = new Map<string, number>(network.inputs.map(name => [name, 0]));
  for (const operator of network.operators) {
    const before = operator.inputs.map(name => bounds.get(name) ?? 0);
    const output = network.tensors.get(operator.outputs[0]) as Tensor;
    const rounding = operator.kind === 'dequantize' ? 0 : (output.quantization?.scales[0] ?? 0);
    const bound = carried(network, operator, before) + (moves.has(operator.kind) ? 0 : rounding);
    bounds.set(output.name, Number.isNaN(bound) ? Infinity : bound);
  }
  return bounds;
}

const moves: ReadonlySet<Operator['kind']> = new Set(['reshape', 'transpose', 'spaceToDepth', 'maxPool']);

function carried(network: Network, operator: Operator, before: readonly number[]): number {
  const tensor = (index: number): Tensor => network.tensors.get(operator.inputs[index]) as Tensor;
  switch (operator.kind) {
    case 'quantize':
    case 'dequantize':
    case 'requantize':
    case 'maxPool':
    case 'averagePool':
    case 'globalAveragePool':
    case 'reshape':
    case 'transpose':
    case 'spaceToDepth':
    case 'pad':
    case 'concat':
    case 'clip':
      return Math.max(...before);
    case 'binary': {
      // Constants are rounded as well.
      const [a, b] = [0, 1].map(
        index => before[index] + (tensor(index).role === 'constant' ? (tensor(index).quantization?.scales[0] ?? 0) : 0),
      );
      if (operator.attributes.function !== 'mul') return a + b;
      return a * largest(tensor(1)) + b * largest(tensor(0)) + a * b;
    }
    case 'conv':
    case 'fullyConnected':
      return throughWeights(tensor(0), tensor(1), before[0]);
    case 'unary':
      return throughTable(
        tensor(0),
        unaryFunction(operator.attributes.function, operator.attributes.alpha, operator.attributes.beta),
        before[0],
      );
    default:
      return Infinity;
  }
}

/** Largest magnitude of an 8-bit tensor's values. */
function largest({ quantization, elementType }: Tensor): number {
  if (quantization === undefined) return Infinity;
  const { low, high } = outputRange(elementType);
  return Math.max(
    ...[low, high].map(value => Math.abs(dequantizeValue(value, quantization.scales[0], quantization.zeroPoints[0]))),
  );
}

/** Errors of the input times weights, and half a step of every weight times the input. */
function throughWeights(x: Tensor, { data, quantization, shape }: Tensor, error: number): number {
  if (data === undefined || quantization === undefined) return Infinity;
  const inner = elementCount(shape.slice(1));
  let worst = 0;
  for (let channel = 0; channel < shape[0]; channel++) {
    const entry = quantization.scales.length === 1 ? 0 : channel;
    let sum = 0;
    for (let index = channel * inner; index < (channel + 1) * inner; index++)
      sum += Math.abs(Number(data[index]) - quantization.zeroPoints[entry]);
    worst = Math.max(worst, quantization.scales[entry] * (sum * error + (inner / 2) * (largest(x) + error)));
  }
  return worst;
}

function throughTable(
  { quantization, elementType }: Tensor,
  compute: (value: number) => number,
  error: number,
): number {
  if (quantization === undefined) return Infinity;
  const { low, high } = outputRange(elementType);
  let worst = 0;
  for (let level = low; level <= high; level++) {
    const value = dequantizeValue(level, quantization.scales[0], quantization.zeroPoints[0]);
    const exact = compute(value);
    if (Number.isNaN(exact)) continue;
    for (const moved of [compute(value - error), compute(value + error)])
      worst = Math.max(worst, Math.abs((Number.isNaN(moved) ? compute(0) : moved) - exact));
  }
  return worst;
}
