import type { SourcedFigure } from '../platform.js';
import type { CapacityUnit, DataUnit, EnergyUnit, FrequencyUnit, PowerUnit, Quantity } from './quantity.js';

/** Version of the `*.chip.json` format. */
export const chipGraphSchemaVersion = 1;

/** The three classes of hardware blocks. */
export type IpClass = 'compute' | 'memory' | 'datapath';

/** Facts about an IP, for people and for cost models: parallelism, port width, volume. No prediction reads them. */
export type GraphAttributes = Readonly<Record<string, string | number | boolean | Quantity<string>>>;

/** A process that energies are given for, with its unit energies: here, or by the platform that it stands for. */
export interface GraphTechnology {
  readonly id: string;
  readonly title?: string;
  /** A platform whose technology gives the figures that are not given here. */
  readonly platform?: string;
  /** By name; `docs/technology-tables.md` has the names of platforms' figures, and any other name will do. */
  readonly figures?: Readonly<Record<string, SourcedFigure>>;
  readonly processNanometres?: number;
  readonly voltage?: Quantity<'V'>;
  readonly source?: string;
}

/** So many times a figure of a technology. */
export interface FigureUse {
  /** For instance `multiplyAccumulate8Bit`; its unit is one of energy or power, or that per something. */
  readonly figure: string;
  /** How many operations, or of what the figure is per: bytes, square millimetres. Absent: 1. */
  readonly count?: number;
  /** Absent: the technology of the node or resource. */
  readonly technology?: string;
}

/** A number with its unit, or the sum of figures of technologies. */
export type Costed<Unit extends string> = Quantity<Unit> | FigureUse | readonly FigureUse[];

/** What an IP takes of energy: give power (which needs a clock) or energy per cycle, or neither. */
export interface IpCost {
  /** While busy. */
  readonly power?: Costed<PowerUnit>;
  /** A cycle of its own clock. */
  readonly energyPerBusyCycle?: Costed<EnergyUnit>;
  /** From the first cycle of the run to the last, busy or not. */
  readonly staticPower?: Costed<PowerUnit>;
}

/** An instance of hardware that several nodes use in turn: it is held for a whole state, by one node at a time. */
export interface GraphResource extends IpCost {
  readonly id: string;
  readonly class: IpClass;
  /** Absent: the clock of the graph that it is in. */
  readonly clock?: Quantity<FrequencyUnit>;
  /** A technology of this graph. */
  readonly technology?: string;
  readonly attributes?: GraphAttributes;
}

/** Tokens per execution of a state, by edge. */
export type TokenCounts = Readonly<Record<string, number>>;

/**
 * One state of a state machine. It begins when the tokens that it consumes are there, the tokens that it will produce
 * have room, and its resource is free, at an edge of the clock of its resource; then it runs for its cycles of that
 * clock without a stop. Consumed tokens make room, and produced tokens can be consumed, when it ends.
 */
export interface GraphState {
  readonly name?: string;
  /** The resource that it holds; absent: the node's own hardware. */
  readonly resource?: string;
  /** Whole cycles of the clock of its resource, at least 1. */
  readonly cycles: number;
  readonly consumes?: TokenCounts;
  readonly produces?: TokenCounts;
  /** Per execution, on top of what the resource takes. */
  readonly energy?: Costed<EnergyUnit>;
}

/** A folded loop: its steps, one after another, that many times. */
export interface GraphLoop {
  /** At least 1. */
  readonly repeat: number;
  readonly steps: readonly GraphStep[];
}

export type GraphStep = GraphState | GraphLoop;

/**
 * One hardware IP with its state machine, or (with `graph`) a sub-graph in its place. Order matters: of the nodes that
 * want a resource in the same cycle, the first gets it.
 */
export interface GraphNode extends IpCost {
  readonly id: string;
  /** Absent with `graph` only. */
  readonly class?: IpClass;
  /** Of its own hardware, or of the sub-graph that stands here. Absent: the clock of the graph that it is in. */
  readonly clock?: Quantity<FrequencyUnit>;
  readonly technology?: string;
  readonly attributes?: GraphAttributes;
  /**
   * The state machine, run once. An in-edge that no state names is consumed by the first state, one token an execution;
   * an out-edge that no state names is produced by the last.
   */
  readonly steps?: readonly GraphStep[];
  /** The sub-graph that stands here. Its open edges are the ports of this node. */
  readonly graph?: string;
  /** Resources of the sub-graph that are resources of this graph: inner name to outer name. */
  readonly resources?: Readonly<Record<string, string>>;
}

/** A data dependency: a first-in first-out channel of tokens. */
export interface GraphEdge {
  /** Absent: `from->to`, with `from` or `to` left out where absent. */
  readonly id?: string;
  /**
   * Absent: the edge comes from outside, with `initialTokens` as all that ever comes, or from what the port is
   * connected to.
   */
  readonly from?: string;
  /** Open edge of the sub-graph that `from` stands for. */
  readonly fromPort?: string;
  /** Absent: tokens leave the graph, or go where the port is connected to. */
  readonly to?: string;
  readonly toPort?: string;
  /** Data that crosses in the whole run. */
  readonly volume?: Quantity<DataUnit>;
  /** Bits of an element. */
  readonly precisionBits?: number;
  /** Room for tokens between the two ends, the ones being produced and consumed included. Absent: without limit. */
  readonly capacity?: Quantity<CapacityUnit>;
  /** Tokens that are there at the start. */
  readonly initialTokens?: number;
}

/** Nodes, edges and resources: a graph, or a part of one that can be used several times. */
export interface GraphBody {
  readonly technologies?: readonly GraphTechnology[];
  readonly resources?: readonly GraphResource[];
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Clock of all that states none of its own. Absent in a sub-graph: the clock of the graph around it. */
  readonly clock?: Quantity<FrequencyUnit>;
}

/**
 * The one-for-all description of an accelerator, an IP or a network on an accelerator. A `*.chip.json` file holds one.
 */
export interface ChipGraph extends GraphBody {
  readonly $schema?: string;
  readonly schemaVersion: typeof chipGraphSchemaVersion;
  readonly name: string;
  readonly title?: string;
  /** Sub-graphs by name: any node of this file can stand for one. */
  readonly graphs?: Readonly<Record<string, GraphBody>>;
}

export function isLoop(step: GraphStep): step is GraphLoop {
  return 'repeat' in step;
}
