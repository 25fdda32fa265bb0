import {
  elementCount,
  type ConvOperator,
  type FullyConnectedOperator,
  type Operator,
  type Tensor,
} from '@autodnnchip/core';
import { addConstant, constantValues } from '../constants.js';
import type { NetworkEditor } from '../network-editor.js';
import {
  integersBehind,
  isBytes,
  isByteType,
  isRealConstant,
  realConstant,
  type ByteTensor,
} from '../quantize/quantized-tensors.js';
import { channelAffine, hasIntegerRule, type ChannelAffine } from './channel-affine.js';
import { quantizedDepthwise, scaledWeights } from './quantized-affine.js';

type WeightedOperator = ConvOperator | FullyConnectedOperator;

/**
 * Folds batch normalisations, and products and sums with a constant per channel, into the weights and bias of the float
 * convolution or fully connected layer before them; weights that are dequantised integers keep their integers and get
 * other scales. What has none before it becomes a 1 x 1 depthwise convolution: a batch normalisation, or a factor per
 * channel, of a feature map or vector, and amid a quantised network whatever has no rule for integers. Computed in
 * float64, rounded to float32 once.
 */
export function foldChannelAffines(editor: NetworkEditor): void {
  for (const operator of editor.operators()) {
    if (!editor.has(operator)) continue;
    const affine = channelAffine(editor, operator);
    if (affine === undefined) continue;
    const producer = editor.producer(affine.input);
    if (
      producer !== undefined &&
      isFoldable(editor, producer, operator) &&
      foldInto(editor, producer, operator, affine)
    )
      continue;
    const integers = integersBehind(editor, affine.input);
    const x = integers === undefined ? undefined : editor.tensor(integers);
    if (x !== undefined && isBytes(x)) {
      if (!hasIntegerRule(editor, operator)) becomeQuantizedDepthwise(editor, operator, affine, x);
    } else if (operator.kind === 'batchNormalization' || isFactorPerChannel(editor, operator, affine))
      becomeDepthwise(editor, operator, affine);
  }
}

/** A product with several values; with one it stays a product. */
function isFactorPerChannel(editor: NetworkEditor, operator: Operator, affine: ChannelAffine): boolean {
  return (
    operator.kind === 'binary' &&
    affine.hasScale &&
    operator.inputs.some(name => name !== affine.input && elementCount(editor.tensor(name).shape) > 1)
  );
}

function isFoldable(editor: NetworkEditor, producer: Operator, reader: Operator): producer is WeightedOperator {
  if (producer.kind !== 'conv' && producer.kind !== 'fullyConnected') return false;
  const [, weights, bias] = producer.inputs;
  const plain = [weights, bias].every(name => name === undefined || name === '' || isRealConstant(editor, name));
  return plain && producer.attributes.clamp === undefined && editor.onlyConsumer(producer.outputs[0]) === reader;
}

/** False where the weights are integers that cannot be scaled so. */
function foldInto(
  editor: NetworkEditor,
  producer: WeightedOperator,
  operator: Operator,
  affine: ChannelAffine,
): boolean {
  const [x, weightName, biasName] = producer.inputs;
  const channels = affine.channels;
  const newWeight = affine.hasScale ? foldScale(editor, weightName, affine) : weightName;
  if (newWeight === undefined) return false;
  const hasBias = biasName !== undefined && biasName !== '';
  let newBias = hasBias ? [biasName] : [];
  if (affine.hasOffset || (hasBias && affine.hasScale)) {
    const bias = hasBias ? realConstant(editor, biasName) : undefined;
    const weightless =
      (hasBias && bias === undefined) ||
      (affine.hasScale && affine.scale === undefined) ||
      (affine.hasOffset && affine.offset === undefined);
    const data = weightless
      ? undefined
      : Float32Array.from(
          { length: channels },
          (_, channel) => (bias?.[channel] ?? 0) * (affine.scale?.[channel] ?? 1) + (affine.offset?.[channel] ?? 0),
        );
    newBias = [
      addConstant(editor, { name: `${producer.name}_bias_folded`, elementType: 'float32', shape: [channels], data })
        .name,
    ];
  }
  editor.remove(operator);
  editor.replace(producer, { ...producer, inputs: [x, newWeight, ...newBias], outputs: [...operator.outputs] });
  return true;
}

/** Weights times the scale of their output channel. */
function foldScale(editor: NetworkEditor, name: string, { scale, channels }: ChannelAffine): string | undefined {
  const integers = integersBehind(editor, name);
  if (integers !== undefined)
    return isByteType(editor.tensor(integers).elementType)
      ? scaledWeights(editor, editor.tensor(integers), scale)
      : undefined;
  const values = constantValues(editor, name);
  const perChannel = (values?.length ?? 0) / channels;
  const data =
    scale === undefined ? undefined : values?.map((value, index) => value * scale[Math.floor(index / perChannel)]);
  return addConstant(editor, { name: `${name}_folded`, elementType: 'float32', shape: editor.tensor(name).shape, data })
    .name;
}

function becomeDepthwise(editor: NetworkEditor, operator: Operator, affine: ChannelAffine): void {
  const { shape } = editor.tensor(affine.input);
  if (shape.length !== 4 && (shape.length !== 2 || shape[0] !== 1)) return;
  const weight = addConstant(editor, {
    name: `${operator.name}_scale`,
    elementType: 'float32',
    shape: [affine.channels, 1, 1, 1],
    data: float32(affine.scale),
  });
  replaceByDepthwise(editor, operator, affine, weight.name);
}

function becomeQuantizedDepthwise(
  editor: NetworkEditor,
  operator: Operator,
  affine: ChannelAffine,
  x: ByteTensor,
): void {
  const { shape } = editor.tensor(affine.input);
  if (shape[0] !== 1 || (shape.length !== 4 && shape.length !== 2)) return;
  replaceByDepthwise(editor, operator, affine, quantizedDepthwise(editor, operator.name, affine, x));
}

/** A 1 x 1 depthwise convolution in the operator's place; of a vector, between two reshapes. */
function replaceByDepthwise(editor: NetworkEditor, operator: Operator, affine: ChannelAffine, weight: string): void {
  const { channels } = affine;
  const bias = addConstant(editor, {
    name: `${operator.name}_offset`,
    elementType: 'float32',
    shape: [channels],
    data: float32(affine.offset ?? (affine.hasOffset ? undefined : new Float64Array(channels))),
  });
  const [output] = operator.outputs;
  const { shape, elementType } = editor.tensor(output);
  const { name, sourceType } = operator;
  const asMap = (base: string): Tensor =>
    editor.setTensor({
      name: editor.freshName(`${base}_as_map`),
      elementType,
      shape: [1, channels, 1, 1],
      role: 'intermediate',
    });
  const isVector = shape.length === 2;
  const [from, to] = isVector ? [asMap(affine.input).name, asMap(output).name] : [affine.input, output];
  editor.remove(operator);
  if (isVector)
    editor.add({
      name: `${name}_before`,
      kind: 'reshape',
      inputs: [affine.input],
      outputs: [from],
      attributes: {},
      sourceType,
    });
  editor.add({
    name,
    kind: 'conv',
    inputs: [from, weight, bias.name],
    outputs: [to],
    sourceType,
    attributes: { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], group: channels },
  });
  if (isVector)
    editor.add({ name: `${name}_after`, kind: 'reshape', inputs: [to], outputs: [output], attributes: {}, sourceType });
}

function float32(values: Float64Array | undefined): Float32Array | undefined {
  return values === undefined ? undefined : Float32Array.from(values);
}
