import { elementCount } from '@autodnnchip/core';
import type { NodeBuilder } from '../build/node-builder.js';
import type { GraphNode } from '../graph/node.js';
import { type Refusal, refuse } from '../graph/value.js';
import type { TensorType } from '../tensors/constant.js';
import { foldReduction } from './folds.js';
import { always, type OperatorRule, type OperatorTable, since, until } from './rule.js';

/** What a reduction does to each value, to two of them, and to the result of all. */
interface Reduction {
  readonly before?: (value: number) => number;
  readonly combine?: (left: number, right: number) => number;
  readonly after?: (value: number, count: number) => number;
}

const same = (value: number): number => value;
const sum = (left: number, right: number): number => left + right;
const square = (value: number): number => value * value;

/** A reduction whose axes are an attribute up to an operator set, and an input from the next on. */
function reduction(lastWithAxes: number, { before = same, combine = sum, after = same }: Reduction): OperatorRule {
  return {
    attributes: { axes: until(lastWithAxes), keepdims: always, noop_with_empty_axes: since(lastWithAxes + 1) },
    shape: node => [reducedType(node)],
    fold: foldReduction(node => axesOf(node) ?? [], before, combine, after),
    foldCost: node => elementCount(node.shape(0)),
  };
}

const argument: OperatorRule = {
  attributes: { axis: always, keepdims: always, select_last_index: since(12) },
  shape(node) {
    const { shape } = node.type(0);
    const axis = node.axis(node.integer('axis', 0), shape.length);
    const keep = node.integer('keepdims', 1) !== 0;
    return [
      { elementType: 'int64', shape: shape.flatMap((extent, index) => (index !== axis ? [extent] : keep ? [1] : [])) },
    ];
  },
};

/** Reductions over dimensions. A mean over rows and columns becomes `globalAveragePool`. */
export const reductionRules: OperatorTable = {
  ReduceMean: { ...reduction(17, { after: (total, count) => total / count }), translate: mean },
  ReduceSum: reduction(12, {}),
  ReduceMax: reduction(17, { combine: Math.max }),
  ReduceMin: reduction(17, { combine: Math.min }),
  ReduceProd: reduction(17, { combine: (left, right) => left * right }),
  ReduceL1: reduction(17, { before: Math.abs }),
  ReduceL2: reduction(17, { before: square, after: Math.sqrt }),
  ReduceLogSum: reduction(17, { after: Math.log }),
  ReduceLogSumExp: reduction(17, { before: Math.exp, after: Math.log }),
  ReduceSumSquare: reduction(17, { before: square }),
  ArgMax: argument,
  ArgMin: argument,
};

/**
 * Axes are an attribute before operator set 18 (13 for ReduceSum) and an input since. Undefined when nothing is
 * reduced.
 */
function axesOf(node: GraphNode): readonly number[] | undefined {
  const rank = node.shape(0).length;
  const given = node.integersOrInput('axes', 1) ?? [];
  if (given.length > 0) return node.axes(given, rank);
  return node.integer('noop_with_empty_axes', 0) !== 0 ? undefined : Array.from({ length: rank }, (_, index) => index);
}

function reducedType(node: GraphNode): TensorType {
  const { elementType, shape } = node.type(0);
  const axes = axesOf(node) ?? [];
  const keep = node.integer('keepdims', 1) !== 0;
  return { elementType, shape: shape.flatMap((extent, index) => (!axes.includes(index) ? [extent] : keep ? [1] : [])) };
}

function mean(node: GraphNode, build: NodeBuilder): Refusal | undefined {
  const axes = axesOf(node);
  if (axes === undefined) return build.pass();
  const { elementType, shape } = node.type(0);
  const plane = shape.length === 4 && axes.length === 2 && axes.includes(2) && axes.includes(3);
  if (!plane) return refuse('it takes the mean over other dimensions than rows and columns');
  if (build.results[0].shape.length === 4)
    return build.emit('globalAveragePool', [build.input(0)], [build.output()], {});
  const output = build.output();
  const pooled = build.intermediate(`${output}_pooled`, { elementType, shape: [shape[0], shape[1], 1, 1] });
  build.emit('globalAveragePool', [build.input(0)], [pooled], {}, 'pool');
  return build.emit('reshape', [pooled], [output], {});
}
