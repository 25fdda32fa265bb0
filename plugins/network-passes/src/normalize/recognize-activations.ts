import type { BinaryOperator, ClipOperator, Operator, UnaryFunction, UnaryOperator } from '@autodnnchip/core';
import { isFloatTensor, scalarConstant } from '../constants.js';
import type { NetworkEditor } from '../network-editor.js';

/**
 * Makes float activations that exporters spell out one operator: `x * sigmoid(x)` becomes silu, `x * hardSigmoid(x)`
 * with slope 1/6 and `x * clip(x + 3, 0, 6) / 6` become hardSwish, a clip from 0 up becomes relu. Quantised networks
 * are left alone: there each step rounds.
 */
export function recognizeActivations(editor: NetworkEditor): void {
  for (const operator of editor.operators()) {
    if (!editor.has(operator) || !isFloatTensor(editor.tensor(operator.outputs[0]))) continue;
    if (operator.kind === 'clip') recognizeRelu(editor, operator);
    if (operator.kind === 'binary' && operator.attributes.function === 'mul') recognizeProduct(editor, operator);
  }
  for (const operator of editor.operators()) {
    if (operator.kind === 'binary' && editor.has(operator) && isFloatTensor(editor.tensor(operator.outputs[0])))
      recognizeScaledProduct(editor, operator);
  }
}

function recognizeRelu(editor: NetworkEditor, operator: ClipOperator): void {
  if (operator.attributes.low === 0 && operator.attributes.high === Infinity)
    editor.replace(operator, { ...operator, kind: 'unary', attributes: { function: 'relu' } });
}

function recognizeProduct(editor: NetworkEditor, product: BinaryOperator): void {
  for (const [x, gate] of bothWays(product)) {
    const inner = editor.producer(gate);
    if (inner?.kind !== 'unary' || inner.inputs[0] !== x || editor.onlyConsumer(gate) !== product) continue;
    const { function: name, alpha = 0.2, beta = 0.5 } = inner.attributes;
    const replacement: UnaryFunction | undefined =
      name === 'sigmoid'
        ? 'silu'
        : name === 'hardSigmoid' && close(alpha, 1 / 6) && close(beta, 0.5)
          ? 'hardSwish'
          : undefined;
    if (replacement === undefined) continue;
    replaceWithUnary(editor, product, [inner, product], x, replacement);
    return;
  }
}

/** `x * clip(x + 3, 0, 6)` times 1/6 or divided by 6, with the factor outside or on the gate. */
function recognizeScaledProduct(editor: NetworkEditor, operator: BinaryOperator): void {
  const scaled = scaledBySixth(editor, operator);
  if (scaled !== undefined) {
    const product = editor.producer(scaled);
    if (product?.kind !== 'binary' || product.attributes.function !== 'mul' || editor.onlyConsumer(scaled) !== operator)
      return;
    for (const [x, gate] of bothWays(product)) {
      const chain = gateChain(editor, gate, x, product);
      if (chain !== undefined) {
        replaceWithUnary(editor, operator, [...chain, product, operator], x, 'hardSwish');
        return;
      }
    }
    return;
  }
  if (operator.attributes.function !== 'mul') return;
  for (const [x, factor] of bothWays(operator)) {
    const scale = editor.producer(factor);
    if (scale?.kind !== 'binary' || editor.onlyConsumer(factor) !== operator) continue;
    const gate = scaledBySixth(editor, scale);
    const chain = gate === undefined ? undefined : gateChain(editor, gate, x, scale);
    if (chain !== undefined) {
      replaceWithUnary(editor, operator, [...chain, scale, operator], x, 'hardSwish');
      return;
    }
  }
}

/** The other operand of `t / 6` or `t * (1/6)`. */
function scaledBySixth(editor: NetworkEditor, operator: BinaryOperator): string | undefined {
  if (operator.attributes.function === 'div')
    return scalarConstant(editor, operator.inputs[1]) === 6 ? operator.inputs[0] : undefined;
  if (operator.attributes.function !== 'mul') return undefined;
  for (const [other, constant] of bothWays(operator)) {
    const value = scalarConstant(editor, constant);
    if (value !== undefined && close(value, 1 / 6)) return other;
  }
  return undefined;
}

/** The operators of `clip(x + 3, 0, 6)` where `gate` is just that and only `reader` reads it. */
function gateChain(editor: NetworkEditor, gate: string, x: string, reader: Operator): readonly Operator[] | undefined {
  const clip = editor.producer(gate);
  if (
    clip?.kind !== 'clip' ||
    clip.attributes.low !== 0 ||
    clip.attributes.high !== 6 ||
    editor.onlyConsumer(gate) !== reader
  )
    return undefined;
  const sum = editor.producer(clip.inputs[0]);
  if (sum?.kind !== 'binary' || sum.attributes.function !== 'add' || editor.onlyConsumer(sum.outputs[0]) !== clip)
    return undefined;
  return bothWays(sum).some(([other, constant]) => other === x && scalarConstant(editor, constant) === 3)
    ? [sum, clip]
    : undefined;
}

function replaceWithUnary(
  editor: NetworkEditor,
  last: BinaryOperator,
  chain: readonly Operator[],
  x: string,
  name: UnaryFunction,
): void {
  for (const operator of chain) editor.remove(operator);
  const replacement: UnaryOperator = {
    name: last.name,
    kind: 'unary',
    inputs: [x],
    outputs: [...last.outputs],
    attributes: { function: name },
    sourceType: chain.map(operator => operator.sourceType).join('-'),
  };
  editor.add(replacement);
}

function bothWays(operator: BinaryOperator): readonly (readonly [string, string])[] {
  const [a, b] = operator.inputs;
  return [
    [a, b],
    [b, a],
  ];
}

function close(value: number, wanted: number): boolean {
  return Math.abs(value - wanted) < 1e-6;
}
