import type { Network } from './network.js';
import type { Operator } from './operator.js';

/** Outputs of a network that nothing computes: its own inputs, and constants. */
export function directOutputs({ outputs, tensors }: Network): readonly string[] {
  return outputs.filter(name => {
    const role = tensors.get(name)?.role;
    return role === 'input' || role === 'constant';
  });
}

const moving: ReadonlySet<Operator['kind']> = new Set(['reshape', 'transpose']);

/**
 * Operators that only hand inputs or constants of the network on to its outputs, in another shape or order of
 * dimensions: nothing is computed on the way, so the values stay what they are, whatever the rest of the network is
 * quantised to.
 */
export function passingOperators({ inputs, operators, tensors }: Network): ReadonlySet<Operator> {
  const given = new Set(inputs);
  const passing = new Set<Operator>();
  for (const operator of operators) {
    if (
      !moving.has(operator.kind) ||
      !operator.inputs.every(name => given.has(name) || tensors.get(name)?.role === 'constant')
    )
      continue;
    passing.add(operator);
    for (const name of operator.outputs) given.add(name);
  }
  if (passing.size === 0) return passing;
  const readElsewhere = new Set<string>();
  for (const operator of [...operators].reverse()) {
    if (passing.has(operator) && !operator.outputs.some(name => readElsewhere.has(name))) continue;
    passing.delete(operator);
    for (const name of operator.inputs) readElsewhere.add(name);
  }
  return passing;
}
