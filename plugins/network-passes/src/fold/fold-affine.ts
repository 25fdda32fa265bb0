import type { ConvOperator, FullyConnectedOperator, Operator } from '@autodnnchip/core';
import { addConstant, constantValues, isFloatTensor } from '../constants.js';
import type { NetworkEditor } from '../network-editor.js';
import { channelAffine, type ChannelAffine } from './channel-affine.js';

type WeightedOperator = ConvOperator | FullyConnectedOperator;

/**
 * Folds batch normalisations, and products and sums with a constant per channel, into the weights and bias of the float
 * convolution or fully connected layer before them. A batch normalisation of a feature map that has none before it
 * becomes a 1 x 1 depthwise convolution. Computed in float64, rounded to float32 once.
 */
export function foldChannelAffines(editor: NetworkEditor): void {
  for (const operator of editor.operators()) {
    if (!editor.has(operator)) continue;
    const affine = channelAffine(editor, operator);
    if (affine === undefined) continue;
    const producer = editor.producer(affine.input);
    if (producer !== undefined && isFoldable(editor, producer, operator)) foldInto(editor, producer, operator, affine);
    else if (operator.kind === 'batchNormalization') becomeDepthwise(editor, operator, affine);
  }
}

function isFoldable(editor: NetworkEditor, producer: Operator, reader: Operator): producer is WeightedOperator {
  if (producer.kind !== 'conv' && producer.kind !== 'fullyConnected') return false;
  const [, weights, bias] = producer.inputs;
  const plain = [weights, bias].every((name) => name === undefined || name === ''
    || (editor.isConstant(name) && isFloatTensor(editor.tensor(name)) && editor.tensor(name).quantization === undefined));
  return plain && producer.attributes.clamp === undefined && editor.onlyConsumer(producer.outputs[0]) === reader;
}

function foldInto(editor: NetworkEditor, producer: WeightedOperator, operator: Operator, affine: ChannelAffine): void {
  const [x, weightName, biasName] = producer.inputs;
  const weight = editor.tensor(weightName);
  const channels = affine.channels;
  const values = constantValues(editor, weightName);
  const bias = constantValues(editor, biasName);
  const weightless = values === undefined || (affine.hasScale && affine.scale === undefined) || (affine.hasOffset && affine.offset === undefined);
  const scale = affine.scale;
  let newWeight = weightName;
  if (affine.hasScale) {
    const perChannel = (values?.length ?? 0) / channels;
    const scaled = weightless || scale === undefined ? undefined : values?.map((value, index) => value * scale[Math.floor(index / perChannel)]);
    newWeight = addConstant(editor, { name: `${weightName}_folded`, elementType: 'float32', shape: weight.shape, data: scaled }).name;
  }
  const hasBias = biasName !== undefined && biasName !== '';
  let newBias = hasBias ? [biasName] : [];
  if (affine.hasOffset || (hasBias && affine.hasScale)) {
    const data = weightless ? undefined
      : Float32Array.from({ length: channels }, (_, channel) => (bias?.[channel] ?? 0) * (scale?.[channel] ?? 1) + (affine.offset?.[channel] ?? 0));
    newBias = [addConstant(editor, { name: `${producer.name}_bias_folded`, elementType: 'float32', shape: [channels], data }).name];
  }
  editor.remove(operator);
  editor.replace(producer, { ...producer, inputs: [x, newWeight, ...newBias], outputs: [...operator.outputs] });
}

function becomeDepthwise(editor: NetworkEditor, operator: Operator, affine: ChannelAffine): void {
  if (editor.tensor(affine.input).shape.length !== 4) return;
  const { channels } = affine;
  const vector = (values: Float64Array | undefined): Float32Array | undefined => (values === undefined ? undefined : Float32Array.from(values));
  const weight = addConstant(editor, { name: `${operator.name}_scale`, elementType: 'float32', shape: [channels, 1, 1, 1], data: vector(affine.scale) });
  const bias = addConstant(editor, { name: `${operator.name}_offset`, elementType: 'float32', shape: [channels], data: vector(affine.offset) });
  editor.replace(operator, {
    name: operator.name, kind: 'conv', inputs: [affine.input, weight.name, bias.name], outputs: [...operator.outputs], sourceType: operator.sourceType,
    attributes: { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], group: channels },
  });
}
