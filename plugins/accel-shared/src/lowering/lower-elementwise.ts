import {
  lookupTable,
  type ClipOperator,
  type OperatorKind,
  type RequantizeOperator,
  type UnaryOperator,
} from '@autodnnchip/core';
import type { ValueTable } from '@autodnnchip/core/engine';

import { addWork } from './choose-engine.js';
import { valueOf } from './host-conversion.js';
import { defineLike, type LoweringContext } from './lowering-context.js';
import { oneSweep, pointWindow } from './point-window.js';
import { quantizedTensor, tensorOf } from './quantized-tensor.js';
import { Refusal } from './refusal.js';
import type { TensorNode } from './tensor-node.js';

/** Function of one feature map: a table of 256 entries. */
export function lowerTable(context: LoweringContext, operator: UnaryOperator | RequantizeOperator): void {
  const x = quantizedTensor(context, operator.inputs[0]);
  const y = quantizedTensor(context, operator.outputs[0]);
  const input = valueOf(context, x.name);
  const entries = new Int32Array(256);
  if (!context.network.weightless) {
    const table = lookupTable(
      operator,
      { ...tensorOf(context, x.name), quantization: x.quantization },
      { ...tensorOf(context, y.name), quantization: y.quantization },
    );
    for (let value = 0; value < 256; value++) entries[(value - x.offset) & 255] = table[value] - y.offset;
  }
  const output = defineLike(context, y.name, input);
  addTablePass(
    context,
    operator.name,
    operator.kind,
    input.node,
    output,
    { multiplier: 0, shift: 0, entries },
    { low: -128, high: 127 },
  );
}

/** Clip of a quantised tensor that keeps its scale. */
export function lowerClip(context: LoweringContext, operator: ClipOperator): void {
  quantizedTensor(context, operator.inputs[0]);
  throw new Refusal('clip of integers has no rule; the passes make it a clamp or a requantisation');
}

/** Sends every byte through a table. */
export function addTablePass(
  context: LoweringContext,
  name: string,
  operator: OperatorKind,
  input: TensorNode,
  output: TensorNode,
  table: ValueTable,
  range: { low: number; high: number },
): void {
  addWork(context, [
    {
      work: {
        form: 'table',
        name,
        operator,
        multiplyAccumulates: 0,
        window: pointWindow(input),
        inputs: [input],
        output,
        zeroPoint: 0,
        ...range,
        sweeps: oneSweep,
        table,
      },
      commit: () => undefined,
    },
  ]);
}

/** Moves every byte unchanged. */
export function addCopyPass(context: LoweringContext, name: string, input: TensorNode, output: TensorNode): void {
  addWork(context, [
    {
      work: {
        form: 'maximum',
        name,
        operator: 'copy',
        multiplyAccumulates: 0,
        window: pointWindow(input),
        inputs: [input],
        output,
        zeroPoint: 0,
        low: -128,
        high: 127,
        sweeps: oneSweep,
      },
      commit: () => undefined,
    },
  ]);
}
