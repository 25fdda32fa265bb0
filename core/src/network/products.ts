import type { Network } from './network.js';
import type { Operator } from './operator.js';
import { elementCount } from './tensor.js';

/** An operator that multiplies a tensor by weights, or two computed tensors with each other, and sums the products. */
export interface Product {
  /**
   * `convolution`: x [N C ...], weight [K C/group ...]; `transposedConvolution`: x [N C ...], weight [C K/group ...];
   * `matrix`: the last dimension of x (the first, where `transposed`) is summed over.
   */
  readonly form: 'convolution' | 'transposedConvolution' | 'matrix';
  readonly x: string;
  readonly weight: string;
  readonly bias?: string;
  /** The first matrix is used transposed (Gemm's transA). */
  readonly transposed: boolean;
}

type Form = Pick<Product, 'form'> & { readonly weight: number; readonly bias?: number };

/**
 * Places of the second operand and the bias, by the model file's operator, for products that no other kind of operator
 * covers.
 */
const otherForms: Readonly<Record<string, Form>> = {
  Conv: { form: 'convolution', weight: 1, bias: 2 },
  ConvInteger: { form: 'convolution', weight: 1 },
  QLinearConv: { form: 'convolution', weight: 3, bias: 8 },
  ConvTranspose: { form: 'transposedConvolution', weight: 1, bias: 2 },
  MatMul: { form: 'matrix', weight: 1 },
  MatMulInteger: { form: 'matrix', weight: 1 },
  Gemm: { form: 'matrix', weight: 1, bias: 2 },
  QLinearMatMul: { form: 'matrix', weight: 3 },
  QGemm: { form: 'matrix', weight: 3, bias: 6 },
};

/** The product that an operator computes; undefined where it is none. */
export function productOf(operator: Operator): Product | undefined {
  const form = formOf(operator);
  if (form === undefined || operator.inputs.length <= form.weight) return undefined;
  const bias = form.bias === undefined || operator.inputs.length <= form.bias ? undefined : operator.inputs[form.bias];
  return {
    form: form.form,
    x: operator.inputs[0],
    weight: operator.inputs[form.weight],
    ...(bias === undefined ? {} : { bias }),
    transposed: operator.kind === 'other' && form.form === 'matrix' && operator.attributes.values['transA'] === 1,
  };
}

function formOf(operator: Operator): Form | undefined {
  switch (operator.kind) {
    case 'conv':
      return { form: 'convolution', weight: 1, bias: 2 };
    case 'fullyConnected':
    case 'matMul':
      return { form: 'matrix', weight: 1, bias: 2 };
    case 'other':
      return Object.hasOwn(otherForms, operator.sourceType) ? otherForms[operator.sourceType] : undefined;
    default:
      return undefined;
  }
}

/**
 * Multiply-accumulates of an operator with the whole batch that its tensors have: the one count that predictions,
 * energy and reports use. A convolution has one per output and weight of its filter, padding included; a transposed one
 * has one per input and weight that the input is spread by; a matrix product one per output and term. Other operators
 * have none. Undefined where a shape that it follows from is not known.
 */
export function multiplyAccumulatesOf(operator: Operator, tensors: Network['tensors']): number | undefined {
  const product = productOf(operator);
  if (product === undefined) return 0;
  const [x, weight, output] = [product.x, product.weight, operator.outputs[0]].map(name => knownShape(name, tensors));
  if (x === undefined || weight === undefined || output === undefined) return undefined;
  switch (product.form) {
    case 'convolution':
      return elementCount(output) * elementCount(weight.slice(1));
    case 'transposedConvolution':
      return elementCount(x) * elementCount(weight.slice(1));
    case 'matrix':
      return elementCount(output) * (product.transposed ? x[0] : x[x.length - 1]);
  }
}

/** The shape of a tensor; undefined where an extent of it is not known. */
export function knownShape(name: string, tensors: Network['tensors']): readonly number[] | undefined {
  const shape = tensors.get(name)?.shape;
  return shape?.every(extent => extent >= 0) === true ? shape : undefined;
}
