import {
  ChipError,
  convertElements,
  elementCount,
  type Network,
  type NumericArray,
  type Tensor,
} from '@autodnnchip/core';
import { runOperator } from './run-operator.js';
import { unsupportedOperators } from './unsupported.js';

export interface ExecutionOptions {
  /** `outputs` (the default) gives the network's outputs, `all` every computed tensor. */
  readonly keep?: 'all' | 'outputs';
}

/**
 * Runs a whole network, operator by operator in its order: integer operators in ONNX Runtime's unoptimised QLinear
 * arithmetic bit for bit (`docs/integer-semantics.md`), float operators in float64 rounded to float32 per tensor.
 * @param inputs one array per network input, by tensor name, of exactly its shape
 * @returns arrays by tensor name
 */
export function executeNetwork(
  network: Network,
  inputs: ReadonlyMap<string, NumericArray>,
  options: ExecutionOptions = {},
): Map<string, NumericArray> {
  refuseWhatCannotRun(network);
  const keepAll = options.keep === 'all';
  const values = new Map<string, NumericArray>();
  for (const name of network.inputs) values.set(name, inputFor(network, name, inputs));
  const uses = countUses(network);
  for (const operator of network.operators) {
    const valueOf = (name: string): NumericArray => values.get(name) ?? constant(network, name, operator.name);
    values.set(operator.outputs[0], runOperator({ operator, network, valueOf }));
    if (keepAll) continue;
    for (const name of operator.inputs) {
      const left = (uses.get(name) ?? 0) - 1;
      uses.set(name, left);
      if (left === 0) values.delete(name);
    }
  }
  if (keepAll) return values;
  return new Map(network.outputs.map(name => [name, values.get(name) ?? constant(network, name, 'the network')]));
}

/** How often each tensor is read; network outputs are read once more, at the end. */
function countUses(network: Network): Map<string, number> {
  const uses = new Map<string, number>();
  const read = (name: string): void => void uses.set(name, (uses.get(name) ?? 0) + 1);
  for (const operator of network.operators) operator.inputs.forEach(read);
  network.outputs.forEach(read);
  return uses;
}

function refuseWhatCannotRun(network: Network): void {
  const unknown = unsupportedOperators(network);
  if (unknown.length === 0) return;
  const list = unknown
    .slice(0, 20)
    .map(({ name, operator, reason }) => `${name} (${operator}): ${reason}`)
    .join(', ');
  throw new ChipError(
    'ADC3103',
    `The reference executor cannot run ${unknown.length} operator(s) of ${network.name}: ${list}${unknown.length > 20 ? ', …' : ''}.`,
    {
      location: { file: network.source, node: unknown[0].name },
    },
  );
}

function constant(network: Network, name: string, reader: string): NumericArray {
  const tensor = network.tensors.get(name);
  if (tensor?.data === undefined) {
    const why = network.weightless ? 'the network came without its weights' : 'nothing computes it';
    throw new ChipError('ADC3103', `Tensor '${name}', which ${reader} needs, has no values: ${why}.`, {
      location: { file: network.source },
    });
  }
  return { shape: tensor.shape, elementType: tensor.elementType, data: tensor.data };
}

function inputFor(network: Network, name: string, inputs: ReadonlyMap<string, NumericArray>): NumericArray {
  const tensor = network.tensors.get(name) as Tensor;
  const array = inputs.get(name);
  if (array === undefined) {
    throw new ChipError('ADC1105', `Input '${name}' of ${network.name} was not given.`, {
      location: { file: network.source },
      hint: `Inputs wanted: ${network.inputs.map(input => describe(network.tensors.get(input) as Tensor)).join('; ')}. Given: ${[...inputs.keys()].join(', ') || 'none'}.`,
    });
  }
  const fits =
    array.shape.length === tensor.shape.length && array.shape.every((extent, axis) => extent === tensor.shape[axis]);
  if (!fits || array.data.length !== elementCount(tensor.shape)) {
    throw new ChipError(
      'ADC1105',
      `Input '${name}' has shape [${array.shape.join(', ')}]; ${network.name} takes [${tensor.shape.join(', ')}].`,
      {
        location: { file: network.source, node: name },
        hint: 'Give one sample, in the order of dimensions that the network has.',
      },
    );
  }
  return convertElements(array, tensor.elementType);
}

function describe(tensor: Tensor): string {
  return `${tensor.name} ${tensor.elementType} [${tensor.shape.join(', ')}]`;
}
