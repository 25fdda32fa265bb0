import type { OperatorKind } from '../network/index.js';
import type { ResourceEstimate } from '../prediction/index.js';
import type { Platform } from './platform.js';
import type { BundleFile } from './template.js';

/** A way from one register to the next through a block that may decide its clock. */
export interface TimingPath {
  /** What the path does, to follow the name of the block. */
  readonly title: string;
  /** The product on it: widths of its operands, bits. */
  readonly product: readonly [leftBits: number, rightBits: number];
}

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
  /** Paths that may decide how fast an instance can be clocked; without it the clock of chips that hold the block is not predicted. */
  readonly paths?: (parameters: Readonly<Record<string, number>>) => readonly TimingPath[];
  /** SystemVerilog files that an instance needs, paths relative to a bundle's folder. */
  rtl(): readonly BundleFile[];
}
