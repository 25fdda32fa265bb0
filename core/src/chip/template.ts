import type { Network } from '../network/index.js';
import type { Explained, Prediction, ResourceEstimate, UnitCycles } from '../prediction/index.js';
import type { NamedArray } from '../services/named-array.js';
import type { ChipGraph } from './graph/index.js';
import type { HostParts } from './host-parts.js';
import type { MemoryModel, Platform } from './platform.js';

/** One configuration parameter of a template, its meaning and the values that it may take. */
export interface TemplateParameter {
  readonly name: string;
  readonly description: string;
  /** Values that the builder tries, ascending; `--set` may give others that `validate` accepts. */
  readonly candidates: readonly number[];
}

/** Values of all parameters of a template. */
export type Configuration = Readonly<Record<string, number>>;

/**
 * A network mapped onto a configuration, ready for the emitter and both predictors. The template knows what is inside.
 */
export interface Design {
  readonly template: string;
  readonly configuration: Configuration;
  readonly platform: Platform;
  /** What the chip computes: the whole network, or its middle when the host runs the rest. */
  readonly network: Network;
  /** What the host runs before and after the chip (`--host-fallback`); absent when the whole network is on the chip. */
  readonly host?: HostParts;
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

/** A bundle on disk, as a template reads it back. */
export interface BundleReader {
  readonly manifest: Readonly<Record<string, unknown>>;
  /**
   * Path relative to the bundle's folder. Throws ADC6005 when the file is not there, ADC6006 when it is not as it was
   * built.
   */
  readFile(path: string): Promise<Uint8Array>;
}

/** Cycles of one layer of a run. */
export interface LayerCycles {
  readonly name: string;
  readonly cycles: number;
  /**
   * What the chip's counters say of each unit, by its name, from the end of the layer before to the end of this one;
   * absent for a chip without counters.
   */
  readonly units?: Readonly<Record<string, UnitCycles>>;
}

/** Cycles of a run, predicted or simulated: layers add up to the total but for what follows the last one. */
export interface RunCycles {
  readonly totalCycles: number;
  readonly layers: readonly LayerCycles[];
}

/** What of a chip's register map depends on its units. */
export interface ChipRegisters {
  /** Counters that can be read while the chip runs, words from `countersAddress` on. */
  readonly liveCounters: number;
  /** Words from the record of one layer to that of the next, from `recordsAddress` on. */
  readonly recordWords: number;
}

/** A chip whose bundle has been read: what a simulator and a predictor need of it. */
export interface BuiltChip {
  /** SystemVerilog files in compilation order, relative to the bundle's folder. */
  readonly rtlFiles: readonly string[];
  readonly busBytes: number;
  /** Size of external memory that a run uses, bytes. */
  readonly memoryBytes: number;
  readonly programAddress: number;
  readonly layerNames: readonly string[];
  /** Absent: 12 counters and records of 16 words, those of four units. */
  readonly registers?: ChipRegisters;
  /** What `memoryImage` takes. */
  readonly inputNames: readonly string[];
  /** What the host runs before `memoryImage` and after `outputs`; absent when the whole network is on the chip. */
  readonly host?: HostParts;
  /** Where the results lie after a run. */
  readonly readBack: readonly { readonly address: number; readonly length: number }[];
  /**
   * External memory before a run: program, weights and these inputs of the chip. Throws ADC1105 when an input does not
   * fit.
   */
  memoryImage(inputs: readonly NamedArray[]): Uint8Array;
  /** The chip's outputs from the contents of `readBack`. */
  outputs(regions: readonly Uint8Array[]): readonly NamedArray[];
  /** Fine-mode cycles against a memory model. */
  cycles(memory: MemoryModel): RunCycles;
  /** Cycles from the chip's own records. */
  recordedCycles(totalCycles: number, records: readonly Uint32Array[]): RunCycles;
  /** The chip and its program as a graph: in fine mode its latency is that of `predict`, to the cycle. */
  graph(platform: Platform): ChipGraph;
  /** Of the chip alone: `host` is not in its figures, and whoever shows them lists it beside them. */
  predict(platform: Platform, mode: Prediction['mode']): Prediction;
  /** The same prediction with where each number comes from. */
  explain?(platform: Platform, mode: Prediction['mode']): Explained<Prediction>;
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
  /**
   * Operators that this template cannot run on a chip for the platform with these parameters fixed. Empty: the network
   * can be built.
   */
  unsupported(network: Network, platform: Platform, settings: Partial<Configuration>): readonly UnsupportedOperator[];
  resources(configuration: Configuration, platform: Platform): ResourceEstimate;
  /** Analytical lower bound, for ranking: microseconds to milliseconds a call. */
  predictCoarse(network: Network, configuration: Configuration, platform: Platform): Prediction;
  /** Latency of `predictCoarse` and nothing else, for less; absent: a search asks for the whole prediction. */
  coarseLatencySeconds?(network: Network, configuration: Configuration, platform: Platform): number;
  /**
   * Maps a network without unsupported operators: tilings, memory plan, program. `host` goes into the design as it is.
   */
  map(network: Network, configuration: Configuration, platform: Platform, host?: HostParts): Design;
  /** Exact timing of a mapped design against the platform's memory model. */
  predictFine(design: Design): Prediction;
  /** The chip and its program as a graph: in fine mode its latency is that of `predictFine`, to the cycle. */
  graph(design: Design): ChipGraph;
  /** What `predictCoarse` and `predictFine` give, with where each number comes from. */
  explainCoarse?(network: Network, configuration: Configuration, platform: Platform): Explained<Prediction>;
  explainFine?(design: Design): Explained<Prediction>;
  /** RTL, program, weights and manifest; with `hostBundleFiles`, what the host runs. */
  emit(design: Design, fine: Prediction): readonly BundleFile[];
  /** Reads back what `emit` wrote. Throws ADC6005 naming what is missing or damaged. */
  open(bundle: BundleReader): Promise<BuiltChip>;
}
