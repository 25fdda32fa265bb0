import { productOf, type LayerKind, type Operator, type PlacedNetwork } from '@autodnnchip/core';

/** Operators of model files that only pass values on at inference, or change how they are stored. */
const passThrough: ReadonlySet<string> = new Set(['Dropout', 'Identity', 'Cast', 'CastLike']);
/** Operators that move values to other places. */
const moves: ReadonlySet<string> = new Set([
  'Slice',
  'Split',
  'Gather',
  'Expand',
  'Tile',
  'DepthToSpace',
  'Pad',
  'Concat',
  'SpaceToDepth',
  'Transpose',
]);
const pools: ReadonlySet<string> = new Set([
  'MaxPool',
  'AveragePool',
  'ReduceMean',
  'ReduceSum',
  'ReduceMax',
  'ReduceMin',
  'GlobalMaxPool',
]);
/** Operators that make one result of one value, or of values at the same place, of each input. */
const pointwise: ReadonlySet<string> = new Set([
  'LRN',
  'Resize',
  'Softmax',
  'LogSoftmax',
  'PRelu',
  'Pow',
  'Min',
  'Max',
  'Sum',
  'Mean',
  'Mod',
  'Equal',
  'Less',
  'LessOrEqual',
  'Greater',
  'GreaterOrEqual',
  'And',
  'Or',
  'Xor',
  'Not',
  'Where',
  'Floor',
  'Ceil',
  'Round',
  'Sign',
  'Reciprocal',
  'Log',
  'Sin',
  'Cos',
  'Tan',
  'Asin',
  'Acos',
  'Atan',
  'Sinh',
  'Cosh',
  'Asinh',
  'Acosh',
  'Atanh',
  'Softplus',
  'Softsign',
  'Selu',
  'Celu',
  'Mish',
  'ThresholdedRelu',
  'Shrink',
  'QuickGelu',
  'Swish',
  'Gelu',
  'Clip',
  'QLinearSoftmax',
  'QLinearMul',
  'QLinearAdd',
]);

/**
 * Whether an operator's result is another view of its first input: the same values under another shape or
 * representation.
 */
export function isView({ kind, sourceType }: Operator): boolean {
  return (
    kind === 'reshape' ||
    kind === 'quantize' ||
    kind === 'dequantize' ||
    (kind === 'other' && passThrough.has(sourceType))
  );
}

/** What kind of layer an operator is; undefined where it is none. */
export function layerKindOf(operator: Operator, { tensors }: PlacedNetwork): LayerKind | undefined {
  const product = productOf(operator);
  if (product !== undefined) {
    if (product.form === 'transposedConvolution') return 'transposedConvolution';
    if (product.form === 'matrix') return 'fullyConnected';
    const shape = tensors.get(product.x)?.shape ?? [];
    const group =
      operator.kind === 'conv'
        ? operator.attributes.group
        : operator.kind === 'other'
          ? operator.attributes.values['group']
          : 1;
    return shape.length <= 4 && group !== 1 && group === shape[1] ? 'depthwise' : 'convolution';
  }
  switch (operator.kind) {
    case 'maxPool':
    case 'averagePool':
    case 'globalAveragePool':
      return 'pool';
    case 'binary':
    case 'unary':
    case 'clip':
    case 'batchNormalization':
    case 'softmax':
    case 'requantize':
      return 'elementwise';
    case 'concat':
    case 'transpose':
    case 'spaceToDepth':
    case 'pad':
      return 'concat';
    case 'other': {
      const { sourceType } = operator;
      return moves.has(sourceType)
        ? 'concat'
        : pools.has(sourceType)
          ? 'pool'
          : pointwise.has(sourceType)
            ? 'elementwise'
            : undefined;
    }
    default:
      return undefined;
  }
}

/** The activation that an operator computes, by the network's names; undefined for any other operator. */
export function activationOf(operator: Operator): string | undefined {
  switch (operator.kind) {
    case 'unary':
      return operator.attributes.function;
    case 'clip':
      return operator.attributes.low === 0 && operator.attributes.high === Infinity ? 'relu' : 'clip';
    default:
      return undefined;
  }
}
