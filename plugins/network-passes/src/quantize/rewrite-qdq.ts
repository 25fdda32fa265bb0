import { toFloat32, type DequantizeOperator, type Network, type Operator, type QuantizeOperator, type Tensor } from '@autodnnchip/core';
import { constantValues } from '../constants.js';
import { NetworkEditor } from '../network-editor.js';
import { sameQuantization } from './quantization.js';
import { quantizeBias } from './quantize-weights.js';
import { replaceByQuantized } from './quantized-operator.js';

/**
 * Rewrites float operators between dequantize and quantize operators (QDQ form) to their quantised form: the operator then
 * reads the integers and writes them. Operators that have no quantised form, or whose inputs or output are real numbers
 * elsewhere, stay as they are.
 */
export function rewriteQdq(network: Network): Network {
  const editor = new NetworkEditor(network);
  mergeEqualQuantizes(editor);
  for (const operator of editor.operators()) {
    if (!editor.has(operator)) continue;
    const quantize = quantizeAfter(editor, operator);
    if (quantize === undefined) continue;
    const inputs = quantizedInputs(editor, operator);
    if (inputs === undefined) continue;
    editor.remove(quantize);
    replaceByQuantized(editor, operator, inputs, editor.tensor(quantize.outputs[0]));
  }
  fuseRequantizations(editor);
  return editor.finish();
}

/** Readers that quantise the same tensor in the same way share one quantize operator. */
function mergeEqualQuantizes(editor: NetworkEditor): void {
  const known = new Map<string, QuantizeOperator[]>();
  for (const operator of editor.operators()) {
    if (operator.kind !== 'quantize') continue;
    const earlier = known.get(operator.inputs[0]) ?? [];
    const twin = earlier.find((other) => sameType(editor.tensor(other.outputs[0]), editor.tensor(operator.outputs[0])));
    if (twin === undefined || editor.isOutput(operator.outputs[0])) {
      known.set(operator.inputs[0], [...earlier, operator]);
      continue;
    }
    editor.redirect(operator.outputs[0], twin.outputs[0]);
    editor.remove(operator);
  }
}

function sameType(left: Tensor, right: Tensor): boolean {
  return left.elementType === right.elementType && left.quantization !== undefined && right.quantization !== undefined
    && sameQuantization(left.quantization, right.quantization);
}

/** The quantize operator that is the only reader of an operator's result. */
function quantizeAfter(editor: NetworkEditor, operator: Operator): QuantizeOperator | undefined {
  if (operator.outputs.length !== 1) return undefined;
  const reader = editor.onlyConsumer(operator.outputs[0]);
  return reader?.kind === 'quantize' && editor.tensor(reader.outputs[0]).quantization?.scales.length === 1 ? reader : undefined;
}

/** The integer tensors behind an operator's float inputs; undefined where it has no quantised form. */
function quantizedInputs(editor: NetworkEditor, operator: Operator): string[] | undefined {
  const sources = operator.inputs.map((name) => integersBehind(editor, name));
  switch (operator.kind) {
    case 'conv': case 'fullyConnected': return weightedInputs(editor, operator, sources);
    case 'binary':
      if (operator.attributes.function !== 'add' && operator.attributes.function !== 'mul') return undefined;
      return perTensorInputs(editor, sources);
    case 'maxPool': case 'averagePool': case 'globalAveragePool': case 'concat': case 'reshape': case 'transpose': case 'pad':
    case 'spaceToDepth': case 'unary': case 'clip':
      return perTensorInputs(editor, sources);
    default: return undefined;
  }
}

function integersBehind(editor: NetworkEditor, name: string): string | undefined {
  const producer = editor.producer(name);
  return producer?.kind === 'dequantize' ? producer.inputs[0] : undefined;
}

function perTensorInputs(editor: NetworkEditor, sources: readonly (string | undefined)[]): string[] | undefined {
  return sources.every((source) => source !== undefined && isBytes(editor.tensor(source))) ? (sources as string[]) : undefined;
}

function isBytes(tensor: Tensor): boolean {
  return (tensor.elementType === 'int8' || tensor.elementType === 'uint8') && tensor.quantization?.scales.length === 1;
}

function weightedInputs(editor: NetworkEditor, operator: Operator, sources: readonly (string | undefined)[]): string[] | undefined {
  const [x, weight, bias] = sources;
  if (x === undefined || weight === undefined || !isBytes(editor.tensor(x)) || !editor.isConstant(weight)) return undefined;
  const weightTensor = editor.tensor(weight);
  const { quantization } = weightTensor;
  const perChannel = quantization !== undefined && (quantization.scales.length === 1 || quantization.axis === 0);
  if (!perChannel || (weightTensor.elementType !== 'int8' && weightTensor.elementType !== 'uint8')) return undefined;
  const biasName = operator.inputs[2];
  if (biasName === undefined || biasName === '') return [x, weight];
  const scale = editor.tensor(x).quantization?.scales[0] ?? 1;
  if (bias !== undefined && isAccumulatorBias(editor.tensor(bias), scale, quantization.scales)) return [x, weight, bias];
  const values = bias === undefined ? constantValues(editor, biasName) : dequantized(editor.tensor(bias));
  if (values === undefined && !editor.network.weightless) return undefined;
  return [x, weight, quantizeBias(editor, bias ?? biasName, values, scale, quantization.scales, values === undefined).name];
}

/** True for an int32 bias whose scale is that of the accumulator, up to float32 rounding. */
function isAccumulatorBias(bias: Tensor, inputScale: number, weightScales: Float32Array): boolean {
  const { quantization } = bias;
  if (bias.elementType !== 'int32' || quantization === undefined || bias.role !== 'constant') return false;
  return quantization.scales.every((scale, channel) => {
    const wanted = inputScale * weightScales[weightScales.length === 1 ? 0 : channel];
    return quantization.zeroPoints[channel] === 0 && Math.abs(scale - wanted) <= 1e-6 * wanted;
  }) && (quantization.scales.length === 1 ? weightScales.length === 1 : quantization.scales.length === weightScales.length);
}

function dequantized(tensor: Tensor): Float32Array | undefined {
  const { data, quantization } = tensor;
  if (data === undefined || quantization === undefined || tensor.role !== 'constant') return undefined;
  return toFloat32(data).map((value, index) => {
    const channel = quantization.scales.length === 1 ? 0 : index;
    return (value - quantization.zeroPoints[channel]) * quantization.scales[channel];
  });
}

/** A dequantize whose result is only quantised again is a requantisation, or nothing where the scales are the same. */
function fuseRequantizations(editor: NetworkEditor): void {
  for (const quantize of editor.operators()) {
    if (quantize.kind !== 'quantize') continue;
    const dequantize = editor.producer(quantize.inputs[0]);
    if (dequantize?.kind !== 'dequantize') continue;
    joinRescaling(editor, dequantize, quantize);
  }
}

function joinRescaling(editor: NetworkEditor, dequantize: DequantizeOperator, quantize: QuantizeOperator): void {
  const source = editor.tensor(dequantize.inputs[0]);
  const target = editor.tensor(quantize.outputs[0]);
  if (!isBytes(source) || !isBytes(target) || source.role === 'constant') return;
  const joined: Operator = { name: quantize.name, kind: 'requantize', inputs: [source.name], outputs: [target.name], attributes: {}, sourceType: quantize.sourceType };
  editor.replace(quantize, joined);
  if (sameType(source, target)) editor.bypass(joined);
}
