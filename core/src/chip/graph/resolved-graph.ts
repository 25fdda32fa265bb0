import type { IpClass } from './chip-graph.js';

/** An instance of hardware: a resource of the graph, or the own hardware of a node. */
export interface ResolvedResource {
  readonly id: string;
  readonly class: IpClass;
  /** Of its own clock. */
  readonly picojoulesPerBusyCycle: number;
  readonly staticWatts: number;
  /** Undefined: the graph has no clock. */
  readonly clockHertz: number | undefined;
  /** Ticks of a cycle of its clock. */
  readonly periodTicks: number;
}

export interface TokenFlow {
  /** Index of the edge. */
  readonly edge: number;
  readonly tokens: number;
}

export interface ResolvedState {
  readonly name: string | undefined;
  /** Index of the resource. */
  readonly resource: number;
  /** Of the clock of the resource. */
  readonly cycles: number;
  /** Of one execution, beside what the resource takes. */
  readonly picojoules: number;
  /** How often it runs in the whole run. */
  readonly executions: number;
  readonly consumes: readonly TokenFlow[];
  readonly produces: readonly TokenFlow[];
}

export interface ResolvedLoop {
  readonly repeat: number;
  readonly steps: readonly ResolvedStep[];
}

export type ResolvedStep = ResolvedState | ResolvedLoop;

export interface ResolvedNode {
  /** With the names of the nodes that it is inside of, separated by slashes. */
  readonly id: string;
  readonly class: IpClass;
  readonly steps: readonly ResolvedStep[];
  /** All states in the order in which they first run. */
  readonly states: readonly ResolvedState[];
}

export interface ResolvedEdge {
  readonly id: string;
  /** Index of a node, or -1: from outside. */
  readonly from: number;
  /** Index of a node, or -1: to outside. */
  readonly to: number;
  /** Infinity: without limit. */
  readonly capacityTokens: number;
  readonly initialTokens: number;
  /** Tokens of the whole run. */
  readonly producedTokens: number;
  readonly consumedTokens: number;
  /** Where volume is given. */
  readonly volumeBits: number | undefined;
  /** Bits of an element, where they are given. */
  readonly precisionBits: number | undefined;
}

/** A graph that was checked: sub-graphs in place, names looked up, units converted. What predictors read. */
export interface ResolvedGraph {
  readonly name: string;
  /** Of the clock in which cycles are told. */
  readonly clockHertz: number | undefined;
  /** Ticks of a cycle of that clock: 1 where it is the only one. */
  readonly ticksPerCycle: number;
  /** Ticks after which all clocks are again as they were at the start; infinity when beyond exact numbers. */
  readonly hyperperiodTicks: number;
  readonly resources: readonly ResolvedResource[];
  readonly nodes: readonly ResolvedNode[];
  readonly edges: readonly ResolvedEdge[];
  /** States of all nodes. */
  readonly stateCount: number;
}

export function isResolvedLoop(step: ResolvedStep): step is ResolvedLoop {
  return 'repeat' in step;
}
