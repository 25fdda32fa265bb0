import { toFloat32, type ElementType, type Operator, type Quantization, type Tensor } from '@autodnnchip/core';
import { constantValues, isFloatTensor } from '../constants.js';
import type { NetworkEditor } from '../network-editor.js';
import { sameQuantization } from './quantization.js';

/** The 8-bit integer types that hardware computes on. */
export function isByteType(elementType: ElementType): elementType is 'int8' | 'uint8' {
  return elementType === 'int8' || elementType === 'uint8';
}

/** An 8-bit tensor with one scale. */
export interface ByteTensor extends Tensor {
  readonly elementType: 'int8' | 'uint8';
  readonly quantization: Quantization;
}

export function isBytes(tensor: Tensor): tensor is ByteTensor {
  return isByteType(tensor.elementType) && tensor.quantization?.scales.length === 1;
}

/** Same element type and, bit for bit, the same quantisation. */
export function sameType(left: Tensor, right: Tensor): boolean {
  return (
    left.elementType === right.elementType &&
    left.quantization !== undefined &&
    right.quantization !== undefined &&
    sameQuantization(left.quantization, right.quantization)
  );
}

/** The integers that a float tensor is the dequantised form of. */
export function integersBehind(editor: NetworkEditor, name: string): string | undefined {
  const producer = editor.producer(name);
  return producer?.kind === 'dequantize' ? producer.inputs[0] : undefined;
}

/**
 * The 8-bit tensors with one scale behind all of an operator's inputs; undefined where one of them is something else.
 */
export function bytesBehind(editor: NetworkEditor, operator: Operator): readonly ByteTensor[] | undefined {
  const tensors: ByteTensor[] = [];
  for (const name of operator.inputs) {
    const source = name === '' ? undefined : integersBehind(editor, name);
    const tensor = source === undefined ? undefined : editor.tensor(source);
    if (tensor === undefined || !isBytes(tensor)) return undefined;
    tensors.push(tensor);
  }
  return tensors;
}

/** Real values of a constant integer tensor, scales along its first dimension; undefined where it has no values. */
export function dequantizedValues(tensor: Tensor): Float32Array | undefined {
  const { data, quantization, role, shape } = tensor;
  if (data === undefined || quantization === undefined || role !== 'constant') return undefined;
  if (quantization.scales.length !== 1 && quantization.axis !== 0) return undefined;
  const inner = data.length / (shape[0] ?? 1);
  return toFloat32(data).map((value, index) => {
    const entry = quantization.scales.length === 1 ? 0 : Math.floor(index / inner);
    return Math.fround(Math.fround(value - quantization.zeroPoints[entry]) * quantization.scales[entry]);
  });
}

/** Real values of a constant, or of a dequantised constant; undefined for what is computed, and without weights. */
export function realConstant(editor: NetworkEditor, name: string): Float32Array | undefined {
  const source = integersBehind(editor, name);
  return source === undefined ? constantValues(editor, name) : dequantizedValues(editor.tensor(source));
}

/** A real constant, or a dequantised one, with values or without. */
export function isRealConstant(editor: NetworkEditor, name: string): boolean {
  const source = integersBehind(editor, name);
  if (source !== undefined) return editor.isConstant(source);
  return (
    editor.isConstant(name) && isFloatTensor(editor.tensor(name)) && editor.tensor(name).quantization === undefined
  );
}

/**
 * Puts a quantize and a dequantize operator behind a float tensor; gives the name of what the dequantize operator
 * makes. A quantize operator of the same kind that is there already is shared.
 */
export function addQuantizedCopy(
  editor: NetworkEditor,
  name: string,
  like: Pick<ByteTensor, 'elementType' | 'quantization'>,
): string {
  const float = editor.tensor(name);
  const known = editor
    .consumers(name)
    .find(reader => reader.kind === 'quantize' && sameType(editor.tensor(reader.outputs[0]), { ...float, ...like }));
  let integers = known?.outputs[0];
  if (integers === undefined) {
    const { elementType, quantization } = like;
    integers = editor.setTensor({
      name: editor.freshName(`${name}_quantized`),
      elementType,
      shape: float.shape,
      role: 'intermediate',
      quantization,
    }).name;
    editor.add({
      name: `${integers}_quantize`,
      kind: 'quantize',
      inputs: [name],
      outputs: [integers],
      attributes: {},
      sourceType: 'QuantizeLinear',
    });
  }
  const { name: copy } = editor.setTensor({
    name: editor.freshName(`${name}_dequantized`),
    elementType: float.elementType,
    shape: float.shape,
    role: 'intermediate',
  });
  editor.add({
    name: `${copy}_dequantize`,
    kind: 'dequantize',
    inputs: [integers],
    outputs: [copy],
    attributes: {},
    sourceType: 'DequantizeLinear',
  });
  return copy;
}
