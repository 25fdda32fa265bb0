import { elementCount } from '@autodnnchip/core';
import type { NodeBuilder } from '../build/node-builder.js';
import type { GraphNode } from '../graph/node.js';
import { type Refusal, refuse } from '../graph/value.js';
import { transposeData } from '../tensors/pick.js';
import { sameShape, shapeText } from './broadcast.js';
import {
  always,
  type FoldRule,
  type KnownAttributes,
  type OperatorRule,
  type OperatorTable,
  since,
  type TranslateRule,
  until,
} from './rule.js';

const sameData: FoldRule = node => [node.constant(0)?.data()];

/** An operator that keeps the order of elements and gives them the shape of `shape`. */
function reshaping(attributes: KnownAttributes, shape: (node: GraphNode) => readonly number[]): OperatorRule {
  return {
    attributes,
    shape: node => [{ elementType: node.type(0).elementType, shape: shape(node) }],
    fold: sameData,
    quantizedWeights: 'keeps',
    translate: reshape,
  };
}

const reshape: TranslateRule = (node, build) => {
  const { shape } = build.results[0];
  if (sameShape(node.shape(0), shape)) return build.pass();
  const weight = build.reshapedWeight(node.input(0), shape);
  if (weight !== undefined) return build.passTensor(weight);
  if (build.isWeight(node.input(0)))
    return refuse('the scales of its quantised constant run along a dimension that it does not keep');
  return build.emit('reshape', [build.input(0)], [build.output()], {});
};

/** Operators that move no data or permute dimensions. */
export const reshapingRules: OperatorTable = {
  Reshape: reshaping({ allowzero: since(14) }, reshapedShape),
  Flatten: reshaping({ axis: always }, node => {
    const shape = node.shape(0);
    const given = node.integer('axis', 1);
    const axis = given === shape.length ? given : node.axis(given, shape.length);
    return [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis))];
  }),
  Squeeze: reshaping({ axes: until(12) }, node => {
    const shape = node.shape(0);
    const given = node.integersOrInput('axes', 1);
    if (given === undefined) return shape.filter(extent => extent !== 1);
    const axes = node.axes(given, shape.length);
    if (axes.some(axis => shape[axis] !== 1))
      throw node.error(`dimensions [${given.join(', ')}] of ${shapeText(shape)} are not all 1`);
    return shape.filter((_, index) => !axes.includes(index));
  }),
  Unsqueeze: reshaping({ axes: until(12) }, node => {
    const shape = node.shape(0);
    const given = node.integersOrInput('axes', 1) ?? [];
    const rank = shape.length + given.length;
    const axes = new Set(node.axes(given, rank));
    let next = 0;
    return Array.from({ length: rank }, (_, index) => (axes.has(index) ? 1 : shape[next++]));
  }),
  Identity: { ...reshaping({}, node => node.shape(0)), translate: (_, build) => build.pass() },
  Dropout: {
    attributes: { ratio: until(11), seed: since(12) },
    shape: node => [
      node.type(0),
      ...node.outputs.slice(1).map(() => ({ elementType: 'bool' as const, shape: node.shape(0) })),
    ],
    translate(node, build) {
      if (node.hasFurtherResults) return refuse('its mask is read');
      const training = node.has(2) ? node.constant(2)?.scalar() : 0;
      if (training !== 0) return refuse('it drops values (training_mode); export the network with model.eval()');
      return build.pass();
    },
  },
  Transpose: {
    attributes: { perm: always },
    shape: node => [
      { elementType: node.type(0).elementType, shape: permutationOf(node).map(axis => node.shape(0)[axis]) },
    ],
    fold(node, results) {
      const data = node.constant(0)?.data();
      return [
        data === undefined
          ? undefined
          : transposeData(results[0].elementType, data, node.shape(0), permutationOf(node)),
      ];
    },
    quantizedWeights: 'keeps',
    translate: transpose,
  },
};

function reshapedShape(node: GraphNode): readonly number[] {
  const from = node.shape(0);
  const wanted = node.numbers(1);
  const keepZero = node.integer('allowzero', 0) !== 0;
  const open = wanted.filter(extent => extent === -1).length;
  const shape = wanted.map((extent, index) => (extent === 0 && !keepZero ? (from[index] ?? -2) : extent));
  const known = elementCount(shape.filter(extent => extent !== -1));
  const total = elementCount(from);
  const rest = total / known;
  const valid =
    open <= 1 &&
    shape.every(extent => extent >= -1) &&
    (open === 0 ? known === total : known > 0 && Number.isSafeInteger(rest));
  if (!valid) throw node.error(`${shapeText(from)} cannot be given the shape ${shapeText(wanted)}`);
  return shape.map(extent => (extent === -1 ? rest : extent));
}

function permutationOf(node: GraphNode): readonly number[] {
  const rank = node.shape(0).length;
  const permutation = node.integers('perm') ?? Array.from({ length: rank }, (_, index) => rank - 1 - index);
  if (permutation.length !== rank || [...permutation].sort((a, b) => a - b).some((axis, index) => axis !== index)) {
    throw node.error(`perm ${shapeText(permutation)} is no permutation of ${rank} dimensions`);
  }
  return permutation;
}

function transpose(node: GraphNode, build: NodeBuilder): Refusal | undefined {
  const permutation = permutationOf(node);
  if (permutation.every((axis, index) => axis === index)) return build.pass();
  const weight = build.permutedWeight(node.input(0), permutation);
  if (weight !== undefined) return build.passTensor(weight);
  return build.emit('transpose', [build.input(0)], [build.output()], { permutation });
}
