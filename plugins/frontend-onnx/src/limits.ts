/**
 * Limits that keep a damaged or hostile file from taking unbounded time or memory.
 * Each is far above what real networks need; none is reached by a model that a chip could run.
 */
export const limits = {
  nodes: 200_000,
  initializers: 200_000,
  valueInfos: 500_000,
  /** Inputs, outputs and attributes of one node, each. */
  namesPerNode: 10_000,
  /** Levels of graphs in attributes of nodes. */
  graphDepth: 32,
  attributeElements: 1_000_000,
  /** Scales of one tensor. */
  scales: 65_536,
  rank: 16,
  /** Elements of any one tensor. */
  elements: 2 ** 40,
  /** Elements that constant folding may compute in one model. */
  foldedElements: 2 ** 27,
  /** Constants up to this many elements keep their values in a network that is read without weights. */
  smallConstantElements: 64,
} as const;
