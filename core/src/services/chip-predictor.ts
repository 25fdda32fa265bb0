import type { BrokenLimit, ChipGraph, Configuration, Platform } from '../chip/index.js';
import type { Network, NodeAccount } from '../network/index.js';
import type { Explained, NotCosted, Prediction } from '../prediction/index.js';
import type { Bundle } from './bundle.js';
import type { Objective } from './chip-builder.js';
import { serviceToken } from './service-token.js';

export type PredictionMode = Prediction['mode'];

export interface PredictNetworkRequest {
  readonly network: Network;
  readonly platform: Platform;
  readonly mode: PredictionMode;
  /** Values of template parameters that the user fixed with `--set`; the search of `build` chooses the others. */
  readonly settings: Readonly<Record<string, number>>;
  /** Template to use; the one with the best chip when absent. */
  readonly template?: string;
  readonly hostFallback: boolean;
  /** Also makes the chip graph; needs the fine mode. */
  readonly withGraph?: boolean;
  /** What the search makes small; latency when absent. */
  readonly objective?: Objective;
  /** Ends the search with the error `ADC6002`. */
  readonly signal?: AbortSignal;
}

export interface PredictBundleRequest {
  readonly bundle: Bundle;
  /** Platform to predict for; the one that the bundle was built for when absent. */
  readonly platform?: Platform;
  readonly mode: PredictionMode;
  /** Also makes the chip graph. */
  readonly withGraph?: boolean;
}

export interface PredictResponse {
  /** Its `notCosted` has the host's operators too. */
  readonly prediction: Prediction;
  /** Operators that the host runs (`--host-fallback`), and why. */
  readonly hostOperators: readonly NotCosted[];
  readonly template: string;
  readonly configuration: Configuration;
  /** Limits of the platform that the chip breaks: it cannot be built. Absent for accelerators that exist. */
  readonly brokenLimits?: readonly BrokenLimit[];
  readonly network: string;
  /**
   * What became of every node of the network, each once; only of accelerators that exist, for which nothing is built.
   */
  readonly nodes?: readonly NodeAccount[];
  /** The chip and its program as a graph, where it was asked for. */
  readonly graph?: ChipGraph;
}

export interface ExplainResponse extends PredictResponse {
  /** The same prediction with where each number comes from; absent where the template does not tell. */
  readonly explained?: Explained<Prediction>;
}

/** Predicts a network's speed, energy and size on a platform, or those of a bundle that was built before. */
export interface ChipPredictor {
  predictNetwork(request: PredictNetworkRequest): Promise<PredictResponse>;
  predictBundle(request: PredictBundleRequest): Promise<PredictResponse>;
  /** `predictNetwork` with where each number comes from. */
  explainNetwork(request: PredictNetworkRequest): Promise<ExplainResponse>;
  explainBundle(request: PredictBundleRequest): Promise<ExplainResponse>;
}
export const ChipPredictor = serviceToken<ChipPredictor>('ChipPredictor');
