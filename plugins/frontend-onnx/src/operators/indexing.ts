import { elementCount } from '@autodnnchip/core';
import type { GraphNode } from '../graph/node.js';
import { refuse } from '../graph/value.js';
import type { TensorType } from '../tensors/constant.js';
import { pick, stridedIndices, stridesOf } from '../tensors/pick.js';
import { sameType } from './activation.js';
import { broadcastShapes, broadcastStrides, sameShape, shapeText } from './broadcast.js';
import { emitCrop } from './crop.js';
import { foldTile } from './folds.js';
import { always, type FoldRule, type OperatorTable, since, until } from './rule.js';

/** Operators that choose or repeat elements. */
export const indexingRules: OperatorTable = {
  Slice: {
    attributes: { starts: until(9), ends: until(9), axes: until(9) },
    shape: node => [{ elementType: node.type(0).elementType, shape: sliceOf(node).counts }],
    fold(node, results) {
      const data = node.constant(0)?.data();
      if (data === undefined) return [undefined];
      const { starts, steps, counts } = sliceOf(node);
      const strides = stridesOf(node.shape(0));
      const first = starts.reduce((sum, start, index) => sum + start * strides[index], 0);
      return [
        pick(
          results[0].elementType,
          data,
          stridedIndices(
            counts,
            strides.map((stride, index) => stride * steps[index]),
            first,
          ),
        ),
      ];
    },
    translate(node, build) {
      const { starts, steps, counts } = sliceOf(node);
      const step = steps.find(each => each !== 1);
      if (step !== undefined)
        return refuse(`it takes elements at a distance of ${step}; only neighbouring ones are supported`);
      return emitCrop(node, build, { starts, counts });
    },
  },
  Gather: { attributes: { axis: always }, shape: node => [gatheredType(node)], fold: foldGather },
  GatherElements: {
    attributes: { axis: always },
    shape: node => [{ elementType: node.type(0).elementType, shape: node.shape(1) }],
  },
  GatherND: {
    attributes: { batch_dims: since(12) },
    shape(node) {
      const [data, indices] = [node.shape(0), node.shape(1)];
      const batch = node.integer('batch_dims', 0);
      const depth = indices[indices.length - 1] ?? 0;
      if (indices.length === 0 || batch < 0 || batch + depth > data.length)
        throw node.error(`indices ${shapeText(indices)} do not fit ${shapeText(data)}`);
      return [
        { elementType: node.type(0).elementType, shape: [...indices.slice(0, -1), ...data.slice(batch + depth)] },
      ];
    },
  },
  ScatterND: { attributes: { reduction: since(16) }, shape: sameType },
  ScatterElements: { attributes: { axis: always, reduction: since(16) }, shape: sameType },
  Expand: {
    attributes: {},
    shape: node => [
      {
        elementType: node.type(0).elementType,
        shape: broadcastShapes(node, [node.shape(0), extentsOf(node, node.numbers(1))]),
      },
    ],
    fold: foldBroadcast,
    translate: (node, build) =>
      sameShape(node.shape(0), build.results[0].shape) ? build.pass() : refuse('it repeats its input'),
  },
  Tile: {
    attributes: {},
    fold: foldTile,
    shape(node) {
      const { elementType, shape } = node.type(0);
      const repeats = extentsOf(node, node.numbers(1));
      if (repeats.length !== shape.length)
        throw node.error(`repeats ${shapeText(repeats)} do not fit ${shapeText(shape)}`);
      return [{ elementType, shape: shape.map((extent, index) => extent * repeats[index]) }];
    },
  },
};

interface Slice {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  readonly counts: readonly number[];
}

/** Given as attributes before operator set 10 and as inputs since. */
function sliceOf(node: GraphNode): Slice {
  const shape = node.shape(0);
  const from = node.integersOrInput('starts', 1);
  const to = node.integersOrInput('ends', 2);
  if (from === undefined || to === undefined || from.length !== to.length)
    throw node.error('its starts and ends do not fit together');
  const axes = node.axes(node.integersOrInput('axes', 3) ?? from.map((_, index) => index), shape.length);
  const by = node.has(4) ? node.numbers(4) : from.map(() => 1);
  if (axes.length !== from.length || by.length !== from.length || by.some(step => step === 0))
    throw node.error('its axes or steps do not fit its starts');
  const starts = shape.map(() => 0);
  const steps = shape.map(() => 1);
  const counts = [...shape];
  axes.forEach((axis, index) => {
    const extent = shape[axis];
    const step = by[index];
    const clamp = (position: number, low: number, high: number): number =>
      Math.min(Math.max(position < 0 ? position + extent : position, low), high);
    const start = step > 0 ? clamp(from[index], 0, extent) : clamp(from[index], 0, extent - 1);
    const end = step > 0 ? clamp(to[index], 0, extent) : clamp(to[index], -1, extent - 1);
    starts[axis] = start;
    steps[axis] = step;
    counts[axis] = Math.max(0, Math.ceil((end - start) / step));
  });
  return { starts, steps, counts };
}

function gatheredType(node: GraphNode): TensorType {
  const { elementType, shape } = node.type(0);
  if (shape.length === 0) throw node.error('a scalar has no elements to gather');
  const axis = node.axis(node.integer('axis', 0), shape.length);
  return { elementType, shape: [...shape.slice(0, axis), ...node.shape(1), ...shape.slice(axis + 1)] };
}

function foldGather(node: GraphNode, results: readonly TensorType[]): ReturnType<FoldRule> {
  const data = node.constant(0)?.data();
  const positions = node.constant(1)?.numbers();
  if (data === undefined || positions === undefined) return [undefined];
  const shape = node.shape(0);
  const axis = node.axis(node.integer('axis', 0), shape.length);
  const extent = shape[axis];
  const run = elementCount(shape.slice(axis + 1));
  const outer = elementCount(shape.slice(0, axis));
  const indices = new Int32Array(elementCount(results[0].shape));
  let next = 0;
  if (indices.length === 0) return [pick(results[0].elementType, data, indices)];
  for (let row = 0; row < outer; row++) {
    for (const position of positions) {
      const chosen = position < 0 ? position + extent : position;
      if (chosen < 0 || chosen >= extent)
        throw node.error(`index ${position} lies outside dimension ${axis} of ${shapeText(shape)}`);
      for (let element = 0; element < run; element++) indices[next++] = (row * extent + chosen) * run + element;
    }
  }
  return [pick(results[0].elementType, data, indices)];
}

function foldBroadcast(node: GraphNode, results: readonly TensorType[]): ReturnType<FoldRule> {
  const data = node.constant(0)?.data();
  const [{ elementType, shape }] = results;
  return [
    data === undefined
      ? undefined
      : pick(elementType, data, stridedIndices(shape, broadcastStrides(node.shape(0), shape))),
  ];
}

function extentsOf(node: GraphNode, values: readonly number[]): readonly number[] {
  if (values.some(extent => extent < 0 || !Number.isSafeInteger(extent)))
    throw node.error(`${shapeText(values)} is no shape`);
  return values;
}
