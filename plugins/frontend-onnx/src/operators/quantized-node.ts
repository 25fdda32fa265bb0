import type { NodeBuilder } from '../build/node-builder.js';
import type { GraphNode } from '../graph/node.js';
import { Refusal } from '../graph/value.js';

/** A quantised input of a node and the places of its parameters. */
export interface QuantizedInput {
  readonly tensor: number;
  readonly scale: number;
  readonly zeroPoint: number;
  readonly axis?: number;
}

export interface QuantizedTensors {
  readonly inputs: readonly string[];
  readonly output: string;
}

/** Puts the quantisation that a QLinear node states on its inputs and its result, and names these tensors. */
export function quantizedTensors(
  node: GraphNode,
  build: NodeBuilder,
  inputs: readonly QuantizedInput[],
  result: { readonly scale: number; readonly zeroPoint: number },
): QuantizedTensors | Refusal {
  const names: string[] = [];
  for (const input of inputs) {
    const name = build.quantized(build.input(input.tensor), input);
    if (name instanceof Refusal) return name;
    names.push(name);
  }
  if (!node.has(result.scale)) return new Refusal('its result has no quantisation');
  const output = build.quantized(build.output(), result);
  return output instanceof Refusal ? output : { inputs: names, output };
}
