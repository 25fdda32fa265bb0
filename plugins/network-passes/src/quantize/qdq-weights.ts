import {
  ChipError,
  elementCount,
  type ConvOperator,
  type FullyConnectedOperator,
  type Tensor,
} from '@autodnnchip/core';
import { addConstant, constantValues, isFloatTensor } from '../constants.js';
import type { NetworkEditor } from '../network-editor.js';
import { fitBias, type FittedLayer } from './fit-bias.js';
import { channelQuantization, quantizeBias, quantizeWeights } from './quantize-weights.js';
import { dequantizedValues, integersBehind, isByteType, isBytes, type ByteTensor } from './quantized-tensors.js';

type WeightedOperator = ConvOperator | FullyConnectedOperator;

/**
 * The integer inputs of a convolution or fully connected layer in QDQ form whose result has the quantisation of `y`;
 * undefined where it has none. Throws ADC3102 where a channel's bias cannot be an integer of 32 bits.
 */
export function weightedInputs(
  editor: NetworkEditor,
  operator: WeightedOperator,
  y: ByteTensor,
): readonly string[] | undefined {
  const [xName, weightName, biasName] = operator.inputs;
  const source = integersBehind(editor, xName);
  const x = source === undefined ? undefined : editor.tensor(source);
  const weight = constantWeights(editor, weightName);
  if (x === undefined || !isBytes(x) || weight === undefined) return undefined;
  if (biasName === undefined || biasName === '') return [x.name, weight.name];
  const biasSource = integersBehind(editor, biasName);
  const name = biasSource ?? biasName;
  const bias =
    biasSource === undefined ? constantValues(editor, biasName) : dequantizedValues(editor.tensor(biasSource));
  const weightScales = weight.quantization?.scales ?? Float32Array.of(1);
  if (editor.network.weightless)
    return [x.name, weight.name, quantizeBias(editor, name, undefined, x.quantization.scales[0], weightScales).name];
  if (bias === undefined) return undefined;
  const fitted = fitBias(x, weight, bias, y);
  if ('channel' in fitted) {
    throw new ChipError(
      'ADC3102',
      `Channel ${fitted.channel} of ${operator.name} (${operator.sourceType}) has no integer form: ${fitted.reason}.`,
      {
        location: { file: editor.network.source, node: operator.name },
        hint: 'Quantise the model again with a larger weight scale for this channel.',
      },
    );
  }
  if (
    biasSource !== undefined &&
    fitted.weights === undefined &&
    isAccumulatorBias(editor.tensor(biasSource), x, weightScales)
  )
    return [x.name, weight.name, biasSource];
  return [
    x.name,
    fittedWeights(editor, weight, fitted).name,
    quantizeBias(editor, name, fitted.bias, x.quantization.scales[0], fitted.weightScales).name,
  ];
}

/**
 * Float weights of a layer whose input is quantised get an integer form of their own, by way of a dequantize operator.
 */
export function quantizeFloatWeights(editor: NetworkEditor, operator: WeightedOperator): void {
  const [xName, weightName] = operator.inputs;
  const source = integersBehind(editor, xName);
  if (source === undefined || !editor.isConstant(weightName) || !isFloatTensor(editor.tensor(weightName))) return;
  const [, integers] = quantizeWeights(editor, operator, editor.tensor(source));
  const { shape } = editor.tensor(weightName);
  const real = editor.setTensor({
    name: editor.freshName(`${weightName}_dequantized`),
    elementType: 'float32',
    shape,
    role: 'intermediate',
  });
  editor.add({
    name: `${real.name}_dequantize`,
    kind: 'dequantize',
    inputs: [integers],
    outputs: [real.name],
    attributes: {},
    sourceType: 'DequantizeLinear',
  });
  editor.replace(operator, {
    ...operator,
    inputs: operator.inputs.map((name, index) => (index === 1 ? real.name : name)),
  });
}

/** The integer constant behind a layer's weights. */
function constantWeights(editor: NetworkEditor, name: string): Tensor | undefined {
  const source = integersBehind(editor, name);
  if (source === undefined || !editor.isConstant(source)) return undefined;
  const tensor = editor.tensor(source);
  const { quantization } = tensor;
  const perChannel = quantization !== undefined && (quantization.scales.length === 1 || quantization.axis === 0);
  return perChannel && isByteType(tensor.elementType) ? tensor : undefined;
}

function fittedWeights(
  editor: NetworkEditor,
  weight: Tensor,
  { weights, weightScales, weightZeroPoints }: FittedLayer,
): Tensor {
  if (weights === undefined) return weight;
  const { name, elementType, shape } = weight;
  return addConstant(editor, {
    name: `${name}_rescaled`,
    elementType,
    shape,
    data: weights,
    quantization: channelQuantization(weightScales, weightZeroPoints),
  });
}

/** True for an int32 bias whose scale is that of the accumulator, up to float32 rounding. */
function isAccumulatorBias(bias: Tensor, x: ByteTensor, weightScales: Float32Array): boolean {
  const { quantization } = bias;
  if (bias.elementType !== 'int32' || quantization === undefined || bias.role !== 'constant') return false;
  return (
    quantization.scales.every((scale, channel) => {
      const wanted = x.quantization.scales[0] * weightScales[weightScales.length === 1 ? 0 : channel];
      return quantization.zeroPoints[channel] === 0 && Math.abs(scale - wanted) <= 1e-6 * wanted;
    }) &&
    (quantization.scales.length === 1
      ? weightScales.length === 1 || elementCount(bias.shape) === 1
      : quantization.scales.length === weightScales.length)
  );
}
