import type { DequantizeOperator, Network, Operator, QuantizeOperator } from '@autodnnchip/core';
import { NetworkEditor } from '../network-editor.js';
import { hoistQuantizes, sinkDequantizes } from './commute-quantization.js';
import { replaceByQuantized } from './quantized-operator.js';
import { weightedInputs } from './qdq-weights.js';
import { bytesBehind, isBytes, sameType, type ByteTensor } from './quantized-tensors.js';

/**
 * Rewrites float operators between dequantize and quantize operators (QDQ form) to their quantised form: the operator
 * then reads the integers and writes them. What commutes with quantisation may lie between. Operators that have no
 * quantised form, or whose inputs or output are real numbers elsewhere, stay as they are.
 */
export function rewriteQdq(network: Network): Network {
  return [mergeEqualQuantizes, hoistQuantizes, sinkDequantizes, rewriteOperators, fuseRequantizations].reduce(
    (current, step) => {
      const editor = new NetworkEditor(current);
      step(editor);
      return editor.finish();
    },
    network,
  );
}

/** Readers that quantise the same tensor in the same way share one quantize operator. */
function mergeEqualQuantizes(editor: NetworkEditor): void {
  const known = new Map<string, QuantizeOperator[]>();
  for (const operator of editor.operators()) {
    if (operator.kind !== 'quantize') continue;
    const earlier = known.get(operator.inputs[0]) ?? [];
    const twin = earlier.find(other => sameType(editor.tensor(other.outputs[0]), editor.tensor(operator.outputs[0])));
    if (twin === undefined || editor.isOutput(operator.outputs[0])) {
      known.set(operator.inputs[0], [...earlier, operator]);
      continue;
    }
    editor.redirect(operator.outputs[0], twin.outputs[0]);
    editor.remove(operator);
  }
}

function rewriteOperators(editor: NetworkEditor): void {
  for (const operator of editor.operators()) {
    if (!editor.has(operator)) continue;
    const quantize = quantizeAfter(editor, operator);
    if (quantize === undefined) continue;
    const output = editor.tensor(quantize.outputs[0]) as ByteTensor;
    const inputs = quantizedInputs(editor, operator, output);
    if (inputs === undefined) continue;
    editor.remove(quantize);
    replaceByQuantized(editor, operator, inputs, output);
  }
}

/** The quantize operator that is the only reader of an operator's result. */
function quantizeAfter(editor: NetworkEditor, operator: Operator): QuantizeOperator | undefined {
  if (operator.outputs.length !== 1) return undefined;
  const reader = editor.onlyConsumer(operator.outputs[0]);
  return reader?.kind === 'quantize' && isBytes(editor.tensor(reader.outputs[0])) ? reader : undefined;
}

/** The integer tensors behind an operator's float inputs; undefined where it has no quantised form. */
function quantizedInputs(editor: NetworkEditor, operator: Operator, output: ByteTensor): readonly string[] | undefined {
  if (operator.kind === 'conv' || operator.kind === 'fullyConnected') return weightedInputs(editor, operator, output);
  return hasQuantizedForm(operator) ? bytesBehind(editor, operator)?.map(({ name }) => name) : undefined;
}

/** Whether there is an integer rule for an operator, its inputs and result being 8-bit integers. */
export function hasQuantizedForm(operator: Operator): boolean {
  switch (operator.kind) {
    case 'binary':
      return operator.attributes.function === 'add' || operator.attributes.function === 'mul';
    case 'conv':
    case 'fullyConnected':
    case 'maxPool':
    case 'averagePool':
    case 'globalAveragePool':
    case 'concat':
    case 'reshape':
    case 'transpose':
    case 'pad':
    case 'spaceToDepth':
    case 'unary':
    case 'clip':
      return true;
    default:
      return false;
  }
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
  const joined: Operator = {
    name: quantize.name,
    kind: 'requantize',
    inputs: [source.name],
    outputs: [target.name],
    attributes: {},
    sourceType: quantize.sourceType,
  };
  editor.replace(quantize, joined);
  if (sameType(source, target)) editor.bypass(joined);
}
