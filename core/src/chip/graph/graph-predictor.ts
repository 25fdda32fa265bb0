import type { Explained } from '../../prediction/index.js';
import { serviceToken } from '../../services/service-token.js';
import type { ChipGraph, IpClass } from './chip-graph.js';

/**
 * What a node or a resource did in a run. In fine mode busy, waiting and done cycles of a node add up to the latency.
 * All cycles are told in the clock of the graph; with several clocks they need not be whole.
 */
export interface GraphNodePrediction {
  readonly id: string;
  readonly class: IpClass;
  readonly busyCycles: number;
  /** Cycles in which it was not busy; the bottleneck has the fewest. */
  readonly idleCycles: number;
  /** Cycles before its end in which tokens were missing; fine mode only, as are the other waits. */
  readonly waitInputCycles?: number;
  /** Its tokens were there, and an out-edge had no room. */
  readonly waitOutputCycles?: number;
  /** Tokens and room were there, and another node held the resource. */
  readonly waitResourceCycles?: number;
  /** All was there, and its clock had no edge; with several clocks only. */
  readonly waitClockCycles?: number;
  /** Cycle at the start of which it had finished. */
  readonly finishCycle?: number;
  readonly energyPicojoules: number;
}

export interface GraphResourcePrediction {
  readonly id: string;
  readonly class: IpClass;
  /** Of its own clock, where that is another than the graph's. */
  readonly clockMegahertz?: number;
  readonly busyCycles: number;
  readonly idleCycles: number;
  /** While busy, static energy not included. */
  readonly energyPicojoules: number;
}

export interface GraphPrediction {
  readonly graph: string;
  readonly mode: 'coarse' | 'fine';
  /** Fine mode: exact for the graph. Coarse mode: a lower bound of that. */
  readonly latencyCycles: number;
  /** Coarse mode only: the fine mode is never above it. */
  readonly latencyUpperBoundCycles?: number;
  /** Where the graph has a clock, as all that is in seconds or watts. */
  readonly clockMegahertz?: number;
  readonly latencySeconds?: number;
  readonly powerMilliwatts?: number;
  /** Busy and static. */
  readonly energyPicojoules: number;
  readonly staticEnergyPicojoules: number;
  readonly nodes: readonly GraphNodePrediction[];
  readonly resources: readonly GraphResourcePrediction[];
  /** The node with the fewest idle cycles; of several, the first. */
  readonly bottleneck: string;
  /** The same of the resources, which for graphs of many short nodes says more. */
  readonly bottleneckResource: string;
  /** What the prediction took; fine mode only. */
  readonly simulation?: {
    readonly states: number;
    /** Executions of states that were stepped through; the others were skipped in steady states. */
    readonly simulatedExecutions: number;
    readonly totalExecutions: number;
  };
}

export interface GraphPredictionRequest {
  readonly graph: ChipGraph;
  readonly mode: 'coarse' | 'fine';
  /** Fine mode: also records a timeline, at most this many states long. */
  readonly traceEvents?: number;
}

export interface GraphPredictionResponse {
  readonly prediction: GraphPrediction;
  /** Chrome trace format, as Perfetto and chrome://tracing open it; one microsecond stands for a cycle. */
  readonly trace?: { readonly json: string; readonly complete: boolean };
}

export interface GraphExplanation {
  readonly prediction: GraphPrediction;
  readonly explained: Explained<GraphPrediction>;
}

/**
 * Predicts any graph. Throws ADC33xx naming nodes: what is wrong with the graph, or the cycle in which it deadlocks.
 */
export interface GraphPredictor {
  predictGraph(request: GraphPredictionRequest): GraphPredictionResponse;
  /** The same prediction with where each number comes from. */
  explainGraph(request: Omit<GraphPredictionRequest, 'traceEvents'>): GraphExplanation;
}
export const GraphPredictor = serviceToken<GraphPredictor>('GraphPredictor');
