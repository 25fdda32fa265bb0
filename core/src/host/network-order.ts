import type { Network } from '../network/index.js';

/**
 * What is wrong with a network that was read from outside, as a sentence; undefined when every operator reads only what
 * is known before it and everything is computed once.
 */
export function checkNetworkOrder(network: Network): string | undefined {
  const { inputs, outputs, operators, tensors, weightless } = network;
  const known = new Set<string>();
  for (const tensor of tensors.values()) {
    if (tensor.role !== 'constant') continue;
    if (tensor.data === undefined && !weightless) return `the constant '${tensor.name}' has no values`;
    known.add(tensor.name);
  }
  for (const name of inputs) {
    if (!tensors.has(name)) return `there is no tensor for the input '${name}'`;
    if (known.has(name)) return `the input '${name}' is there twice, or is a constant`;
    known.add(name);
  }
  for (const operator of operators) {
    for (const name of operator.inputs) {
      if (name !== '' && !known.has(name))
        return `the operator '${operator.name}' reads '${name}', which nothing before it computes`;
    }
    for (const name of operator.outputs) {
      if (!tensors.has(name)) return `there is no tensor for the result '${name}' of '${operator.name}'`;
      if (known.has(name)) return `'${name}' is computed twice`;
      known.add(name);
    }
  }
  const missing = outputs.find(name => !known.has(name));
  return missing === undefined ? undefined : `nothing computes the output '${missing}'`;
}
