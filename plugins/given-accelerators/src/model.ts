import type { LayerLimit } from '@autodnnchip/core';
import type { LayerWork, NetworkWork } from './layer-work.js';

/** Published figures of an accelerator by name, in the units that its data file states. */
export type Facts = Readonly<Record<string, number>>;
/** Values of a model's free parameters by name. */
export type Parameters = Readonly<Record<string, number>>;

/** What a layer costs, for all inputs of the batch together. */
export interface LayerCost {
  readonly layer: LayerWork;
  /** From the end of the layer before to the end of this one, s; NaN for a layer that this accelerator does not run. */
  readonly seconds: number;
  /** Time of each resource alone, s; they overlap. */
  readonly resources: Readonly<Record<string, number>>;
  readonly limitedBy: LayerLimit;
  /** External memory or host link, bytes. */
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** Time when traffic to external memory is fully hidden, s; only where it is measured separately. */
  readonly processingSeconds?: number;
  /** On-chip buffer traffic, bytes. */
  readonly bufferBytes?: number;
  readonly activeElements?: number;
  /** Energy of the chip without external memory, J. */
  readonly energyJoules?: number;
}

export interface ModelResult {
  readonly layers: readonly LayerCost[];
  /** Once per inference, not part of any layer, s. */
  readonly startSeconds: number;
}

/** What a model is asked: a network's layers on one accelerator. */
export interface ModelRequest {
  readonly work: NetworkWork;
  readonly facts: Facts;
  readonly parameters: Parameters;
  readonly batch: number;
  /** Share of zeros in a layer's input, where the model has a use for it. */
  readonly inputZeroShare: (layer: LayerWork) => number;
}

/** A closed-form model of a family of accelerators. */
export type AcceleratorModel = (request: ModelRequest) => ModelResult;

/** ceil(dividend / divisor): how often a dimension folds onto an array. */
export function folds(dividend: number, divisor: number): number {
  return Math.ceil(dividend / divisor);
}

/** True for the layers that multiply by weights. */
export function isWeighted(layer: LayerWork): boolean {
  return layer.kind !== 'pool' && layer.kind !== 'elementwise' && layer.kind !== 'concat';
}

/** Per layer, the index of the pooling layer that is its only reader, or -1. */
export function fusedPools(work: NetworkWork): readonly number[] {
  const readers = work.layers.map((): number[] => []);
  work.layers.forEach(({ producers }, index) => {
    for (const producer of producers) if (producer >= 0) readers[producer].push(index);
  });
  return readers.map((own) => (own.length === 1 && work.layers[own[0]].kind === 'pool' ? own[0] : -1));
}
