import type { TensorData } from '@autodnnchip/core';
import type { NodeBuilder } from '../build/node-builder.js';
import type { GraphNode } from '../graph/node.js';
import { Refusal, refuse } from '../graph/value.js';
import { allocate } from '../tensors/data-types.js';
import type { TensorType } from '../tensors/constant.js';
import { pick, stridedIndices, stridesOf } from '../tensors/pick.js';
import { shapeText } from './broadcast.js';
import { emitCrop } from './crop.js';
import { foldPadding } from './folds.js';
import { quantizedTensors } from './quantized-node.js';
import { always, type FoldRule, type OperatorTable, since, until } from './rule.js';

/** Concat, Split and Pad. */
export const joiningRules: OperatorTable = {
  Concat: {
    attributes: { axis: always },
    shape: node => [
      joinedType(
        node,
        node.inputs.map((_, index) => index),
      ),
    ],
    fold: foldConcat,
    translate: (node, build) =>
      node.inputs.length === 1
        ? build.pass()
        : build.emit(
            'concat',
            node.inputs.map((_, index) => build.input(index)),
            [build.output()],
            { axis: axisOf(node, 0) },
          ),
  },
  'com.microsoft:QLinearConcat': {
    attributes: { axis: always },
    shape: node => [{ elementType: node.type(1).elementType, shape: joinedType(node, quantizedParts(node)).shape }],
    translate(node, build) {
      const parts = quantizedParts(node).map(tensor => ({ tensor, scale: tensor + 1, zeroPoint: tensor + 2 }));
      const tensors = quantizedTensors(node, build, parts, { scale: 0, zeroPoint: 1 });
      return tensors instanceof Refusal
        ? tensors
        : build.emit('concat', tensors.inputs, [tensors.output], { axis: axisOf(node, 2) });
    },
  },
  Split: {
    attributes: { axis: always, split: until(12), num_outputs: since(18) },
    shape: splitTypes,
    fold: foldSplit,
    translate: split,
  },
  Pad: {
    attributes: { mode: always, pads: until(10), value: until(10) },
    fold: foldPad,
    shape(node) {
      const { elementType, shape } = node.type(0);
      const { before, after } = padsOf(node);
      const padded = shape.map((extent, index) => extent + before[index] + after[index]);
      if (padded.some(extent => extent < 1)) throw node.error(`pads leave nothing of ${shapeText(shape)}`);
      return [{ elementType, shape: padded }];
    },
    translate(node, build) {
      const { before, after } = padsOf(node);
      if ([...before, ...after].every(count => count === 0)) return build.pass();
      const mode = node.text('mode', 'constant');
      if (mode !== 'constant') return refuse(`its mode '${mode}' is not supported; only constant padding is`);
      const value = node.has(2) ? node.constant(2)?.scalar() : node.float('value', 0);
      if (value === undefined) return refuse('its value is computed while it runs');
      return build.emit('pad', [build.input(0)], [build.output()], { before, after, value });
    },
  },
};

function foldPad(node: GraphNode, results: readonly TensorType[]): ReturnType<FoldRule> {
  const value = node.has(2) ? node.constant(2)?.scalar() : node.float('value', 0);
  return [
    value === undefined
      ? undefined
      : foldPadding(node, results[0], padsOf(node).before, node.text('mode', 'constant'), value),
  ];
}

function axisOf(node: GraphNode, first: number): number {
  return node.axis(node.integer('axis', 1), node.shape(first).length);
}

function joinedType(node: GraphNode, parts: readonly number[]): TensorType {
  if (parts.length === 0) throw node.error('it joins nothing');
  const first = node.type(parts[0]);
  const axis = axisOf(node, parts[0]);
  let extent = 0;
  for (const part of parts) {
    const { elementType, shape } = node.type(part);
    const fits =
      shape.length === first.shape.length &&
      shape.every((size, index) => index === axis || size === first.shape[index]);
    if (!fits)
      throw node.error(`${shapeText(shape)} and ${shapeText(first.shape)} cannot be joined along dimension ${axis}`);
    if (elementType !== first.elementType) throw node.error(`it joins ${first.elementType} and ${elementType}`);
    extent += shape[axis];
  }
  return { elementType: first.elementType, shape: first.shape.map((size, index) => (index === axis ? extent : size)) };
}

