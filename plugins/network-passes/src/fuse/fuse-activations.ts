import type { Network, Operator } from '@autodnnchip/core';
import { isFloatTensor } from '../constants.js';
import { NetworkEditor } from '../network-editor.js';
import { combineClamps, type Clamp } from './clamp.js';

/**
 * Fuses float relu and clip into the convolution, fully connected layer, sum, product or maximum pool before them, as a
 * clamp on real values.
 */
export function fuseActivations(network: Network): Network {
  const editor = new NetworkEditor(network);
  for (const operator of editor.operators()) {
    const clamp = realClamp(operator);
    if (clamp === undefined || !editor.has(operator) || !isFloatTensor(editor.tensor(operator.outputs[0]))) continue;
    const producer = editor.producer(operator.inputs[0]);
    if (producer === undefined || editor.onlyConsumer(operator.inputs[0]) !== operator) continue;
    const fused = withClamp(producer, clamp, operator.outputs);
    if (fused === undefined) continue;
    editor.remove(operator);
    editor.replace(producer, fused);
  }
  return editor.finish();
}

/** The range that an operator clips its input to; undefined for operators that do something else. */
export function realClamp(operator: Operator): Clamp | undefined {
  if (operator.kind === 'clip') return { low: operator.attributes.low, high: operator.attributes.high };
  if (operator.kind === 'unary' && operator.attributes.function === 'relu') return { low: 0, high: Infinity };
  return undefined;
}

/** The operator with a further clamp on its result and other output names; undefined where its kind takes no clamp. */
export function withClamp(operator: Operator, clamp: Clamp, outputs: readonly string[]): Operator | undefined {
  switch (operator.kind) {
    case 'conv':
      return {
        ...operator,
        outputs,
        attributes: { ...operator.attributes, clamp: combineClamps(operator.attributes.clamp, clamp) },
      };
    case 'fullyConnected':
      return {
        ...operator,
        outputs,
        attributes: { ...operator.attributes, clamp: combineClamps(operator.attributes.clamp, clamp) },
      };
    case 'binary':
      return {
        ...operator,
        outputs,
        attributes: { ...operator.attributes, clamp: combineClamps(operator.attributes.clamp, clamp) },
      };
    case 'maxPool':
      return {
        ...operator,
        outputs,
        attributes: { ...operator.attributes, clamp: combineClamps(operator.attributes.clamp, clamp) },
      };
    case 'requantize':
      return {
        ...operator,
        outputs,
        attributes: { ...operator.attributes, clamp: combineClamps(operator.attributes.clamp, clamp) },
      };
    default:
      return undefined;
  }
}
