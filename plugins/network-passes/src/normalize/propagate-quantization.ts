import type { Operator } from '@autodnnchip/core';
import type { NetworkEditor } from '../network-editor.js';
import { perTensor } from '../quantize/quantization.js';
import { keepsQuantization } from '../quantize/quantized-operator.js';

/**
 * Gives integer tensors that operators only move (maximum pool, reshape, transpose, …) the quantisation of what they
 * are moved from or to: model files state it only where arithmetic needs it.
 */
export function propagateQuantization(editor: NetworkEditor): void {
  const movers = editor.operators().filter(keepsQuantization);
  for (const operator of movers) copyQuantization(editor, operator.inputs[0], operator.outputs[0], operator);
  for (const operator of [...movers].reverse())
    copyQuantization(editor, operator.outputs[0], operator.inputs[0], operator);
}

function copyQuantization(editor: NetworkEditor, from: string, to: string, operator: Operator): void {
  const { quantization, elementType } = editor.tensor(from);
  const target = editor.tensor(to);
  if (
    quantization === undefined ||
    quantization.scales.length !== 1 ||
    target.quantization !== undefined ||
    target.elementType !== elementType
  )
    return;
  if (operator.outputs.length === 1) editor.setTensor({ ...target, quantization });
}

/**
 * A quantised network that was read without weights lacks the scales that are kept with them, such as those per
 * channel. For prediction any will do: 8-bit tensors get scale 1 and zero point 0.
 */
export function assumeMissingQuantization(editor: NetworkEditor): void {
  if (!editor.network.weightless) return;
  for (const operator of editor.operators()) {
    for (const name of [...operator.inputs, ...operator.outputs]) {
      const tensor = name === '' ? undefined : editor.tensor(name);
      if (tensor === undefined || tensor.quantization !== undefined) continue;
      if (tensor.elementType === 'int8' || tensor.elementType === 'uint8')
        editor.setTensor({ ...tensor, quantization: perTensor(1, 0) });
    }
  }
}
