import type { Operator } from '@autodnnchip/core';
import type { NetworkEditor } from '../network-editor.js';

/** Takes out operators that change nothing: reshape to the same shape, open clip, empty pad, concatenation of one, … */
export function removeIdentities(editor: NetworkEditor): void {
  for (const operator of editor.operators()) {
    if (editor.has(operator) && isIdentity(editor, operator)) editor.bypass(operator);
  }
}

function isIdentity(editor: NetworkEditor, operator: Operator): boolean {
  // Other operators may have no input at all.
  if (operator.kind === 'other') return false;
  const output = editor.tensor(operator.outputs[0]);
  const input = editor.tensor(operator.inputs[0]);
  const sameShape =
    input.shape.length === output.shape.length && input.shape.every((extent, axis) => extent === output.shape[axis]);
  if (!sameShape || input.elementType !== output.elementType) return false;
  switch (operator.kind) {
    case 'reshape':
      return true;
    case 'transpose':
      return operator.attributes.permutation.every((from, to) => from === to);
    case 'pad':
      return [...operator.attributes.before, ...operator.attributes.after].every(amount => amount === 0);
    case 'clip':
      return operator.attributes.low === -Infinity && operator.attributes.high === Infinity;
    case 'concat':
      return operator.inputs.length === 1;
    case 'spaceToDepth':
      return operator.attributes.block === 1;
    case 'maxPool':
      return isUnitWindow(operator.attributes) && operator.attributes.clamp === undefined;
    case 'averagePool':
      return isUnitWindow(operator.attributes) && output.quantization === undefined;
    case 'binary': {
      const neutral = operator.attributes.function === 'add' || operator.attributes.function === 'sub' ? 0 : 1;
      const second = editor.tensor(operator.inputs[1]);
      return (
        output.quantization === undefined &&
        operator.attributes.clamp === undefined &&
        second.data?.length === 1 &&
        second.role === 'constant' &&
        Number(second.data[0]) === neutral
      );
    }
    default:
      return false;
  }
}

function isUnitWindow(window: {
  kernel: readonly number[];
  stride: readonly number[];
  padding: readonly number[];
}): boolean {
  return (
    [...window.kernel, ...window.stride].every(extent => extent === 1) && window.padding.every(amount => amount === 0)
  );
}
