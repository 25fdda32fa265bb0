import { quantizeValue, outputRange, type Operator, type RequantizeOperator, type Tensor } from '@autodnnchip/core';
import { realClamp } from '../fuse/fuse-activations.js';
import type { Clamp } from '../fuse/clamp.js';
import type { NetworkEditor } from '../network-editor.js';
import { quantizedClamp, sameQuantization } from './quantization.js';

/** Operators that only move or pick values: their output has the quantisation of their input. */
const movers: ReadonlySet<string> = new Set(['maxPool', 'reshape', 'transpose', 'spaceToDepth', 'pad']);

/** True for kinds whose result needs no scale of its own. */
export function keepsQuantization(operator: Operator): boolean {
  return movers.has(operator.kind);
}

/**
 * Replaces a float operator by its quantised form, which reads `inputs` and writes `output`; both exist in the editor
 * with integer type and quantisation. Movers get a requantisation behind them where input and output differ in scale.
 */
export function replaceByQuantized(
  editor: NetworkEditor,
  operator: Operator,
  inputs: readonly string[],
  output: Tensor,
): void {
  const plain = { ...operator, inputs, outputs: [output.name] };
  const from = editor.tensor(inputs[0]);
  if (!keepsQuantization(operator)) {
    editor.replace(operator, quantizedForm(plain, from, output));
    return;
  }
  if (
    from.quantization === undefined ||
    output.quantization === undefined ||
    sameQuantization(from.quantization, output.quantization)
  ) {
    editor.replace(operator, movedForm(plain, from));
    return;
  }
  const between = editor.setTensor({
    ...from,
    name: editor.freshName(`${output.name}_before_requantize`),
    shape: output.shape,
    role: 'intermediate',
  });
  editor.replace(operator, movedForm({ ...plain, outputs: [between.name] }, from));
  editor.add({
    name: `${operator.name}_requantize`,
    kind: 'requantize',
    inputs: [between.name],
    outputs: [output.name],
    attributes: {},
    sourceType: operator.sourceType,
  });
}

function movedForm(operator: Operator, from: Tensor): Operator {
  const { quantization } = from;
  if (operator.kind === 'pad' && quantization !== undefined) {
    const value = quantizeValue(
      operator.attributes.value,
      quantization.scales[0],
      quantization.zeroPoints[0],
      outputRange(from.elementType),
    );
    return { ...operator, attributes: { ...operator.attributes, value } };
  }
  if (operator.kind === 'maxPool' && quantization !== undefined) {
    const { clamp, ...window } = operator.attributes;
    return {
      ...operator,
      attributes: { ...window, ...clampAttribute(quantizedClamp(clamp, from.elementType, quantization)) },
    };
  }
  return operator;
}

function quantizedForm(operator: Operator, from: Tensor, output: Tensor): Operator {
  const { quantization, elementType } = output;
  if (quantization === undefined) return operator;
  const inUnits = (clamp: Clamp | undefined): { clamp?: Clamp } =>
    clampAttribute(quantizedClamp(clamp, elementType, quantization));
  switch (operator.kind) {
    case 'conv': {
      const { clamp, ...rest } = operator.attributes;
      return { ...operator, attributes: { ...rest, ...inUnits(clamp) } };
    }
    case 'fullyConnected':
      return { ...operator, attributes: inUnits(operator.attributes.clamp) };
    case 'binary':
      return {
        ...operator,
        attributes: { function: operator.attributes.function, ...inUnits(operator.attributes.clamp) },
      };
    case 'clip':
      return clipForm(operator, from, output, realClamp(operator));
    default:
      return operator;
  }
}

function clipForm(operator: Operator, _from: Tensor, output: Tensor, clamp: Clamp | undefined): RequantizeOperator {
  const { quantization, elementType } = output;
  const attributes = quantization === undefined ? {} : clampAttribute(quantizedClamp(clamp, elementType, quantization));
  return {
    name: operator.name,
    kind: 'requantize',
    inputs: operator.inputs,
    outputs: operator.outputs,
    attributes,
    sourceType: operator.sourceType,
  };
}

/** The attribute, or nothing where there is no clamp. */
function clampAttribute(clamp: Clamp | undefined): { clamp?: Clamp } {
  return clamp === undefined ? {} : { clamp };
}
