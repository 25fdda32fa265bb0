import type { ChipGraph, LayerMapping, Platform } from '../chip/index.js';
import type { Network, NodeAccount } from '../network/index.js';
import type { Explained, Prediction } from '../prediction/index.js';
import { serviceToken } from './service-token.js';

/** Figures of a layer or a network by the names that measurements have, in base units: s, W, J, bytes, counts. */
export type AcceleratorMetrics = Readonly<Record<string, number>>;

/** What is known of a measurement beyond the network. */
export interface AcceleratorConditions {
  /** Inputs that are computed together; the accelerator's usual number when absent. */
  readonly batch?: number;
  /** Share of zeros in the input of a layer, by the layer's name; a stated assumption where absent. */
  readonly inputZeroShare?: Readonly<Record<string, number>>;
  /** What external memory delivered, B/s, where it is known of the run; the accelerator's usual rate when absent. */
  readonly memoryBytesPerSecond?: number;
  /**
   * Figures that were other in this run than the accelerator's facts say, by the facts' names: its clock, what fitted
   * on the chip.
   */
  readonly facts?: Readonly<Record<string, number>>;
  /**
   * How layers are put on the hardware, by the layer's name, on accelerators whose model takes mappings; it chooses for
   * the others.
   */
  readonly mappings?: Readonly<Record<string, LayerMapping>>;
}

export interface AcceleratorPrediction {
  readonly prediction: Prediction;
  readonly total: AcceleratorMetrics;
  readonly layers: ReadonlyMap<string, AcceleratorMetrics>;
  /** Values of the free parameters that were used. */
  readonly parameters: Readonly<Record<string, number>>;
  /** What became of every node of the network, each once. */
  readonly nodes: readonly NodeAccount[];
}

/** A network on an accelerator: looked at once, and then cheap enough for a search over parameters. */
export interface PreparedAccelerator {
  predict(parameters: Readonly<Record<string, number>>, conditions?: AcceleratorConditions): AcceleratorPrediction;
  /** The chip graph that the prediction runs. */
  graph(parameters: Readonly<Record<string, number>>, conditions?: AcceleratorConditions): ChipGraph;
  /**
   * The prediction with where each number comes from. Absent: `explain` names the facts and free parameters that the
   * model has.
   */
  explain?(parameters: Readonly<Record<string, number>>, conditions?: AcceleratorConditions): Explained<Prediction>;
}

/**
 * Predicts networks on chips that exist, by the models that plugins bring. Throws ADC34xx, and ADC3003 for a parameter
 * that is not there or out of its bounds.
 */
export interface AcceleratorPredictor {
  prepare(network: Network, platform: Platform): PreparedAccelerator;
}
export const AcceleratorPredictor = serviceToken<AcceleratorPredictor>('AcceleratorPredictor');
