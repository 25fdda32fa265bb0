import type { TensorData } from '@autodnnchip/core';
import type { NodeBuilder } from '../build/node-builder.js';
import type { GraphNode } from '../graph/node.js';
import type { Refusal } from '../graph/value.js';
import type { TensorType } from '../tensors/constant.js';

/**
 * Types of a node's results in order; a refusal leaves them unknown. Throws where the inputs contradict the operator.
 */
export type ShapeRule = (node: GraphNode) => readonly TensorType[] | Refusal;
/** Values of a node's results when all its inputs are constants; undefined where an input has no values. */
export type FoldRule = (node: GraphNode, results: readonly TensorType[]) => readonly (TensorData | undefined)[];
/** Adds the network operators that a node means. A refusal, before anything is added, makes it an `other` operator. */
export type TranslateRule = (node: GraphNode, build: NodeBuilder) => Refusal | undefined;

/** First and last operator set in which an attribute exists. */
export type AttributeVersions = readonly [first: number, last: number];
export type KnownAttributes = Readonly<Record<string, AttributeVersions>>;

export const always: AttributeVersions = [1, Infinity];

export function since(operatorSet: number): AttributeVersions {
  return [operatorSet, Infinity];
}

export function until(operatorSet: number): AttributeVersions {
  return [1, operatorSet];
}

/** All that the front end knows of one ONNX operator. */
export interface OperatorRule {
  /**
   * Attributes that the rules honour, or that change no result: a node with any other is refused, so that none is
   * ignored.
   */
  readonly attributes: KnownAttributes;
  readonly shape: ShapeRule;
  readonly fold?: FoldRule;
  /** What folding costs beyond the elements of its results, in multiplications. */
  readonly foldCost?: (node: GraphNode, results: readonly TensorType[]) => number;
  /**
   * What its result is of constant integers that stand for real numbers, as quantised weights do: it makes such a
   * weight, or keeps one whole. Then it is translated where it can be, and folded into plain real numbers where not.
   */
  readonly quantizedWeights?: 'makes' | 'keeps';
  /** The result depends on the inputs' shapes only: it folds even when they are computed. */
  readonly shapeOnly?: boolean;
  /** Left out for operators that are shaped but have no counterpart in a Network. */
  readonly translate?: TranslateRule;
}

/** Rules by operator name; operators of other domains as `domain:name`. */
export type OperatorTable = Readonly<Record<string, OperatorRule>>;
