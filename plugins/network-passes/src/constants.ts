import { toFloat32, type ElementType, type Quantization, type Tensor, type TensorData } from '@autodnnchip/core';
import type { NetworkEditor } from './network-editor.js';

/** What a new constant is made of; `data` stays away in networks without weights. */
export interface ConstantDescription {
  readonly name: string;
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  readonly data: TensorData | undefined;
  readonly quantization?: Quantization | undefined;
}

/** Adds a constant under a name that is still free. */
export function addConstant(
  editor: NetworkEditor,
  { name, elementType, shape, data, quantization }: ConstantDescription,
): Tensor {
  return editor.setTensor({
    name: editor.freshName(name),
    elementType,
    shape,
    role: 'constant',
    ...(data === undefined ? {} : { data }),
    ...(quantization === undefined ? {} : { quantization }),
  });
}

/** Values of a constant as float32; undefined for anything else, and where the network came without weights. */
export function constantValues(editor: NetworkEditor, name: string | undefined): Float32Array | undefined {
  if (name === undefined || name === '' || !editor.isConstant(name)) return undefined;
  const { data, quantization } = editor.tensor(name);
  return data === undefined || quantization !== undefined ? undefined : toFloat32(data);
}

/** The one value of a constant with one element. */
export function scalarConstant(editor: NetworkEditor, name: string): number | undefined {
  const values = constantValues(editor, name);
  return values?.length === 1 ? values[0] : undefined;
}

/** True for float element types. */
export function isFloatTensor(tensor: Tensor): boolean {
  return tensor.elementType === 'float32' || tensor.elementType === 'float16' || tensor.elementType === 'float64';
}
