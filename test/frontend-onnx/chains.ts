import { encodeModel, floats, type ModelSpec, type NodeSpec } from './onnx-writer.js';

export const chainKinds = ['relu', 'identity', 'conv', 'named', 'residual', 'concat', 'fan', 'outputs'] as const;
export type ChainKind = (typeof chainKinds)[number];

/**
 * A network of `length` nodes: one after another (`relu`, `identity`, `conv`, and `named` with long names that begin
 * alike), every second one adding what was two before (`residual`) or joining its input with itself (`concat`), or all
 * of them side by side, joined (`fan`) or each making an output of the network (`outputs`).
 */
export function encodeChain(kind: ChainKind, length: number): Uint8Array {
  const shape = [1, 4, 4, 4];
  const nodes: NodeSpec[] = [];
  let previous = 'x';
  let before = 'x';
  for (let index = 0; index < length; index++) {
    const output = `t${index}`;
    nodes.push({
      ...nodeOf(kind, index, previous, before),
      name: `${kind === 'named' ? longBeginning : ''}n${index}`,
      outputs: [output],
    });
    [before, previous] = [previous, output];
  }
  if (kind === 'fan') {
    nodes.push({
      operator: 'Concat',
      name: 'joined',
      inputs: nodes.map(({ outputs }) => outputs?.[0] ?? ''),
      outputs: ['y'],
      attributes: { axis: 1 },
    });
    previous = 'y';
  }
  const weights =
    kind === 'concat'
      ? [floats('w', [4, 8, 1, 1])]
      : kind === 'conv' || kind === 'named'
        ? [floats('w', [4, 4, 1, 1])]
        : [];
  const channels = kind === 'fan' ? 4 * length : kind === 'concat' && length % 2 === 1 ? 8 : 4;
  const outputs = kind === 'outputs' ? nodes.map((_, index) => `t${index}`) : [previous];
  const spec: ModelSpec = {
    nodes,
    initializers: weights,
    inputs: [{ name: 'x', type: 'float', shape }],
    outputs: outputs.map(name => ({ name, type: 'float', shape: [1, channels, 4, 4] })),
  };
  return encodeModel(spec);
}

/** Longer than the names of graph nodes, so that they differ in a number alone. */
const longBeginning = 'a/block/of/a/network/that/has/blocks/within/blocks/within/blocks/'.repeat(2);

function nodeOf(kind: ChainKind, index: number, previous: string, before: string): NodeSpec {
  const isOdd = index % 2 === 1;
  switch (kind) {
    case 'relu':
      return { operator: 'Relu', inputs: [previous] };
    case 'identity':
      return { operator: 'Identity', inputs: [previous] };
    case 'conv':
    case 'named':
      return { operator: 'Conv', inputs: [previous, 'w'] };
    case 'residual':
      return isOdd ? { operator: 'Add', inputs: [previous, before] } : { operator: 'Relu', inputs: [previous] };
    case 'concat':
      return isOdd
        ? { operator: 'Conv', inputs: [previous, 'w'] }
        : { operator: 'Concat', inputs: [previous, previous], attributes: { axis: 1 } };
    case 'fan':
      return { operator: 'Relu', inputs: ['x'] };
    case 'outputs':
      return { operator: 'Identity', inputs: ['x'] };
  }
}
