import { elementCount, type Operator } from '@autodnnchip/core';

import type { HostLayout, UnfoldedColumns } from './lowered-network.js';
import { defineFeatureMap, type Draft, type LoweredValue, type LoweringContext } from './lowering-context.js';
import { featureMapShape, quantizedTensor, tensorOf, type QuantizedTensor } from './quantized-tensor.js';
import { Refusal } from './refusal.js';
import { createTensorNode, identityChannelMap, type TensorNode } from './tensor-node.js';

/** Registers the tensors that the host writes: integer network inputs. */
export function lowerNetworkInputs(context: LoweringContext): void {
  for (const name of context.network.inputs) {
    const { elementType } = tensorOf(context, name);
    if (elementType === 'int8' || elementType === 'uint8')
      context.pendingInputs.set(name, { networkInput: name, isQuantizedByHost: false, moves: [] });
  }
}

/** Quantisation of a network input: the host does it while it writes the input. */
export function lowerQuantize(context: LoweringContext, operator: Operator): void {
  const source = operator.inputs[0];
  quantizedTensor(context, operator.outputs[0]);
  if (!context.network.inputs.includes(source)) {
    // The operator that computes the value is refused itself; this one has something for others to read.
    const { shape } = tensorOf(context, operator.outputs[0]);
    defineFeatureMap(context, operator.outputs[0], shape[1] ?? 1, shape[2] ?? 1, shape[3] ?? 1);
    return;
  }
  context.pendingInputs.set(operator.outputs[0], { networkInput: source, isQuantizedByHost: true, moves: [] });
}

/**
 * Dequantisation of a network output: the host does it while it reads the output. Operators that compute on a
 * dequantised value are refused themselves.
 */
export function lowerDequantize(context: LoweringContext, operator: Operator): void {
  const [result] = operator.outputs;
  if (context.network.outputs.includes(result)) addHostOutput(context, result, operator.inputs[0], true);
  for (const consumer of context.consumers.get(result) ?? []) {
    if (consumer.kind === 'quantize')
      throw new Refusal(`its result '${result}' is quantised again; the passes make such pairs a requantisation`);
  }
}

/** Outputs that the host reads as integers. Gives those that nothing on the chip makes. */
export function lowerNetworkOutputs(context: LoweringContext): string[] {
  return context.network.outputs.filter(name => {
    if (context.outputs.some(output => output.name === name)) return false;
    if (!context.values.has(name) && !context.pendingInputs.has(name)) return true;
    addHostOutput(context, name, name, false);
    return false;
  });
}

function addHostOutput(context: LoweringContext, name: string, tensor: string, dequantize: boolean): void {
  const { node, moves } = valueOf(context, tensor);
  const quantized = quantizedTensor(context, tensor);
  node.hostOutput = true;
  const { shape, elementType } = tensorOf(context, name);
  context.outputs.push({
    name,
    shape,
    elementType,
    ...(dequantize ? { dequantize: hostQuantization(quantized) } : {}),
    ...(moves.length === 0 ? {} : { moves }),
    view: node,
    layout: hostLayout(context, node, quantized),
  });
}

/** What a tensor is on the chip. A network input that nothing has read yet gets its plain layout. */
export function valueOf(context: LoweringContext, name: string): LoweredValue {
  const { value, commit } = draftValueOf(context, name);
  commit();
  return value;
}

/**
 * What a tensor is on the chip; the plain layout of a network input that nothing has read yet is kept once it is
 * committed.
 */
export interface DraftValue {
  readonly value: LoweredValue;
  commit(): void;
}

export function draftValueOf(context: LoweringContext, name: string): DraftValue {
  const known = context.values.get(name);
  if (known !== undefined) return { value: known, commit: () => undefined };
  if (!context.pendingInputs.has(name)) throw new Refusal(`its input '${name}' is not computed on the chip`);
  const { shape } = tensorOf(context, name);
  const isFeatureMap = (shape.length === 4 || shape.length === 2) && shape[0] === 1;
  const { channels, height, width } = isFeatureMap ? featureMapShape(name, shape) : anyShape(shape);
  const { node, commit } = draftHostInput(
    context,
    name,
    height,
    width,
    identityChannelMap(channels, context.configuration.channelBlock),
  );
  const value: LoweredValue = { node, channels, height, width, isFeatureMap, moves: [] };
  return {
    value,
    commit() {
      commit();
      context.values.set(name, value);
    },
  };
}

/** What acts on single values takes any shape: the last two of three or more dimensions are rows and columns. */
function anyShape(shape: readonly number[]): { channels: number; height: number; width: number } {
  const [height, width] = shape.length < 3 ? [1, 1] : shape.slice(-2);
  return { channels: elementCount(shape.length < 3 ? shape : shape.slice(0, -2)), height, width };
}

/** A feature map [N C H W] in its own order of dimensions. */
export function featureMapOf(context: LoweringContext, name: string): LoweredValue {
  const { value, commit } = draftFeatureMapOf(context, name);
  commit();
  return value;
}

export function draftFeatureMapOf(context: LoweringContext, name: string): DraftValue {
  featureMapShape(name, tensorOf(context, name).shape);
  const draft = draftValueOf(context, name);
  refuseMoved(name, draft.value);
  if (!draft.value.isFeatureMap)
    throw new Refusal(
      `it reads '${name}' as a feature map, which is a reshape of another shape; only flattening before a fully connected layer is free`,
    );
  return draft;
}

/** Refuses to read values in another order than the chip has them. */
export function refuseMoved(name: string, { moves }: LoweredValue): void {
  if (moves.length > 0)
    throw new Refusal(
      `it reads '${name}', which is transposed; the chip keeps [N C H W], and only transposes that cancel, of the network's inputs, or before its outputs are free`,
    );
}

/** A tensor in external memory that the host writes, once it is committed. */
export function draftHostInput(
  context: LoweringContext,
  name: string,
  height: number,
  width: number,
  channelMap: Int32Array,
  unfold?: UnfoldedColumns,
): Draft {
  const pending = context.pendingInputs.get(name);
  if (pending === undefined) throw new Refusal(`'${name}' is not an input`);
  const quantized = quantizedTensor(context, name);
  const node = createTensorNode(name, height, width, channelMap, context.configuration.channelBlock);
  node.hostInput = true;
  const { shape, elementType } = tensorOf(context, pending.networkInput);
  if (elementCount(shape) === 0) throw new Refusal(`input '${name}' is empty`);
  return {
    node,
    commit() {
      context.nodes.push(node);
      context.inputs.push({
        name: pending.networkInput,
        shape,
        elementType,
        ...(pending.isQuantizedByHost ? { quantize: hostQuantization(quantized) } : {}),
        ...(pending.moves.length === 0 ? {} : { moves: pending.moves }),
        view: node,
        layout: { ...hostLayout(context, node, quantized), ...(unfold === undefined ? {} : { unfold }) },
      });
    },
  };
}

function hostQuantization(tensor: QuantizedTensor): {
  scale: number;
  zeroPoint: number;
  elementType: 'int8' | 'uint8';
} {
  return { scale: tensor.scale, zeroPoint: tensor.zeroPoint + tensor.offset, elementType: tensor.elementType };
}

function hostLayout(context: LoweringContext, node: TensorNode, tensor: QuantizedTensor): HostLayout {
  const { channelBlock } = context.configuration;
  return {
    height: node.height,
    width: node.width,
    blocks: node.blocks,
    channelBlock,
    channelMap: node.channelMap,
    offset: tensor.offset,
    paddingValue: tensor.zeroPoint,
  };
}
