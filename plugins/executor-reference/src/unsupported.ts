import { integerRange, type Network, type Operator, type Tensor, type UnsupportedOperator } from '@autodnnchip/core';

/** Operators that the executor has no rule for, and why. */
export function unsupportedOperators(network: Network): UnsupportedOperator[] {
  return network.operators.flatMap(operator => {
    const reason = reasonAgainst(operator, network);
    return reason === undefined ? [] : [{ name: operator.name, operator: operator.sourceType, reason }];
  });
}

function reasonAgainst(operator: Operator, network: Network): string | undefined {
  if (operator.kind === 'other') return operator.attributes.reason;
  if (operator.outputs.length !== 1) return 'it has several results';
  const tensors = [...operator.inputs, operator.outputs[0]]
    .filter(name => name !== '')
    .map(name => network.tensors.get(name));
  if (!tensors.every(tensor => tensor !== undefined)) return 'one of its tensors is not in the network';
  const y = tensors[tensors.length - 1];
  return (
    reasonAgainstShapes(operator, tensors[0], y) ??
    (isFloat(y) ? reasonAgainstFloat(operator, tensors[0]) : reasonAgainstInteger(operator, tensors))
  );
}

function reasonAgainstShapes({ kind }: Operator, x: Tensor, y: Tensor): string | undefined {
  const isWindow = kind === 'conv' || kind === 'maxPool' || kind === 'averagePool' || kind === 'globalAveragePool';
  return isWindow && (x.shape.length !== 4 || y.shape.length !== 4)
    ? 'only two-dimensional convolutions and pools have a rule'
    : undefined;
}

function reasonAgainstFloat({ kind }: Operator, x: Tensor): string | undefined {
  if (kind === 'dequantize') return withoutScale([x]);
  return kind === 'quantize' || kind === 'requantize' ? 'it has no integer type to quantise to' : undefined;
}

/** What the integer rules of `docs/integer-semantics.md` leave out. */
function reasonAgainstInteger(operator: Operator, tensors: readonly Tensor[]): string | undefined {
  const x = tensors[0];
  const y = tensors[tensors.length - 1];
  switch (operator.kind) {
    case 'softmax':
    case 'batchNormalization':
    case 'clip':
    case 'matMul':
      return 'it has a rule for real numbers only';
    case 'dequantize':
      return 'its result is not real';
    case 'binary':
      if (operator.attributes.function !== 'add' && operator.attributes.function !== 'mul')
        return 'it has a rule for real numbers only';
      return withoutScale(tensors) ?? withoutRange(y);
    case 'unary':
    case 'requantize': {
      const wide = [x, y].find(({ elementType }) => elementType !== 'int8' && elementType !== 'uint8');
      return wide === undefined
        ? withoutScale([x, y])
        : `its tensor '${wide.name}' is ${wide.elementType}; a table takes 8-bit integers`;
    }
    case 'conv':
    case 'fullyConnected':
      return withoutScale([x, tensors[1], y]) ?? withoutRange(y);
    case 'averagePool':
    case 'globalAveragePool':
      return withoutScale([x, y]) ?? withoutRange(y);
    case 'maxPool':
      return withoutRange(y);
    case 'quantize':
      return withoutScale([y]) ?? withoutRange(y);
    default:
      return undefined;
  }
}

function withoutScale(tensors: readonly Tensor[]): string | undefined {
  const tensor = tensors.find(({ quantization }) => quantization === undefined);
  return tensor === undefined
    ? undefined
    : `its tensor '${tensor.name}' has ${tensor.elementType} elements but no scale`;
}

function withoutRange({ name, elementType }: Tensor): string | undefined {
  return integerRange(elementType) === undefined ? `its tensor '${name}' is ${elementType}` : undefined;
}

function isFloat({ elementType }: Tensor): boolean {
  return elementType === 'float32' || elementType === 'float16' || elementType === 'float64';
}
