import type { LayerWork } from '@autodnnchip/core';

export type {
  AcceleratorFacts as Facts,
  AcceleratorModel,
  AcceleratorParameters as Parameters,
  AcceleratorPlan,
  LayerPlan,
  ModelRequest,
  PlannedNode,
} from '@autodnnchip/core';

/** ceil(dividend / divisor): how often a dimension folds onto an array. */
export function folds(dividend: number, divisor: number): number {
  return Math.ceil(dividend / divisor);
}

/** True for the layers that multiply by weights. */
export function isWeighted(layer: LayerWork): boolean {
  return layer.kind !== 'pool' && layer.kind !== 'elementwise' && layer.kind !== 'concat';
}
