import {
  createTensorData,
  elementCount,
  outputRange,
  quantizeValue,
  type Network,
  type Operator,
  type Quantization,
  type Tensor,
} from '@autodnnchip/core';
import { addConstant, constantValues } from '../constants.js';
import { NetworkEditor } from '../network-editor.js';
import type { QuantizationPlan } from './plan.js';
import { keepsQuantization, replaceByQuantized } from './quantized-operator.js';
import { quantizeWeights } from './quantize-weights.js';
import { ValueRange } from './value-range.js';

/**
 * Rewrites the planned operators of a float network to their quantised form, with a quantize operator wherever real
 * numbers come in and a dequantize operator wherever they are wanted. Integer tensors keep the name of the float tensor
 * they stand for, unless that is still there; then they are called `NAME_quantized`.
 * @param quantizationOf quantisation of each tensor of `plan.ranged`
 */
export function quantizeOperators(
  network: Network,
  plan: QuantizationPlan,
  quantizationOf: (tensor: string) => Quantization,
): Network {
  const editor = new NetworkEditor(network);
  /** Integer tensor that stands for a float tensor. */
  const integers = new Map<string, Tensor>();
  for (const operator of network.operators) {
    if (!plan.operators.has(operator)) continue;
    const inputs = quantizedInputs(editor, operator, integers, quantizationOf);
    const [name] = operator.outputs;
    const quantization = keepsQuantization(operator) ? editor.tensor(inputs[0]).quantization : quantizationOf(name);
    if (quantization === undefined) continue;
    const output = integerTensor(editor, plan, name, quantization);
    integers.set(name, output);
    replaceByQuantized(editor, operator, inputs, output);
    if (output.name !== name) {
      editor.add({
        name: `${name}_dequantize`,
        kind: 'dequantize',
        inputs: [output.name],
        outputs: [name],
        attributes: {},
        sourceType: 'DequantizeLinear',
      });
    }
  }
  return editor.finish();
}

/** The integer tensor in place of a computed float tensor; beside it where the float values are still read. */
function integerTensor(
  editor: NetworkEditor,
  plan: QuantizationPlan,
  name: string,
  quantization: Quantization,
): Tensor {
  const float = editor.tensor(name);
  const stillRead = editor.isOutput(name) || editor.consumers(name).some(reader => !plan.operators.has(reader));
  return editor.setTensor({
    name: stillRead ? editor.freshName(`${name}_quantized`) : name,
    elementType: 'int8',
    shape: float.shape,
    role: 'intermediate',
    quantization,
  });
}

function quantizedInputs(
  editor: NetworkEditor,
  operator: Operator,
  integers: Map<string, Tensor>,
  quantizationOf: (tensor: string) => Quantization,
): string[] {
  const integerInput = (name: string): Tensor => {
    const known =
      integers.get(name) ??
      (editor.isConstant(name) ? quantizeConstant(editor, name) : quantizeComputed(editor, name, quantizationOf(name)));
    integers.set(name, known);
    return known;
  };
  if (operator.kind === 'conv' || operator.kind === 'fullyConnected')
    return quantizeWeights(editor, operator, integerInput(operator.inputs[0]));
  return operator.inputs.map(name => integerInput(name).name);
}

function quantizeComputed(editor: NetworkEditor, name: string, quantization: Quantization): Tensor {
  const float = editor.tensor(name);
  const integer = editor.setTensor({
    name: editor.freshName(`${name}_quantized`),
    elementType: 'int8',
    shape: float.shape,
    role: 'intermediate',
    quantization,
  });
  editor.add({
    name: `${name}_quantize`,
    kind: 'quantize',
    inputs: [name],
    outputs: [integer.name],
    attributes: {},
    sourceType: 'QuantizeLinear',
  });
  return integer;
}

function quantizeConstant(editor: NetworkEditor, name: string): Tensor {
  const { shape } = editor.tensor(name);
  const values = constantValues(editor, name);
  const range = new ValueRange({ percentile: 100 });
  if (values !== undefined) range.add(values);
  const quantization = range.quantization();
  if (values === undefined)
    return addConstant(editor, {
      name: `${name}_quantized`,
      elementType: 'int8',
      shape,
      data: undefined,
      quantization,
    });
  const data = createTensorData('int8', elementCount(shape));
  const bounds = outputRange('int8');
  values.forEach((value, index) => {
    data[index] = quantizeValue(value, quantization.scales[0], quantization.zeroPoints[0], bounds);
  });
  return addConstant(editor, { name: `${name}_quantized`, elementType: 'int8', shape, data, quantization });
}
