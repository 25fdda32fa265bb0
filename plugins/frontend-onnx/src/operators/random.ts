import type { ElementType } from '@autodnnchip/core';
import type { GraphNode } from '../graph/node.js';
import { refuse } from '../graph/value.js';
import { findDataType } from '../tensors/data-types.js';
import { always, type OperatorTable, type TranslateRule } from './rule.js';

const refuseRandom: TranslateRule = () =>
  refuse(
    'its values are random: no two runs of it agree, so there is nothing that a chip could be held against; leave it out or make it a constant',
  );

/** Operators that draw random numbers: shaped, so that what follows them is known, and refused. */
export const randomRules: OperatorTable = {
  RandomNormal: {
    attributes: { dtype: always, mean: always, scale: always, seed: always, shape: always },
    shape: node => [{ elementType: drawnType(node, 'float32'), shape: statedShape(node) }],
    translate: refuseRandom,
  },
  RandomUniform: {
    attributes: { dtype: always, high: always, low: always, seed: always, shape: always },
    shape: node => [{ elementType: drawnType(node, 'float32'), shape: statedShape(node) }],
    translate: refuseRandom,
  },
  RandomNormalLike: {
    attributes: { dtype: always, mean: always, scale: always, seed: always },
    shape: node => [{ elementType: drawnType(node, node.type(0).elementType), shape: node.shape(0) }],
    translate: refuseRandom,
  },
  RandomUniformLike: {
    attributes: { dtype: always, high: always, low: always, seed: always },
    shape: node => [{ elementType: drawnType(node, node.type(0).elementType), shape: node.shape(0) }],
    translate: refuseRandom,
  },
  Bernoulli: {
    attributes: { dtype: always, seed: always },
    shape: node => [{ elementType: drawnType(node, node.type(0).elementType), shape: node.shape(0) }],
    translate: refuseRandom,
  },
  Multinomial: {
    attributes: { dtype: always, sample_size: always, seed: always },
    shape: node => [
      { elementType: drawnType(node, 'int32'), shape: [node.shape(0)[0] ?? 1, node.integer('sample_size', 1)] },
    ],
    translate: refuseRandom,
  },
};

function drawnType(node: GraphNode, otherwise: ElementType): ElementType {
  const code = node.integer('dtype', 0);
  return code === 0 ? otherwise : (findDataType(code)?.elementType ?? otherwise);
}

function statedShape(node: GraphNode): readonly number[] {
  const shape = node.integers('shape');
  if (shape === undefined || shape.some(extent => extent < 0))
    throw node.error('its attribute shape is missing or negative');
  return shape;
}
