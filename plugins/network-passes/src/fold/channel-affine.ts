import { elementCount, type BatchNormalizationOperator, type BinaryOperator, type Operator } from '@autodnnchip/core';
import { isFloatTensor } from '../constants.js';
import type { NetworkEditor } from '../network-editor.js';
import { integersBehind, isRealConstant, realConstant } from '../quantize/quantized-tensors.js';

/** `y = scale * x + offset` per channel (dimension 1); values are undefined in a network without weights. */
export interface ChannelAffine {
  /** The tensor that is scaled. */
  readonly input: string;
  readonly channels: number;
  /** undefined: 1 for every channel. */
  readonly scale: Float64Array | undefined;
  /** undefined: 0 for every channel. */
  readonly offset: Float64Array | undefined;
  readonly hasScale: boolean;
  readonly hasOffset: boolean;
}

/** What a batch normalisation, or a product or sum with a constant per channel, does; undefined for other operators. */
export function channelAffine(editor: NetworkEditor, operator: Operator): ChannelAffine | undefined {
  if (operator.kind === 'batchNormalization') return normalizationAffine(editor, operator);
  if (operator.kind === 'binary' && operator.attributes.clamp === undefined) return binaryAffine(editor, operator);
  return undefined;
}

function normalizationAffine(editor: NetworkEditor, operator: BatchNormalizationOperator): ChannelAffine | undefined {
  const [input, ...parameters] = operator.inputs;
  if (!isFloatTensor(editor.tensor(input)) || !parameters.every(name => isRealConstant(editor, name))) return undefined;
  const channels = editor.tensor(input).shape[1];
  const [gamma, beta, mean, variance] = parameters.map(name => realConstant(editor, name));
  if (gamma === undefined || beta === undefined || mean === undefined || variance === undefined) {
    return { input, channels, scale: undefined, offset: undefined, hasScale: true, hasOffset: true };
  }
  const scale = new Float64Array(channels);
  const offset = new Float64Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    scale[channel] = gamma[channel] / Math.sqrt(variance[channel] + operator.attributes.epsilon);
    offset[channel] = beta[channel] - mean[channel] * scale[channel];
  }
  return { input, channels, scale, offset, hasScale: true, hasOffset: true };
}

function binaryAffine(editor: NetworkEditor, operator: BinaryOperator): ChannelAffine | undefined {
  const { function: name } = operator.attributes;
  if (name !== 'add' && name !== 'mul') return undefined;
  const shape = editor.tensor(operator.outputs[0]).shape;
  if (!isFloatTensor(editor.tensor(operator.outputs[0])) || shape.length < 2) return undefined;
  const [a, b] = operator.inputs;
  for (const [input, constant] of [
    [a, b],
    [b, a],
  ]) {
    const inputShape = editor.tensor(input).shape;
    if (
      isRealConstant(editor, input) ||
      inputShape.length !== shape.length ||
      inputShape.some((extent, axis) => extent !== shape[axis])
    )
      continue;
    if (!isChannelVector(editor, constant, shape)) continue;
    const values = channelValues(editor, constant, shape[1]);
    const isScale = name === 'mul';
    return {
      input,
      channels: shape[1],
      scale: isScale ? values : undefined,
      offset: isScale ? undefined : values,
      hasScale: isScale,
      hasOffset: !isScale,
    };
  }
  return undefined;
}

/**
 * True for a constant that is broadcast along dimension 1 of `[N, C, …]`: shapes [], [1], [C 1 1] or [1 C 1 1] for a
 * feature map of rank 4, [C] or [1 C] for rank 2.
 */
function isChannelVector(editor: NetworkEditor, name: string, output: readonly number[]): boolean {
  const { shape } = editor.tensor(name);
  if (!isRealConstant(editor, name) || shape.length > output.length) return false;
  const full = [...new Array<number>(output.length - shape.length).fill(1), ...shape];
  return full.every((extent, axis) => extent === 1 || (axis === 1 && extent === output[1]));
}

function channelValues(editor: NetworkEditor, name: string, channels: number): Float64Array | undefined {
  const values = realConstant(editor, name);
  if (values === undefined) return undefined;
  return elementCount(editor.tensor(name).shape) === 1
    ? new Float64Array(channels).fill(values[0])
    : Float64Array.from(values);
}

/**
 * Whether a sum or product of integers says the same: both operands are quantised, and there is an integer rule for
 * them.
 */
export function hasIntegerRule(editor: NetworkEditor, operator: Operator): boolean {
  if (operator.kind !== 'binary' || !operator.inputs.every(name => integersBehind(editor, name) !== undefined))
    return false;
  return (
    operator.attributes.function === 'add' ||
    operator.inputs.some(name => elementCount(editor.tensor(name).shape) === 1)
  );
}
