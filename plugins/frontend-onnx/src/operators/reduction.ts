import type { NodeBuilder } from '../build/node-builder.js';
import type { GraphNode } from '../graph/node.js';
import { type Refusal, refuse } from '../graph/value.js';
import type { TensorType } from '../tensors/constant.js';
import { always, type OperatorRule, type OperatorTable, since, until } from './rule.js';

/** A reduction whose axes are an attribute up to an operator set, and an input from the next on. */
function reduction(lastWithAxes: number): OperatorRule {
  return {
    attributes: { axes: until(lastWithAxes), keepdims: always, noop_with_empty_axes: since(lastWithAxes + 1) },
    shape: (node) => [reducedType(node)],
  };
}


const argument: OperatorRule = {
  attributes: { axis: always, keepdims: always, select_last_index: since(12) },
  shape(node) {
    const { shape } = node.type(0);
    const axis = node.axis(node.integer('axis', 0), shape.length);
    const keep = node.integer('keepdims', 1) !== 0;
    return [{ elementType: 'int64', shape: shape.flatMap((extent, index) => index !== axis ? [extent] : keep ? [1] : []) }];
  },
};

/** Reductions over dimensions. A mean over rows and columns becomes `globalAveragePool`. */
export const reductionRules: OperatorTable = {
  ReduceMean: { ...reduction(17), translate: mean },
  ReduceSum: reduction(12),
  ...Object.fromEntries(['Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'].map((name) => [`Reduce${name}`, reduction(17)])),
  ArgMax: argument,
  ArgMin: argument,
};

/** Axes are an attribute before operator set 18 (13 for ReduceSum) and an input since. Undefined when nothing is reduced. */
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
  return { elementType, shape: shape.flatMap((extent, index) => !axes.includes(index) ? [extent] : keep ? [1] : []) };
}

function mean(node: GraphNode, build: NodeBuilder): Refusal | undefined {
  const axes = axesOf(node);
  if (axes === undefined) return build.pass();
  const { elementType, shape } = node.type(0);
  const plane = shape.length === 4 && axes.length === 2 && axes.includes(2) && axes.includes(3);
  if (!plane) return refuse('it takes the mean over other dimensions than rows and columns');
  if (build.results[0].shape.length === 4) return build.emit('globalAveragePool', [build.input(0)], [build.output()], {});
  const output = build.output();
  const pooled = build.intermediate(`${output}_pooled`, { elementType, shape: [shape[0], shape[1], 1, 1] });
  build.emit('globalAveragePool', [build.input(0)], [pooled], {}, 'pool');
  return build.emit('reshape', [pooled], [output], {});
}
