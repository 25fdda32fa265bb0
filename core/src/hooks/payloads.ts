import type { BundleFile, Configuration, Design, LayerCycles, Platform, TemplateDefinition } from '../chip/index.js';
import type { Network, Operator } from '../network/index.js';
import type { Prediction } from '../prediction/index.js';
import type {
  NamedArray,
  NetworkPurpose,
  SimulateRequest,
  SynthesizeRequest,
  SynthesizeResponse,
} from '../services/index.js';

/** Payload of `loadNetwork`. */
export interface NetworkFile {
  readonly path: string;
  /** False when a network without weights will do; the front end then leaves `data` out where it is not there. */
  readonly weights: boolean;
}

/** Payload of `transformNetwork`; a pass returns it with another network. */
export interface NetworkTransformation {
  readonly network: Network;
  readonly calibration?: readonly NamedArray[];
  /** The host may take over what the chip cannot run. */
  readonly hostFallback?: boolean;
  readonly purpose: NetworkPurpose;
}

/**
 * Stages of `transformNetwork`. A pass names the one that it belongs to; what a stage leaves behind is what the next
 * may rely on.
 */
export const transformStages = {
  /** Equivalent rewriting into the kinds that later passes know: shape arithmetic, reorg patterns, constant folding. */
  normalise: 100,
  /** Batch norm and scalings folded into weights. */
  fold: 200,
  /** Every tensor that hardware sees gets integer type and quantisation: QDQ to QLinear form, or by calibration. */
  quantise: 300,
  /** Activations, clamps and requantisations fused into the operators that they follow. */
  fuse: 400,
  /** Layout and order of execution. */
  layOut: 500,
  /** Looks only, throws on what must not be. */
  check: 900,
} as const;

/** Payload of `mapOperator`. */
export interface OperatorToMap {
  readonly operator: Operator;
  readonly network: Network;
  readonly template: TemplateDefinition;
}

/** Answer of `mapOperator`: this operator stays off the chip, because. */
export interface HostPlacement {
  readonly placement: 'host';
  readonly reason: string;
}

/** Payload of `predict`; a tap returns it with more or better figures, each with its source named. */
export interface PredictedDesign {
  readonly prediction: Prediction;
  readonly network: Network;
  readonly platform: Platform;
  readonly template: string;
  readonly configuration: Configuration;
}

/** Payload of `explore`: what the search is about to look through. The functions handed over run inside its loop. */
export interface Exploration {
  readonly network: Network;
  readonly platform: Platform;
  readonly template: TemplateDefinition;
  /** Only configurations for which every such function returns true are ranked. `name` appears in the report. */
  keepOnly(name: string, accepts: (configuration: Configuration) => boolean): void;
}

/** Payload of `emitRtl`; a tap returns it with files added, replaced or left out. */
export interface EmittedBundle {
  readonly design: Design;
  readonly files: readonly BundleFile[];
}

/** Answer of `simulate`. */
export interface SimulationRun {
  readonly tool: string;
  readonly version: string;
  readonly outputs: readonly NamedArray[];
  readonly totalCycles: number;
  readonly layers: readonly LayerCycles[];
  readonly wallSeconds: number;
}

/** Payload of `report`: the document that a command is about to print. */
export interface CommandReport {
  readonly command: string;
  readonly document: Readonly<Record<string, unknown>>;
}

export type { SimulateRequest, SynthesizeRequest, SynthesizeResponse };
