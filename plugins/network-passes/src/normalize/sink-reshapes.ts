import type { BinaryOperator, ClipOperator, Operator, ReshapeOperator, UnaryOperator } from '@autodnnchip/core';
import { addConstant, isFloatTensor } from '../constants.js';
import type { NetworkEditor } from '../network-editor.js';

type Elementwise = UnaryOperator | ClipOperator | BinaryOperator;

/**
 * Puts element-wise operators before the reshape that gives a fully connected layer's matrix its further dimensions: a
 * dense layer of a sequence ([1 1 C], as Keras writes them) then has its bias and activation beside it.
 */
export function sinkReshapes(editor: NetworkEditor): void {
  const products = new Set(
    editor.operators().flatMap(({ kind, outputs }) => (kind === 'fullyConnected' ? outputs : [])),
  );
  for (const operator of editor.operators()) {
    if (operator.kind !== 'unary' && operator.kind !== 'clip' && operator.kind !== 'binary') continue;
    if (!editor.has(operator) || !isFloatTensor(editor.tensor(operator.outputs[0]))) continue;
    const place = operator.inputs.findIndex(name => isSpreadMatrix(editor, products, editor.producer(name), operator));
    const matrix = place === -1 ? undefined : sink(editor, operator, place);
    if (matrix !== undefined) products.add(matrix);
  }
}

/** A reshape of such a matrix [rows K] to [... K] that `reader` alone reads. */
function isSpreadMatrix(
  editor: NetworkEditor,
  products: ReadonlySet<string>,
  reshape: Operator | undefined,
  reader: Operator,
): reshape is ReshapeOperator {
  if (reshape?.kind !== 'reshape' || editor.onlyConsumer(reshape.outputs[0]) !== reader) return false;
  const [from, to] = [editor.tensor(reshape.inputs[0]), editor.tensor(reshape.outputs[0])];
  return from.shape.length === 2 && to.shape.length > 2 && to.shape.at(-1) === from.shape[1] && products.has(from.name);
}

/** Gives the matrix that the operator makes now. */
function sink(editor: NetworkEditor, operator: Elementwise, place: number): string | undefined {
  const reshape = editor.producer(operator.inputs[place]) as ReshapeOperator;
  const matrix = editor.tensor(reshape.inputs[0]);
  const inputs = operator.inputs.map((name, index) =>
    index === place ? matrix.name : rowConstant(editor, name, matrix.shape[1]),
  );
  if (!inputs.every(name => name !== undefined)) return undefined;
  const output = editor.tensor(operator.outputs[0]);
  if (output.shape.length !== editor.tensor(reshape.outputs[0]).shape.length) return undefined;
  const between = editor.setTensor({
    ...matrix,
    name: editor.freshName(`${output.name}_matrix`),
    role: 'intermediate',
  });
  editor.remove(reshape);
  editor.replace(operator, { ...operator, inputs, outputs: [between.name] });
  editor.add({ ...reshape, inputs: [between.name], outputs: [output.name] });
  return between.name;
}

/** A constant that is the same for all rows, as [K] or of one value; undefined for any other tensor. */
function rowConstant(editor: NetworkEditor, name: string, columns: number): string | undefined {
  if (!editor.isConstant(name)) return undefined;
  const { shape, data, elementType } = editor.tensor(name);
  const width = shape.at(-1) ?? 1;
  if (shape.slice(0, -1).some(extent => extent !== 1) || (width !== 1 && width !== columns)) return undefined;
  return shape.length === 1
    ? name
    : addConstant(editor, { name: `${name}_row`, elementType, shape: [width], data }).name;
}
