import type {
  AveragePoolOperator,
  ConvOperator,
  MaxPoolOperator,
  Operator,
  PadOperator,
  Tensor,
} from '@autodnnchip/core';
import { isFloatTensor } from '../constants.js';
import type { NetworkEditor } from '../network-editor.js';

type WindowOperator = ConvOperator | MaxPoolOperator | AveragePoolOperator;

/**
 * Folds explicit padding of rows and columns into the window operators that read it, where the result stays the same.
 */
export function foldPadding(editor: NetworkEditor): void {
  for (const pad of editor.operators()) {
    if (pad.kind !== 'pad' || editor.isOutput(pad.outputs[0]) || !padsRowsAndColumnsOnly(editor, pad)) continue;
    const readers = editor.consumers(pad.outputs[0]);
    if (readers.length === 0 || !readers.every(reader => mayTakePadding(editor, pad, reader))) continue;
    for (const reader of readers) editor.replace(reader, withPadding(reader as WindowOperator, pad));
    editor.remove(pad);
  }
}

function padsRowsAndColumnsOnly(editor: NetworkEditor, pad: PadOperator): boolean {
  const { before, after } = pad.attributes;
  return (
    editor.tensor(pad.inputs[0]).shape.length === 4 &&
    [before[0], before[1], after[0], after[1]].every(amount => amount === 0) &&
    [...before, ...after].every(amount => amount >= 0)
  );
}

function mayTakePadding(editor: NetworkEditor, pad: PadOperator, reader: Operator): boolean {
  if (reader.inputs[0] !== pad.outputs[0] || reader.inputs.indexOf(pad.outputs[0], 1) !== -1) return false;
  const input = editor.tensor(pad.inputs[0]);
  const isZero = pad.attributes.value === realZero(input);
  if (reader.kind === 'conv') return isZero;
  if (reader.kind === 'averagePool') {
    // The padded zeros were counted as values; the pool's own padding must then be counted too, or be absent.
    const own = reader.attributes.padding.some(amount => amount !== 0);
    return isZero && (!own || reader.attributes.countIncludePad);
  }
  if (reader.kind !== 'maxPool') return false;
  // Padding of a maximum pool never wins. The constant may not win either, and every window must reach a real value.
  const { kernel, dilation, padding } = reader.attributes;
  const { before, after } = pad.attributes;
  const reach = (axis: 0 | 1): number => dilation[axis] * (kernel[axis] - 1);
  const touches = ([0, 1] as const).every(
    axis => before[axis + 2] + padding[axis] <= reach(axis) && after[axis + 2] + padding[axis + 2] <= reach(axis),
  );
  return touches && pad.attributes.value <= smallestValue(editor, pad.inputs[0]);
}

/** The value that stands for 0 in a tensor. */
function realZero(tensor: Tensor): number {
  return isFloatTensor(tensor) ? 0 : (tensor.quantization?.zeroPoints[0] ?? 0);
}

/** A lower bound of a tensor's values, from what computes it. */
function smallestValue(editor: NetworkEditor, name: string): number {
  const tensor = editor.tensor(name);
  const producer = editor.producer(name);
  const range = { int8: -128, uint8: 0 }[tensor.elementType as string] ?? -Infinity;
  if (producer === undefined) return range;
  if (producer.kind === 'unary' && isFloatTensor(tensor))
    return ['relu', 'sigmoid', 'hardSigmoid', 'exp', 'sqrt', 'abs'].includes(producer.attributes.function) ? 0 : range;
  if (producer.kind === 'clip') return Math.max(range, producer.attributes.low);
  if (
    (producer.kind === 'maxPool' || producer.kind === 'reshape' || producer.kind === 'spaceToDepth') &&
    !('clamp' in producer.attributes)
  )
    return smallestValue(editor, producer.inputs[0]);
  if ('clamp' in producer.attributes && producer.attributes.clamp !== undefined)
    return Math.max(range, producer.attributes.clamp.low);
  return range;
}

function withPadding(reader: WindowOperator, pad: PadOperator): Operator {
  const { before, after } = pad.attributes;
  const [top, left, bottom, right] = reader.attributes.padding;
  const padding = [top + before[2], left + before[3], bottom + after[2], right + after[3]] as const;
  const inputs = reader.inputs.map((name, index) => (index === 0 ? pad.inputs[0] : name));
  switch (reader.kind) {
    case 'conv':
      return { ...reader, inputs, attributes: { ...reader.attributes, padding } };
    case 'maxPool':
      return { ...reader, inputs, attributes: { ...reader.attributes, padding } };
    case 'averagePool':
      return { ...reader, inputs, attributes: { ...reader.attributes, padding, countIncludePad: true } };
  }
}
