import { dequantizeValue, outputRange, quantizeValue, type Operator, type QuantizeOperator } from '@autodnnchip/core';
import { isFloatTensor } from '../constants.js';
import { realClamp } from '../fuse/fuse-activations.js';
import type { NetworkEditor } from '../network-editor.js';
import { keepsQuantization, replaceByQuantized } from './quantized-operator.js';
import { addQuantizedCopy, bytesBehind, isBytes, sameType, type ByteTensor } from './quantized-tensors.js';

/**
 * Operators that commute with quantisation: `Q(f(x)) = f'(Q(x))` for every x, bit for bit. They move values, pick the
 * largest of several or clamp, and rounding to a scale keeps the order of values.
 */
function commutes(operator: Operator): boolean {
  return (
    operator.outputs.length === 1 &&
    (keepsQuantization(operator) || operator.kind === 'concat' || realClamp(operator) !== undefined)
  );
}

/**
 * Lets every quantize operator act as early as it can, right behind what computes: where a tensor is only quantised, in
 * several ways if need be, its producer is repeated for each; where an operator that commutes lies between, its input
 * is quantised in the same way. Afterwards an operator that computes has its quantize operator behind it.
 */
export function hoistQuantizes(editor: NetworkEditor): void {
  const waiting = editor.operators().filter(operator => operator.kind === 'quantize');
  for (let quantize = waiting.pop(); quantize !== undefined; quantize = waiting.pop()) {
    if (!editor.has(quantize) || !isBytes(editor.tensor(quantize.outputs[0]))) continue;
    quantize = withOwnProducer(editor, quantize);
    const [name] = quantize.inputs;
    const producer = editor.producer(name);
    if (producer === undefined || !commutes(producer) || editor.onlyConsumer(name) !== quantize) continue;
    const target = editor.tensor(quantize.outputs[0]) as ByteTensor;
    const copies = new Map<string, string>();
    for (const input of new Set(producer.inputs)) {
      if (
        editor.isConstant(input) ||
        editor.producer(input)?.kind === 'dequantize' ||
        !isFloatTensor(editor.tensor(input))
      )
        continue;
      copies.set(input, addQuantizedCopy(editor, input, target));
      waiting.push(...editor.consumers(input).filter(reader => reader.kind === 'quantize'));
    }
    if (copies.size > 0)
      editor.replace(producer, { ...producer, inputs: producer.inputs.map(input => copies.get(input) ?? input) });
  }
}

/** A tensor that several quantize operators read and nothing else: this one gets the tensor computed for itself. */
function withOwnProducer(editor: NetworkEditor, quantize: QuantizeOperator): QuantizeOperator {
  const [name] = quantize.inputs;
  const producer = editor.producer(name);
  const readers = editor.consumers(name);
  const isShared = readers.length > 1 && readers.every(({ kind }) => kind === 'quantize') && !editor.isOutput(name);
  if (!isShared || producer === undefined || producer.kind === 'dequantize' || producer.outputs.length !== 1)
    return quantize;
  const copy = editor.setTensor({
    ...editor.tensor(name),
    name: editor.freshName(`${name}_for_${quantize.outputs[0]}`),
  });
  editor.add({ ...producer, name: `${producer.name} for ${quantize.outputs[0]}`, outputs: [copy.name] });
  const moved: QuantizeOperator = { ...quantize, inputs: [copy.name] };
  editor.replace(quantize, moved);
  return moved;
}

/**
 * Lets dequantize operators act as late as they can: an operator that moves or clamps integers exactly does so before
 * they become real numbers. Those whose result is quantised at once are left: they become integer operators with it.
 */
export function sinkDequantizes(editor: NetworkEditor): void {
  for (const operator of editor.operators()) {
    if (!editor.has(operator) || !commutes(operator) || editor.onlyConsumer(operator.outputs[0])?.kind === 'quantize')
      continue;
    const sources = bytesBehind(editor, operator);
    if (
      sources === undefined ||
      sources.some(source => !sameType(source, sources[0])) ||
      sources.every(({ role }) => role === 'constant')
    )
      continue;
    if (!staysOnGrid(operator, sources[0])) continue;
    const [name] = operator.outputs;
    const { elementType, quantization } = sources[0];
    const output = editor.setTensor({
      name: editor.freshName(`${name}_quantized`),
      elementType,
      shape: editor.tensor(name).shape,
      role: 'intermediate',
      quantization,
    });
    replaceByQuantized(
      editor,
      operator,
      sources.map(source => source.name),
      output,
    );
    editor.add({
      name: `${name}_dequantize`,
      kind: 'dequantize',
      inputs: [output.name],
      outputs: [name],
      attributes: {},
      sourceType: 'DequantizeLinear',
    });
  }
}

/** Whether what the operator puts in the place of values, bounds and padding, is among the values of the scale. */
function staysOnGrid(operator: Operator, { elementType, quantization }: ByteTensor): boolean {
  const [scale, zeroPoint] = [quantization.scales[0], quantization.zeroPoints[0]];
  const range = outputRange(elementType);
  const [lowest, highest] = [
    dequantizeValue(range.low, scale, zeroPoint),
    dequantizeValue(range.high, scale, zeroPoint),
  ];
  const isValue = (value: number): boolean =>
    dequantizeValue(quantizeValue(value, scale, zeroPoint, range), scale, zeroPoint) === Math.fround(value);
  if (operator.kind === 'pad') return isValue(operator.attributes.value);
  const clamp = realClamp(operator) ?? (operator.kind === 'maxPool' ? operator.attributes.clamp : undefined);
  return (
    clamp === undefined ||
    ((clamp.low <= lowest || isValue(clamp.low)) && (clamp.high >= highest || isValue(clamp.high)))
  );
}
