import type { Network, NetworkNode, Operator, Tensor } from '@autodnnchip/core';
import { basename } from 'node:path';
import { invalidGraph, tensorDataMismatch } from '../errors.js';
import { undefinedValue } from '../graph/order.js';
import type { Value } from '../graph/value.js';
import { limits } from '../limits.js';
import type { NetworkBuilder, TensorDraft } from './network-builder.js';
import { propagateQuantization } from './propagate-quantization.js';

/** Shape of a tensor behind an operator that cannot be shaped: one dimension of unknown extent. */
export const unknownShape: readonly number[] = Object.freeze([-1]);

export interface NetworkParts {
  readonly file: string;
  readonly name: string;
  readonly builder: NetworkBuilder;
  readonly values: ReadonlyMap<string, Value>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly weights: boolean;
  readonly notes: readonly string[];
  readonly nodes: readonly NetworkNode[];
}

/** Makes the network from what the nodes were translated to: names outputs, drops what is not used, loads values. */
export function finishNetwork(parts: NetworkParts): Network {
  const { file, builder, inputs, outputs, weights } = parts;
  if (outputs.length === 0) throw invalidGraph(file, 'The graph has no outputs.');
  const outputNames = new Set(outputs);
  if (outputNames.size !== outputs.length) throw invalidGraph(file, 'The graph names an output twice.');
  const renamed = nameOutputs(parts);
  const operators = usedOperators(
    builder.operators.map(operator => rename(operator, renamed)),
    outputs,
  );
  const drafts = new Map([...builder.tensors].map(([name, draft]) => [renamed.get(name) ?? name, draft]));
  propagateQuantization(file, operators, drafts);
  const tensors = new Map<string, Tensor>();
  for (const name of [
    ...inputs,
    ...operators.flatMap(operator => [...operator.inputs, ...operator.outputs]),
    ...outputs,
  ]) {
    const draft = drafts.get(name);
    if (draft !== undefined && !tensors.has(name))
      tensors.set(name, finishTensor(file, name, draft, outputNames.has(name), weights));
  }
  return {
    name: parts.name || basename(file, '.onnx'),
    source: file,
    inputs,
    outputs,
    operators,
    tensors,
    weightless: !weights,
    nodes: parts.nodes,
    ...(parts.notes.length === 0 ? {} : { notes: parts.notes }),
  };
}

/** Makes every graph output a tensor of its own name; gives the names that change on the way. */
function nameOutputs(parts: NetworkParts): ReadonlyMap<string, string> {
  const { builder, file, outputs, values } = parts;
  const renamed = new Map<string, string>();
  const taken = new Set(outputs.filter(name => values.get(name)?.tensor === name));
  for (const name of outputs) {
    const value = values.get(name);
    if (value === undefined) throw undefinedValue(file, name, 'the graph output');
    const tensor = builder.use(value);
    if (tensor === name) continue;
    if (builder.tensors.get(tensor)?.role === 'intermediate' && !taken.has(tensor) && !renamed.has(tensor)) {
      builder.tensors.delete(name);
      renamed.set(tensor, name);
    } else {
      builder.declare(name, value.type);
      builder.add({
        name: builder.operatorName(`${name}/copy`),
        kind: 'reshape',
        inputs: [tensor],
        outputs: [name],
        attributes: {},
        sourceType: 'Identity',
      });
    }
  }
  return renamed;
}

function rename(operator: Operator, renamed: ReadonlyMap<string, string>): Operator {
  if (renamed.size === 0) return operator;
  const change = (names: readonly string[]): string[] => names.map(name => renamed.get(name) ?? name);
  return { ...operator, inputs: change(operator.inputs), outputs: change(operator.outputs) };
}

/** Operators whose results reach an output. */
function usedOperators(operators: readonly Operator[], outputs: readonly string[]): readonly Operator[] {
  const needed = new Set(outputs);
  const kept: Operator[] = [];
  for (let index = operators.length - 1; index >= 0; index--) {
    const operator = operators[index];
    if (!operator.outputs.some(output => needed.has(output))) continue;
    kept.push(operator);
    for (const input of operator.inputs) needed.add(input);
  }
  return kept.reverse();
}

function finishTensor(file: string, name: string, draft: TensorDraft, isOutput: boolean, weights: boolean): Tensor {
  const { constant, quantization, type } = draft;
  const data =
    constant !== undefined && (weights || constant.size <= limits.smallConstantElements) ? constant.data() : undefined;
  if (weights && constant !== undefined && data === undefined)
    throw tensorDataMismatch(file, name, 'is constant, but its values cannot be computed');
  return {
    name,
    elementType: type?.elementType ?? 'float32',
    shape: type?.shape ?? unknownShape,
    role: draft.role === 'intermediate' && isOutput ? 'output' : draft.role,
    ...(quantization === undefined ? {} : { quantization }),
    ...(data === undefined ? {} : { data }),
  };
}
