import type { BinaryOperator, MatMulOperator, Tensor, TensorData } from '@autodnnchip/core';
import { addConstant, constantValues, isFloatTensor } from '../constants.js';
import type { NetworkEditor } from '../network-editor.js';

/** Float `x - c` becomes `x + (-c)` and `x / c` becomes `x * (1/c)`, so that only sums and products are left for hardware. */
export function turnConstantOperands(editor: NetworkEditor): void {
  for (const operator of editor.operators()) {
    if (operator.kind !== 'binary' || !editor.isConstant(operator.inputs[1])) continue;
    const { function: name } = operator.attributes;
    if ((name !== 'sub' && name !== 'div') || !isFloatTensor(editor.tensor(operator.outputs[0]))) continue;
    const constant = editor.tensor(operator.inputs[1]);
    const values = constantValues(editor, constant.name);
    if (values === undefined && constant.data !== undefined) continue;
    const turned = values?.map((value) => (name === 'sub' ? -value : 1 / value));
    const replacement = addConstant(editor, { name: `${constant.name}_${name === 'sub' ? 'negated' : 'inverse'}`, elementType: 'float32', shape: constant.shape, data: turned });
    const rewritten: BinaryOperator = {
      ...operator, inputs: [operator.inputs[0], replacement.name],
      attributes: { ...operator.attributes, function: name === 'sub' ? 'add' : 'mul' },
    };
    editor.replace(operator, rewritten);
  }
}

/**
 * A matrix product of `[M C]` with a constant `[C K]`, plain or behind a dequantize, becomes a fully connected layer with
 * weights `[K C]`.
 */
export function turnMatrixProducts(editor: NetworkEditor): void {
  for (const operator of editor.operators()) {
    if (operator.kind !== 'matMul') continue;
    const [x, right] = operator.inputs;
    if (editor.tensor(x).shape.length !== 2 || editor.tensor(right).shape.length !== 2) continue;
    const weights = transposedWeights(editor, right);
    if (weights !== undefined) becomeFullyConnected(editor, operator, weights);
  }
}

function becomeFullyConnected(editor: NetworkEditor, operator: MatMulOperator, weights: string): void {
  editor.replace(operator, { ...operator, kind: 'fullyConnected', inputs: [operator.inputs[0], weights], attributes: {} });
}

/** Transposes through a dequantize: weights stay quantised. */
export function turnTransposedWeights(editor: NetworkEditor): void {
  for (const operator of editor.operators()) {
    if (operator.kind !== 'transpose' || editor.tensor(operator.inputs[0]).shape.length !== 2) continue;
    if (operator.attributes.permutation[0] !== 1 || editor.isOutput(operator.outputs[0])) continue;
    const weights = transposedWeights(editor, operator.inputs[0]);
    if (weights === undefined) continue;
    editor.redirect(operator.outputs[0], weights);
    editor.remove(operator);
  }
}

/** Name of the transposed form of a two-dimensional constant or dequantized constant; undefined for anything else. */
function transposedWeights(editor: NetworkEditor, name: string): string | undefined {
  if (editor.isConstant(name)) return addTransposed(editor, editor.tensor(name)).name;
  const producer = editor.producer(name);
  if (producer?.kind !== 'dequantize' || !editor.isConstant(producer.inputs[0])) return undefined;
  const turned = addTransposed(editor, editor.tensor(producer.inputs[0]));
  const output = editor.tensor(name);
  const result = editor.setTensor({ ...output, name: editor.freshName(`${name}_transposed`), shape: turned.shape });
  editor.add({ ...producer, name: `${producer.name}_transposed`, inputs: [turned.name], outputs: [result.name] });
  return result.name;
}

function addTransposed(editor: NetworkEditor, tensor: Tensor): Tensor {
  const [rows, columns] = tensor.shape;
  const { quantization } = tensor;
  return addConstant(editor, {
    name: `${tensor.name}_transposed`, elementType: tensor.elementType, shape: [columns, rows],
    data: tensor.data === undefined ? undefined : transposeData(tensor.data, rows, columns),
    quantization: quantization?.axis === undefined ? quantization : { ...quantization, axis: 1 - quantization.axis },
  });
}

function transposeData(data: TensorData, rows: number, columns: number): TensorData {
  const result = data.slice();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = data[row * columns + column];
  }
  return result;
}
