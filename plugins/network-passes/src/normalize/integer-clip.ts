import { createTensorData, type ClipOperator, type Quantization, type Tensor } from '@autodnnchip/core';
import { addConstant } from '../constants.js';
import type { NetworkEditor } from '../network-editor.js';
import { isByteType } from '../quantize/quantized-tensors.js';

/**
 * Exporters narrow a range (7 bits, or -127 to 127) with a clip of integers between quantize and dequantize. It is a
 * requantisation to the same scale with a clamp; of a constant, another constant.
 */
export function turnIntegerClips(editor: NetworkEditor): void {
  for (const operator of editor.operators()) {
    if (operator.kind !== 'clip' || !editor.has(operator)) continue;
    const input = editor.tensor(operator.inputs[0]);
    const output = editor.tensor(operator.outputs[0]);
    if (!isByteType(input.elementType) || input.elementType !== output.elementType) continue;
    const quantization = output.quantization ?? input.quantization;
    if (input.role === 'constant') foldIntoConstant(editor, operator, input, quantization);
    else if (quantization !== undefined) becomeRequantize(editor, operator, quantization);
  }
}

function foldIntoConstant(
  editor: NetworkEditor,
  operator: ClipOperator,
  input: Tensor,
  quantization: Quantization | undefined,
): void {
  if (editor.isOutput(operator.outputs[0])) return;
  const { low, high } = operator.attributes;
  const { elementType, shape, data } = input;
  const clipped = data === undefined ? undefined : createTensorData(elementType, data.length);
  data?.forEach((value: number | bigint, index: number) => {
    if (clipped !== undefined) clipped[index] = Math.min(high, Math.max(low, Number(value)));
  });
  const constant = addConstant(editor, {
    name: `${input.name}_clipped`,
    elementType,
    shape,
    data: clipped,
    quantization,
  });
  editor.remove(operator);
  editor.redirect(operator.outputs[0], constant.name);
}

function becomeRequantize(editor: NetworkEditor, operator: ClipOperator, quantization: Quantization): void {
  for (const name of [operator.inputs[0], operator.outputs[0]]) {
    const tensor = editor.tensor(name);
    if (tensor.quantization === undefined) editor.setTensor({ ...tensor, quantization });
  }
  const { name, inputs, outputs, sourceType, attributes } = operator;
  editor.replace(operator, {
    name,
    kind: 'requantize',
    inputs,
    outputs,
    attributes: { clamp: { low: attributes.low, high: attributes.high } },
    sourceType,
  });
}