/** Inputs are the result's scale and zero point, then tensor, scale and zero point of each part. */
function quantizedParts(node: GraphNode): readonly number[] {
  if (node.inputs.length < 5 || (node.inputs.length - 2) % 3 !== 0)
    throw node.error(`it has ${node.inputs.length} inputs instead of 2 and 3 for each part`);
  return Array.from({ length: (node.inputs.length - 2) / 3 }, (_, index) => 2 + 3 * index);
}

function foldConcat(node: GraphNode, results: readonly TensorType[]): ReturnType<FoldRule> {
  const [{ elementType, shape }] = results;
  const axis = axisOf(node, 0);
  const sources: { readonly data: TensorData; readonly run: number }[] = [];
  for (let index = 0; index < node.inputs.length; index++) {
    const data = node.constant(index)?.data();
    if (data === undefined) return [undefined];
    sources.push({
      data,
      run: node
        .shape(index)
        .slice(axis)
        .reduce((product, extent) => product * extent, 1),
    });
  }
  const result = allocate(
    elementType,
    shape.reduce((product, extent) => product * extent, 1),
  );
  if (result.length === 0) return [result];
  const rows = shape.slice(0, axis).reduce((product, extent) => product * extent, 1);
  let position = 0;
  for (let row = 0; row < rows; row++) {
    for (const { data, run } of sources) {
      // All parts have the result's constructor: the element type decides it.
      (result as Uint8Array).set((data as Uint8Array).subarray(row * run, (row + 1) * run), position);
      position += run;
    }
  }
  return [result];
}

function splitSizes(node: GraphNode): readonly number[] {
  const extent = node.shape(0)[node.axis(node.integer('axis', 0), node.shape(0).length)] ?? 0;
  const count = node.outputs.length;
  const given = node.integersOrInput('split', 1);
  const sizes =
    given ??
    Array.from({ length: count }, (_, index) =>
      Math.max(0, Math.min(Math.ceil(extent / count), extent - index * Math.ceil(extent / count))),
    );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (sizes.length !== count || total !== extent || sizes.some(size => size < 0))
    throw node.error(`extent ${extent} cannot be split into ${shapeText(sizes)} for ${count} results`);
  return sizes;
}

function splitTypes(node: GraphNode): readonly TensorType[] {
  const { elementType, shape } = node.type(0);
  if (shape.length === 0) throw node.error('a scalar cannot be split');
  const axis = node.axis(node.integer('axis', 0), shape.length);
  return splitSizes(node).map(size => ({
    elementType,
    shape: shape.map((extent, index) => (index === axis ? size : extent)),
  }));
}

/** Every part is a crop of the whole. */
function split(node: GraphNode, build: NodeBuilder): Refusal | undefined {
  const whole = node.shape(0);
  const axis = node.axis(node.integer('axis', 0), whole.length);
  let start = 0;
  for (const [index, { shape }] of build.results.entries()) {
    const refusal = emitCrop(
      node,
      build,
      { starts: whole.map((_, dimension) => (dimension === axis ? start : 0)), counts: shape },
      index,
    );
    if (refusal !== undefined) return refusal;
    start += shape[axis];
  }
  return undefined;
}

function foldSplit(node: GraphNode, results: readonly TensorType[]): ReturnType<FoldRule> {
  const data = node.constant(0)?.data();
  const strides = stridesOf(node.shape(0));
  const axis = node.axis(node.integer('axis', 0), node.shape(0).length);
  let start = 0;
  return results.map(({ elementType, shape }) => {
    if (data === undefined) return undefined;
    const part = pick(elementType, data, stridedIndices(shape, strides, start));
    start += shape[axis] * strides[axis];
    return part;
  });
}

/**
 * Padding of every dimension; given as attributes before operator set 11 and as inputs since, for some axes since 18.
 */
function padsOf(node: GraphNode): { readonly before: readonly number[]; readonly after: readonly number[] } {
  const rank = node.shape(0).length;
  const pads = node.integersOrInput('pads', 1);
  if (pads === undefined) throw node.error('it states no pads');
  const axes = node.has(3) ? node.axes(node.numbers(3), rank) : Array.from({ length: rank }, (_, index) => index);
  if (pads.length !== 2 * axes.length || pads.some(count => !Number.isSafeInteger(count)))
    throw node.error(`pads ${shapeText(pads)} do not fit ${axes.length} dimensions`);
  const before = new Array<number>(rank).fill(0);
  const after = new Array<number>(rank).fill(0);
  axes.forEach((axis, index) => {
    before[axis] = pads[index];
    after[axis] = pads[index + axes.length];
  });
  return { before, after };
}
