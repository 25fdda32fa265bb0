import type { Network, Operator, Quantization } from '@autodnnchip/core';
import { isFloatTensor } from '../constants.js';
import { NetworkEditor } from '../network-editor.js';
import { hasQuantizedForm } from './rewrite-qdq.js';
import { keepsQuantization } from './quantized-operator.js';
import { quantizeFloatWeights } from './qdq-weights.js';
import { addQuantizedCopy, integersBehind, isByteType, isBytes, type ByteTensor } from './quantized-tensors.js';

type ByteType = Pick<ByteTensor, 'elementType' | 'quantization'>;

/** A float tensor amid a quantised network that needs a scale before the chip can compute it. */
export interface OpenTensor {
  readonly name: string;
  /** What computes it; undefined for an input of the network. */
  readonly operator: Operator | undefined;
  /** The type that some of its readers quantise it to, where others read it as real numbers. */
  readonly known: ByteType | undefined;
}

/**
 * Results of operators that read quantised values and whose own result is quantised nowhere, or not everywhere.
 * @param everywhere false: only those that are outputs of the network, moved at most. True: also what others compute
 *   with, inputs of the network that are not quantised, and layers whose weights are real numbers
 */
export function openTensors(network: Network, everywhere: boolean): readonly OpenTensor[] {
  const editor = new NetworkEditor(network);
  const settled = new Set<string>();
  const open = new Map<string, OpenTensor>();
  const add = (name: string, operator: Operator | undefined): void => {
    settled.add(name);
    open.set(name, { name, operator, known: knownType(editor, name) });
  };
  const isSettled = (name: string): boolean => {
    const source = integersBehind(editor, name);
    return settled.has(name) || (source !== undefined && isBytes(editor.tensor(source)));
  };
  for (const operator of editor.operators()) {
    const [result] = operator.outputs;
    if (
      operator.outputs.length !== 1 ||
      operator.kind === 'dequantize' ||
      !hasQuantizedForm(operator) ||
      !isFloatTensor(editor.tensor(result))
    )
      continue;
    const inputs = valuesRead(operator);
    if (!weightsAreConstant(editor, operator, everywhere)) continue;
    const isOpenInput = (name: string): boolean =>
      everywhere && network.inputs.includes(name) && isFloatTensor(editor.tensor(name));
    if (!inputs.every(name => isSettled(name) || isOpenInput(name))) continue;
    for (const name of inputs) if (!isSettled(name)) add(name, undefined);
    if (keepsQuantization(operator)) settled.add(result);
    else if (!isQuantizedNext(editor, result) && (everywhere || isGivenOut(editor, result))) add(result, operator);
  }
  return [...open.values()];
}

/**
 * Gives open tensors the scales of `quantizationOf`, with a quantize and a dequantize operator behind each; those
 * without one stay.
 */
export function closeTensors(
  network: Network,
  open: readonly OpenTensor[],
  quantizationOf: (tensor: OpenTensor) => Quantization | undefined,
): Network {
  const editor = new NetworkEditor(network);
  for (const tensor of open) {
    const quantization = quantizationOf(tensor);
    const type: ByteType | undefined =
      tensor.known ?? (quantization === undefined ? undefined : { elementType: 'int8', quantization });
    if (type === undefined) continue;
    if (tensor.operator === undefined) closeInput(editor, tensor.name, type);
    else closeResult(editor, tensor.name, type);
  }
  const closed = new NetworkEditor(editor.finish());
  for (const operator of closed.operators())
    if (operator.kind === 'conv' || operator.kind === 'fullyConnected') quantizeFloatWeights(closed, operator);
  return closed.finish();
}

function closeInput(editor: NetworkEditor, name: string, type: ByteType): void {
  const readers = editor.consumers(name).filter(reader => reader.kind !== 'quantize');
  const copy = addQuantizedCopy(editor, name, type);
  for (const reader of readers)
    editor.replace(reader, { ...reader, inputs: reader.inputs.map(input => (input === name ? copy : input)) });
}

/** The tensor keeps its name as what the dequantize operator makes, so that outputs of the network keep theirs. */
function closeResult(editor: NetworkEditor, name: string, type: ByteType): void {
  const producer = editor.producer(name);
  if (producer === undefined) return;
  const real = editor.setTensor({
    ...editor.tensor(name),
    name: editor.freshName(`${name}_unquantized`),
    role: 'intermediate',
  }).name;
  editor.replace(producer, { ...producer, outputs: [real] });
  for (const reader of editor.consumers(name))
    if (reader.kind === 'quantize') editor.replace(reader, { ...reader, inputs: [real] });
  const copy = addQuantizedCopy(editor, real, type);
  const dequantize = editor.producer(copy);
  if (dequantize !== undefined) editor.replace(dequantize, { ...dequantize, outputs: [name] });
}

/** The inputs that are feature maps: all but weights and bias. */
function valuesRead(operator: Operator): readonly string[] {
  return operator.kind === 'conv' || operator.kind === 'fullyConnected' ? operator.inputs.slice(0, 1) : operator.inputs;
}

function weightsAreConstant(editor: NetworkEditor, operator: Operator, mayBeReal: boolean): boolean {
  if (operator.kind !== 'conv' && operator.kind !== 'fullyConnected') return true;
  const [, weight, bias] = operator.inputs;
  const isConstant = (name: string | undefined, bytesOnly: boolean): boolean => {
    if (name === undefined || name === '') return true;
    const source = integersBehind(editor, name);
    if (source === undefined) return editor.isConstant(name) && !bytesOnly;
    return editor.isConstant(source) && (!bytesOnly || isByteType(editor.tensor(source).elementType));
  };
  return isConstant(weight, !mayBeReal) && isConstant(bias, false);
}

/** The only reader is a quantize operator. */
function isQuantizedNext(editor: NetworkEditor, name: string): boolean {
  const reader = editor.onlyConsumer(name);
  return reader?.kind === 'quantize' && isBytes(editor.tensor(reader.outputs[0]));
}

/**
 * True for what is an output of the network, directly or through operators that only move values, and read by nothing
 * that computes.
 */
function isGivenOut(editor: NetworkEditor, name: string): boolean {
  const readers = editor.consumers(name).filter(reader => reader.kind !== 'quantize');
  if (readers.length === 0) return editor.isOutput(name);
  return readers.every(
    reader => reader.outputs.length === 1 && keepsQuantization(reader) && isGivenOut(editor, reader.outputs[0]),
  );
}

function knownType(editor: NetworkEditor, name: string): ByteType | undefined {
  for (const reader of editor.consumers(name)) {
    const target = reader.kind === 'quantize' ? editor.tensor(reader.outputs[0]) : undefined;
    if (target !== undefined && isBytes(target)) return target;
  }
  return undefined;
}
