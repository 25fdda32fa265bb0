import type { Operator } from '@autodnnchip/core';
import type { NetworkEditor } from '../network-editor.js';
import { keepsQuantization } from '../quantize/quantized-operator.js';

/**
 * Gives integer tensors that operators only move (maximum pool, reshape, transpose, …) the quantisation of what they are
 * moved from or to: model files state it only where arithmetic needs it.
 */
export function propagateQuantization(editor: NetworkEditor): void {
  const movers = editor.operators().filter(keepsQuantization);
  for (const operator of movers) copyQuantization(editor, operator.inputs[0], operator.outputs[0], operator);
  for (const operator of [...movers].reverse()) copyQuantization(editor, operator.outputs[0], operator.inputs[0], operator);
}

function copyQuantization(editor: NetworkEditor, from: string, to: string, operator: Operator): void {
  const { quantization, elementType } = editor.tensor(from);
  const target = editor.tensor(to);
  if (quantization === undefined || quantization.scales.length !== 1 || target.quantization !== undefined || target.elementType !== elementType) return;
  if (operator.outputs.length === 1) editor.setTensor({ ...target, quantization });
}
