import type { Platform } from '../chip/index.js';
import type { Network } from '../network/index.js';
import type { Prediction } from '../prediction/index.js';
import { serviceToken } from './service-token.js';

/** Figures of a layer or a network by the names that measurements have, in base units: s, W, J, bytes, counts. */
export type AcceleratorMetrics = Readonly<Record<string, number>>;

/** What is known of a measurement beyond the network. */
export interface AcceleratorConditions {
  /** Inputs that are computed together; the accelerator's usual number when absent. */
  readonly batch?: number;
  /** Share of zeros in the input of a layer, by the layer's name; a stated assumption where absent. */
  readonly inputZeroShare?: Readonly<Record<string, number>>;
}

export interface AcceleratorPrediction {
  readonly prediction: Prediction;
  readonly total: AcceleratorMetrics;
  readonly layers: ReadonlyMap<string, AcceleratorMetrics>;
  /** Values of the free parameters that were used. */
  readonly parameters: Readonly<Record<string, number>>;
}

/** Predicts networks on chips that exist, by the models that plugins bring. */
export interface AcceleratorPredictor {
  /** Looks at the network once; the function that it returns is cheap enough for a search over parameters. */
  prepare(network: Network, platform: Platform): (parameters: Readonly<Record<string, number>>, conditions?: AcceleratorConditions) => AcceleratorPrediction;
}
export const AcceleratorPredictor = serviceToken<AcceleratorPredictor>('AcceleratorPredictor');
