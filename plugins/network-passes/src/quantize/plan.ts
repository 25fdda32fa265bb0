import { passingOperators, type Network, type Operator } from '@autodnnchip/core';
import { isFloatTensor } from '../constants.js';
import { keepsQuantization } from './quantized-operator.js';

/** What is computed on integers. */
export interface QuantizationPlan {
  /** Operators that get a quantised form. */
  readonly operators: ReadonlySet<Operator>;
  /** Tensors that need a scale of their own, in order of computation. */
  readonly ranged: readonly string[];
}

/**
 * Kinds that compute: they are quantised wherever they are. Others are, unless all they read is real numbers anyway.
 */
const heavy: ReadonlySet<string> = new Set(['conv', 'fullyConnected', 'averagePool', 'globalAveragePool', 'maxPool']);
const light: ReadonlySet<string> = new Set([
  'binary',
  'concat',
  'reshape',
  'transpose',
  'spaceToDepth',
  'pad',
  'unary',
  'clip',
]);

/** Decides which operators of a float network get a quantised form. */
export function planQuantization(network: Network): QuantizationPlan {
  const operators = new Set<Operator>();
  const ranged = new Set<string>();
  const leftFloat = new Set<string>();
  const passing = passingOperators(network);
  for (const operator of network.operators) {
    if (
      passing.has(operator) ||
      !hasQuantizedForm(network, operator) ||
      (light.has(operator.kind) && computedInputs(network, operator).every(name => leftFloat.has(name)))
    ) {
      for (const name of operator.outputs) leftFloat.add(name);
      continue;
    }
    operators.add(operator);
    for (const name of computedInputs(network, operator))
      if (leftFloat.has(name) || network.inputs.includes(name)) ranged.add(name);
    if (!keepsQuantization(operator)) ranged.add(operator.outputs[0]);
  }
  return { operators, ranged: [...ranged] };
}

function computedInputs(network: Network, operator: Operator): string[] {
  return operator.inputs.filter(name => name !== '' && network.tensors.get(name)?.role !== 'constant');
}

function hasQuantizedForm(network: Network, operator: Operator): boolean {
  if (!heavy.has(operator.kind) && !light.has(operator.kind)) return false;
  const tensors = [...operator.inputs, ...operator.outputs]
    .filter(name => name !== '')
    .map(name => network.tensors.get(name));
  if (tensors.some(tensor => tensor === undefined || !isFloatTensor(tensor))) return false;
  if (operator.kind === 'binary')
    return operator.attributes.function === 'add' || operator.attributes.function === 'mul';
  if (operator.kind === 'conv' || operator.kind === 'fullyConnected') {
    return operator.inputs.slice(1).every(name => name === '' || network.tensors.get(name)?.role === 'constant');
  }
  return computedInputs(network, operator).length > 0;
}
