import type { Network } from '../network/index.js';
import type { NotCosted, Prediction, ResourceEstimate } from '../prediction/index.js';
import type { Platform } from './platform.js';

/** One configuration parameter of a template, its meaning and the values that it may take. */
export interface TemplateParameter {
  readonly name: string;
  readonly description: string;
  /** Values that the builder tries, ascending; `--set` may give others that `validate` accepts. */
  readonly candidates: readonly number[];
}

/** Values of all parameters of a template. */
export type Configuration = Readonly<Record<string, number>>;

/** A network mapped onto a configuration, ready for the emitter and both predictors. The template knows what is inside. */
export interface Design {
  readonly template: string;
  readonly configuration: Configuration;
  readonly platform: Platform;
  readonly network: Network;
  /** Operators that run on the host instead (`--host-fallback`), empty otherwise. */
  readonly hostOperators: readonly NotCosted[];
}

/** An operator that the chip cannot run, and why. */
export interface UnsupportedOperator {
  readonly name: string;
  readonly operator: string;
  readonly reason: string;
}

/** A file of a bundle: path relative to the bundle's folder. */
export interface BundleFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/**
 * A family of accelerators. Plain functions: hooks hand the template over once, and search loops call these.
 * Functions throw ChipError; none keeps state between calls.
 */
export interface TemplateDefinition {
  readonly id: string;
  readonly title: string;
  readonly parameters: readonly TemplateParameter[];
  /** Every configuration worth trying for this network on this platform, in a stable order. */
  enumerate(network: Network, platform: Platform): Iterable<Configuration>;
  /** Completes given values with defaults and checks them. Throws ADC3xxx naming the parameter. */
  configure(values: Partial<Configuration>, network: Network, platform: Platform): Configuration;
  /** Operators that this template cannot run. Empty: the network can be built. */
  unsupported(network: Network): readonly UnsupportedOperator[];
  resources(configuration: Configuration, platform: Platform): ResourceEstimate;
  /** Analytical lower bound, for ranking: microseconds to milliseconds a call. */
  predictCoarse(network: Network, configuration: Configuration, platform: Platform): Prediction;
  /** Maps the network: tilings, memory plan, program. */
  map(network: Network, configuration: Configuration, platform: Platform, hostFallback: boolean): Design;
  /** Exact timing of a mapped design against the platform's memory model. */
  predictFine(design: Design): Prediction;
  /** RTL, program, weights and manifest. */
  emit(design: Design, fine: Prediction): readonly BundleFile[];
}
