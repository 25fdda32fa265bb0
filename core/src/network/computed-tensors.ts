import type { Network } from './network.js';
import type { Operator } from './operator.js';

/** Operators whose results differ from run to run though their inputs do not. */
const random: ReadonlySet<string> = new Set([
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Bernoulli',
  'Multinomial',
]);

/**
 * Names of all tensors that have one value whatever the network's inputs are: constants, and what is computed from
 * constants only, such as weights that are stored quantised, transposed or reshaped.
 */
export function constantTensors({ tensors, operators }: Pick<Network, 'tensors' | 'operators'>): ReadonlySet<string> {
  const constant = new Set<string>();
  for (const { name, role } of tensors.values()) if (role === 'constant') constant.add(name);
  for (const operator of operators) {
    if (!isRandom(operator) && operator.inputs.length > 0 && operator.inputs.every(name => constant.has(name)))
      operator.outputs.forEach(name => constant.add(name));
  }
  return constant;
}

function isRandom({ kind, sourceType }: Operator): boolean {
  return kind === 'other' && random.has(sourceType);
}
