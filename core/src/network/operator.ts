/**
 * Operators of a network. Every operator names its tensors in `inputs` and `outputs`; what else it needs is in
 * `attributes`.
 *
 * Float and integer networks use the same kinds: whether a `conv` is a float convolution or ONNX Runtime's QLinearConv
 * follows from the element types and quantisation of its tensors. The integer meaning of each kind is the one in
 * `docs/integer-semantics.md` (ONNX Runtime, graph optimisation off).
 */
interface OperatorOf<Kind extends string, Attributes> {
  readonly name: string;
  readonly kind: Kind;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /** The model file's own operator type (for messages), for instance `QLinearConv`. */
  readonly sourceType: string;
}

export interface WindowAttributes {
  /** [rows R, columns S]. */
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** [top, left, bottom, right]. */
  readonly padding: readonly [number, number, number, number];
}

/** Closed range that results are clamped to: real values before quantisation, quantised values after it. */
export interface ClampAttribute {
  readonly clamp?: { readonly low: number; readonly high: number };
}

/** inputs: x [N C H W], weight [K C/group R S], optional bias [K]. */
export type ConvOperator = OperatorOf<'conv', WindowAttributes & ClampAttribute & { readonly group: number }>;
/** y = x * weight^T + bias. inputs: x [M C], weight [K C], optional bias [K]. Front ends transpose weights to K C. */
export type FullyConnectedOperator = OperatorOf<'fullyConnected', ClampAttribute>;
/** General matrix product of two computed tensors. */
export type MatMulOperator = OperatorOf<'matMul', Record<string, never>>;
/** Element-wise with NumPy broadcasting. */
export type BinaryOperator = OperatorOf<'binary', ClampAttribute & { readonly function: BinaryFunction }>;
export type BinaryFunction = 'add' | 'sub' | 'mul' | 'div';
export type MaxPoolOperator = OperatorOf<'maxPool', WindowAttributes & ClampAttribute>;
export type AveragePoolOperator = OperatorOf<'averagePool', WindowAttributes & { readonly countIncludePad: boolean }>;
/** Mean over rows and columns, output [N C 1 1]. */
export type GlobalAveragePoolOperator = OperatorOf<'globalAveragePool', Record<string, never>>;
/** Element-wise function of one tensor; `alpha`, `beta` as in ONNX for the functions that have them. */
export type UnaryOperator = OperatorOf<
  'unary',
  { readonly function: UnaryFunction; readonly alpha?: number; readonly beta?: number }
>;
export type UnaryFunction =
  | 'relu'
  | 'leakyRelu'
  | 'sigmoid'
  | 'hardSigmoid'
  | 'hardSwish'
  | 'silu'
  | 'tanh'
  | 'gelu'
  | 'erf'
  | 'sqrt'
  | 'exp'
  | 'elu'
  | 'neg'
  | 'abs';
/** Clip to real values [low, high]; infinite when open. */
export type ClipOperator = OperatorOf<'clip', { readonly low: number; readonly high: number }>;
/** inputs: x, gamma, beta, mean, variance (each [C]). */
export type BatchNormalizationOperator = OperatorOf<'batchNormalization', { readonly epsilon: number }>;
export type ConcatOperator = OperatorOf<'concat', { readonly axis: number }>;
/** New shape, same order of elements (also flatten, squeeze, unsqueeze, identity). The shape is the output tensor's. */
export type ReshapeOperator = OperatorOf<'reshape', Record<string, never>>;
export type TransposeOperator = OperatorOf<'transpose', { readonly permutation: readonly number[] }>;
/**
 * Explicit constant padding of any dimensions; `before` and `after` per dimension, negative where it crops (slices and
 * splits).
 */
export type PadOperator = OperatorOf<
  'pad',
  { readonly before: readonly number[]; readonly after: readonly number[]; readonly value: number }
>;
/**
 * Reorg. Output channel index = `order` 'blocksFirst': (dy*block+dx)*C + c, 'channelsFirst': c*block*block +
 * dy*block+dx. Made by the passes from reshape-transpose-reshape.
 */
export type SpaceToDepthOperator = OperatorOf<
  'spaceToDepth',
  { readonly block: number; readonly order: 'blocksFirst' | 'channelsFirst' }
>;
export type SoftmaxOperator = OperatorOf<'softmax', { readonly axis: number }>;
/** Float to integer: the output tensor's quantisation. */
export type QuantizeOperator = OperatorOf<'quantize', Record<string, never>>;
/** Integer to float: the input tensor's quantisation. */
export type DequantizeOperator = OperatorOf<'dequantize', Record<string, never>>;
/** Integer to integer of another scale, by way of float (dequantise, then quantise). Made by passes. */
export type RequantizeOperator = OperatorOf<'requantize', ClampAttribute>;
/** An operator that is read and shaped, but that no built-in executor or chip runs. */
export type OtherOperator = OperatorOf<
  'other',
  {
    /**
     * Why it has no counterpart here, as the front end knows it: every message about the operator says this. Begins in
     * lower case, names no operator.
     */
    readonly reason: string;
    /** The model file's own attributes. */
    readonly values: Readonly<Record<string, AttributeValue>>;
  }
>;
export type AttributeValue = number | string | readonly number[] | readonly string[];

export type Operator =
  | ConvOperator
  | FullyConnectedOperator
  | MatMulOperator
  | BinaryOperator
  | MaxPoolOperator
  | AveragePoolOperator
  | GlobalAveragePoolOperator
  | UnaryOperator
  | ClipOperator
  | BatchNormalizationOperator
  | ConcatOperator
  | ReshapeOperator
  | TransposeOperator
  | PadOperator
  | SpaceToDepthOperator
  | SoftmaxOperator
  | QuantizeOperator
  | DequantizeOperator
  | RequantizeOperator
  | OtherOperator;

export type OperatorKind = Operator['kind'];
