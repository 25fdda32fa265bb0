import type { Network, RequantizeOperator, UnaryOperator } from '@autodnnchip/core';
import { absorbTransposes } from './absorb-transposes.js';
import { foldPadding } from '../fold/fold-padding.js';
import { NetworkEditor } from '../network-editor.js';
import { recognizeSpaceToDepth } from '../normalize/space-to-depth.js';
import { quantizedClamp, sameQuantization } from '../quantize/quantization.js';
import { realClamp, withClamp } from './fuse-activations.js';

/**
 * Fuses what became visible once the network is on integers: padding, activations, transposes before fully connected
 * layers, and reorg layers that QDQ form takes apart.
 */
export function fuseQuantizedNetwork(network: Network): Network {
  const editor = new NetworkEditor(network);
  recognizeSpaceToDepth(editor);
  absorbTransposes(editor);
  foldPadding(editor);
  fuseQuantizedActivations(editor);
  return editor.finish();
}

/**
 * Fuses a quantised relu, or a requantisation that only clamps, into the quantised operator before it where input and
 * output have the same scale: the table is then a clamp. Bits stay the same.
 */
function fuseQuantizedActivations(editor: NetworkEditor): void {
  for (const operator of editor.operators()) {
    if (!editor.has(operator) || (operator.kind !== 'unary' && operator.kind !== 'requantize')) continue;
    const input = editor.tensor(operator.inputs[0]);
    const output = editor.tensor(operator.outputs[0]);
    if (
      input.quantization === undefined ||
      output.quantization === undefined ||
      input.elementType !== output.elementType
    )
      continue;
    if (!sameQuantization(input.quantization, output.quantization)) continue;
    const clamp = clampInUnits(operator, editor);
    const producer = editor.producer(operator.inputs[0]);
    if (clamp === undefined || producer === undefined || editor.onlyConsumer(operator.inputs[0]) !== operator) continue;
    const fused = withClamp(producer, clamp, operator.outputs);
    if (fused === undefined) continue;
    editor.remove(operator);
    editor.replace(producer, fused);
  }
}

function clampInUnits(
  operator: UnaryOperator | RequantizeOperator,
  editor: NetworkEditor,
): { low: number; high: number } | undefined {
  const { elementType, quantization } = editor.tensor(operator.outputs[0]);
  if (operator.kind === 'requantize') return operator.attributes.clamp;
  const real = realClamp(operator);
  return real === undefined || quantization === undefined ? undefined : quantizedClamp(real, elementType, quantization);
}
