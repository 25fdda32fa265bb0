import { toFloat32, type BatchNormalizationOperator, type BinaryOperator, type Operator } from '@autodnnchip/core';
import { channelVector, isFloatTensor } from '../constants.js';
import type { NetworkEditor } from '../network-editor.js';

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
  if (!isFloatTensor(editor.tensor(input)) || parameters.some((name) => !editor.isConstant(name))) return undefined;
  const channels = editor.tensor(input).shape[1];
  const data = parameters.map((name) => editor.tensor(name).data);
  if (data.some((values) => values === undefined)) return { input, channels, scale: undefined, offset: undefined, hasScale: true, hasOffset: true };
  const [gamma, beta, mean, variance] = data.map((values) => toFloat32(values ?? new Float32Array()));
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
  for (const [input, constant] of [[a, b], [b, a]]) {
    const inputShape = editor.tensor(input).shape;
    if (editor.isConstant(input) || inputShape.length !== shape.length || inputShape.some((extent, axis) => extent !== shape[axis])) continue;
    const vector = channelVector(editor, constant, shape.length, shape[1]);
    if (!vector.present) continue;
    const values = vector.values === undefined ? undefined : Float64Array.from(vector.values);
    const isScale = name === 'mul';
    return { input, channels: shape[1], scale: isScale ? values : undefined, offset: isScale ? undefined : values, hasScale: isScale, hasOffset: !isScale };
  }
  return undefined;
}
