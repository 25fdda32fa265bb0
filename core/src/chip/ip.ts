import type { OperatorKind } from '../network/index.js';
import type { ResourceEstimate } from '../prediction/index.js';
import type { Platform } from './platform.js';
import type { BundleFile } from './template.js';

/** A hardware block: what it can do, what it costs, and its RTL. */
export interface IpDefinition {
  readonly id: string;
  readonly title: string;
  readonly class: 'compute' | 'memory' | 'datapath';
  /** Kinds of operators that it runs; empty for blocks that run none. */
  readonly operators: readonly OperatorKind[];
  /** Parameters of an instance and what each means. */
  readonly parameters: readonly { readonly name: string; readonly description: string }[];
  /** Predicted resources of one instance. */
  resources(parameters: Readonly<Record<string, number>>, platform: Platform): ResourceEstimate;
  /** SystemVerilog files that an instance needs, paths relative to a bundle's folder. */
  rtl(): readonly BundleFile[];
}
