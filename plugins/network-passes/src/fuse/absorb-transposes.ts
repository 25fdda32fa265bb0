import { elementCount, type FullyConnectedOperator, type TensorData } from '@autodnnchip/core';
import { addConstant } from '../constants.js';
import type { NetworkEditor } from '../network-editor.js';

/**
 * A fully connected layer that reads a flattened feature map whose dimensions were put in another order (as networks
 * with their channels last do) reads the map as it is instead, with the columns of its weights in that order.
 */
export function absorbTransposes(editor: NetworkEditor): void {
  for (const operator of editor.operators()) {
    if (operator.kind === 'fullyConnected' && editor.isConstant(operator.inputs[1])) absorbInto(editor, operator);
  }
}

function absorbInto(editor: NetworkEditor, layer: FullyConnectedOperator): void {
  const x = editor.tensor(layer.inputs[0]);
  let producer = editor.producer(x.name);
  while (producer?.kind === 'reshape') producer = editor.producer(producer.inputs[0]);
  if (producer?.kind !== 'transpose') return;
  const { permutation } = producer.attributes;
  const source = editor.tensor(producer.inputs[0]);
  if (
    permutation[0] !== 0 ||
    source.shape[0] !== x.shape[0] ||
    x.shape.length !== 2 ||
    source.elementType !== x.elementType
  )
    return;
  const weight = editor.tensor(layer.inputs[1]);
  const { name, elementType, shape, data, quantization } = weight;
  const columns = columnSources(source.shape, permutation);
  const turned = addConstant(editor, {
    name: `${name}_columns`,
    elementType,
    shape,
    quantization,
    data: data === undefined ? undefined : withColumns(data, columns),
  });
  const flat = editor.setTensor({ ...x, name: editor.freshName(`${source.name}_flat`), role: 'intermediate' });
  editor.add({
    name: `${layer.name}/flatten`,
    kind: 'reshape',
    inputs: [source.name],
    outputs: [flat.name],
    attributes: {},
    sourceType: 'Reshape',
  });
  editor.replace(layer, { ...layer, inputs: [flat.name, turned.name, ...layer.inputs.slice(2)] });
}

/** For each value of one image in its own order, its place among the permuted ones. */
function columnSources(shape: readonly number[], permutation: readonly number[]): Int32Array {
  const order = permutation.slice(1);
  const strides = new Array<number>(shape.length).fill(0);
  let stride = 1;
  for (const dimension of [...order].reverse()) {
    strides[dimension] = stride;
    stride *= shape[dimension];
  }
  const sources = new Int32Array(elementCount(shape.slice(1)));
  const position = new Array<number>(shape.length).fill(0);
  let source = 0;
  for (let index = 0; index < sources.length; index++) {
    sources[index] = source;
    for (let dimension = shape.length - 1; dimension > 0; dimension--) {
      source += strides[dimension];
      if (++position[dimension] < shape[dimension]) break;
      source -= strides[dimension] * shape[dimension];
      position[dimension] = 0;
    }
  }
  return sources;
}

function withColumns(data: TensorData, sources: Int32Array): TensorData {
  const result = data.slice();
  for (let row = 0; row < result.length; row += sources.length) {
    for (let column = 0; column < sources.length; column++) result[row + column] = data[row + sources[column]];
  }
  return result;
}
