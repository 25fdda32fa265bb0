import { elementCount, knownShape, productOf, type Network, type Operator } from '@autodnnchip/core';

/** Inputs that a network computes together by its own shapes. */
export interface FileBatch {
  readonly batch: number;
  /** The network is one of matrices: its layers are of all rows together. */
  readonly inLayers: boolean;
}

const one: FileBatch = { batch: 1, inLayers: false };

/**
 * The batch of a network is the leading extent that all its inputs and outputs have. Matrices of one input after
 * another lie in the same rows, so they are a batch only where every operator keeps rows apart; a layer then takes them
 * together, as one product.
 */
export function fileBatchOf(network: Network, isConstant: (tensor: string) => boolean): FileBatch {
  const { tensors, inputs, outputs, operators } = network;
  const shapes = [...inputs, ...outputs.filter(name => !isConstant(name))].map(name => knownShape(name, tensors) ?? []);
  const batch = shapes[0]?.[0] ?? 1;
  if (batch <= 1 || shapes.some(shape => shape.length < 2 || shape[0] !== batch)) return one;
  if (inputs.every(name => tensors.get(name)?.shape.length === 2)) {
    return operators.every(operator => keepsRows(operator, batch, network, isConstant))
      ? { batch, inLayers: true }
      : one;
  }
  return operators.every(operator => isDivisible(operator, batch, network, isConstant))
    ? { batch, inLayers: false }
    : one;
}

/** Whether the maps that an operator reads and makes are as many parts as there are inputs. */
function isDivisible(
  operator: Operator,
  batch: number,
  { tensors }: Network,
  isConstant: (tensor: string) => boolean,
): boolean {
  const product = productOf(operator);
  if (product !== undefined && product.form !== 'matrix' && (knownShape(product.x, tensors)?.[0] ?? 0) % batch !== 0)
    return false;
  return [...operator.inputs, ...operator.outputs].every(name => {
    const shape = knownShape(name, tensors);
    return isConstant(name) || shape === undefined || elementCount(shape) % batch === 0;
  });
}

function keepsRows(
  operator: Operator,
  rows: number,
  { tensors }: Network,
  isConstant: (tensor: string) => boolean,
): boolean {
  const computed = operator.inputs.filter(name => !isConstant(name));
  if (computed.length === 0) return true;
  const leads = (name: string): boolean =>
    (tensors.get(name)?.shape.length ?? 0) >= 2 && tensors.get(name)?.shape[0] === rows;
  if (![...computed, ...operator.outputs].every(leads)) return false;
  const product = productOf(operator);
  if (product !== undefined) return product.form === 'matrix' && !product.transposed && isConstant(product.weight);
  switch (operator.kind) {
    case 'unary':
    case 'clip':
    case 'binary':
    case 'batchNormalization':
    case 'reshape':
    case 'quantize':
    case 'dequantize':
    case 'requantize':
      return true;
    case 'softmax':
    case 'concat':
      return operator.attributes.axis !== 0;
    case 'other':
      return ['Identity', 'Dropout', 'Cast'].includes(operator.sourceType);
    default:
      return false;
  }
}
