import type { ElementType, Network, Operator, Quantization, Tensor, TensorData } from '@autodnnchip/core';

/** A tensor as far as a sketch needs it. */
export interface TensorSketch {
  readonly shape: readonly number[];
  readonly type?: ElementType;
  readonly quantization?: Quantization;
  readonly data?: TensorData;
}

/**
 * A network by hand. Tensors with data are constants; the first tensor that nothing computes is the input, tensors that
 * nothing reads are the outputs.
 */
export function sketchNetwork(
  tensors: Readonly<Record<string, TensorSketch>>,
  operators: readonly Omit<Operator, 'name' | 'sourceType'>[],
): Network {
  const named = operators.map(
    (operator, index) => ({ name: `${operator.kind}${index}`, sourceType: operator.kind, ...operator }) as Operator,
  );
  const read = new Set(named.flatMap(operator => operator.inputs));
  const written = new Set(named.flatMap(operator => operator.outputs));
  const roleOf = (name: string, { data }: TensorSketch): Tensor['role'] =>
    data !== undefined ? 'constant' : !written.has(name) ? 'input' : read.has(name) ? 'intermediate' : 'output';
  const all = Object.entries(tensors).map(([name, sketch]): Tensor => ({
    name,
    shape: sketch.shape,
    elementType: sketch.type ?? 'float32',
    role: roleOf(name, sketch),
    ...(sketch.quantization === undefined ? {} : { quantization: sketch.quantization }),
    ...(sketch.data === undefined ? {} : { data: sketch.data }),
  }));
  const ofRole = (role: Tensor['role']): string[] =>
    all.filter(tensor => tensor.role === role).map(tensor => tensor.name);
  return {
    name: 'sketch',
    source: 'test',
    inputs: ofRole('input'),
    outputs: ofRole('output'),
    operators: named,
    tensors: new Map(all.map(tensor => [tensor.name, tensor])),
    weightless: false,
  };
}
