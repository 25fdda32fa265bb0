import type { Fate, Network, Operator } from '../network/index.js';
import type { LayerLimit, NotCosted } from '../prediction/index.js';
import type { ChipGraph } from './graph/index.js';

/** What kind of work a layer is: which unit of an accelerator runs it. */
export type LayerKind =
  'convolution' | 'depthwise' | 'transposedConvolution' | 'fullyConnected' | 'pool' | 'elementwise' | 'concat';

/**
 * One layer of a network as an accelerator sees it: an operator with what is fused into it, by its sizes only. Per
 * input of the batch, unless `NetworkWork.batchInLayers`. Whatever has a batch, a depth or rows of a matrix has them
 * among its rows, so that sizes multiply to elements: a matrix product of M rows is a convolution of kernel 1 x 1 over
 * M pixels, a product of two computed tensors one with a group per matrix, and a convolution over a depth has the taps
 * of the depth as channels.
 */
export interface LayerWork {
  readonly name: string;
  readonly operator: string;
  readonly kind: LayerKind;
  readonly groups: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly inputRows: number;
  readonly inputColumns: number;
  readonly outputRows: number;
  readonly outputColumns: number;
  readonly kernelRows: number;
  readonly kernelColumns: number;
  readonly strideRows: number;
  readonly strideColumns: number;
  readonly dilationRows: number;
  readonly dilationColumns: number;
  readonly multiplyAccumulates: number;
  /** Elements of all inputs that are computed. */
  readonly inputElements: number;
  readonly outputElements: number;
  /** Elements of weights and biases. */
  readonly weightElements: number;
  /** Feature maps that it reads: indices of the layers that make them, -1 for the network's input. */
  readonly producers: readonly number[];
  /** Largest input feature map, elements. */
  readonly inputMapElements: readonly number[];
  /** Where it runs instead, or why no figure covers it: plans list it and give it no time. */
  readonly elsewhere?: string;
}

/** The layers of a network in execution order, and what became of every operator. */
export interface NetworkWork {
  readonly layers: readonly LayerWork[];
  /**
   * By operator: the layer that it is, that does its work along, or why nothing is left of it. Layers may still be
   * refused.
   */
  readonly fates: ReadonlyMap<string, Fate>;
  /** Inputs that the network itself computes together: the leading extent of its inputs and outputs. */
  readonly batch: number;
  /** True where layers are of the whole batch: rows of matrices, which share their weights. */
  readonly batchInLayers: boolean;
  /** Elements of the network's inputs and outputs; of one of the batch unless `batchInLayers`. */
  readonly inputElements: number;
  readonly outputElements: number;
}

/** Published figures of an accelerator by name, in the units that its data file states. */
export type AcceleratorFacts = Readonly<Record<string, number>>;
/** Values of a model's free parameters by name. */
export type AcceleratorParameters = Readonly<Record<string, number>>;

/** A node of the graph that works for a layer. */
export interface PlannedNode {
  readonly id: string;
  /** What a layer is limited by when this is its busiest node. */
  readonly limit: LayerLimit;
}

/** A layer on the accelerator, for all inputs of the batch together. Its time and energy are those of its nodes. */
export interface LayerPlan {
  readonly layer: LayerWork;
  /** Empty where the layer takes no time of its own: merged into another, or a matter of addresses. */
  readonly nodes: readonly PlannedNode[];
  /** Why the accelerator does not run the layer: it is listed as not costed. */
  readonly refused?: string;
  /** External memory or host link, bytes. */
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** On-chip buffer traffic, bytes. */
  readonly bufferBytes?: number;
  /** Multiplications per multiply-accumulate of the layer, below 1 where an algorithm saves some; absent: 1. */
  readonly multiplicationShare?: number;
  /** Elements of the array that have work. */
  readonly activeElements?: number;
}

/** A network on an accelerator: a chip graph, and which of its nodes belong to which layer. */
export interface AcceleratorPlan {
  readonly graph: ChipGraph;
  /** In execution order. */
  readonly layers: readonly LayerPlan[];
  /** Nodes that run once per inference and belong to no layer. */
  readonly start: readonly PlannedNode[];
  /**
   * The same layers under other conditions that are measured, by the metric's name: for instance with memory that never
   * delays.
   */
  readonly otherTimings?: Readonly<Record<string, AcceleratorPlan>>;
  /** What else the figures leave out, beside layers that are refused. */
  readonly notCosted?: readonly NotCosted[];
  /** False where nothing is known of the chip's energy: it is listed as not costed. */
  readonly energyKnown: boolean;
}

/** How a layer is put on the hardware, by the names of sizes that the model declares (`mappingSizes`). */
export type LayerMapping = Readonly<Record<string, number>>;

/** What a model is asked: a network's layers on one accelerator. */
export interface ModelRequest {
  readonly work: NetworkWork;
  readonly facts: AcceleratorFacts;
  readonly parameters: AcceleratorParameters;
  readonly batch: number;
  /** Share of zeros in a layer's input, where the model has a use for it. */
  readonly inputZeroShare: (layer: LayerWork) => number;
  /** What external memory delivered in the run that is predicted, B/s, where that is known. */
  readonly memoryBytesPerSecond?: number;
  /**
   * Mappings that are given, by the layer's name; the model chooses for all other layers. Names of layers and sizes are
   * checked.
   */
  readonly mappings: Readonly<Record<string, LayerMapping>>;
}

/** A model of a family of accelerators: puts a network on the chip's hardware as a graph. */
export type AcceleratorModel = (request: ModelRequest) => AcceleratorPlan;

/** What a rule of placement may look at beside the operator. */
export interface PlacedNetwork {
  readonly tensors: Network['tensors'];
  /** Whether a tensor has one value whatever the inputs are. */
  readonly isConstant: (tensor: string) => boolean;
}

/**
 * Where an accelerator computes an operator: `fused`, in the output stage of the layer before where that has no other
 * reader, else as a layer of its own; `layer`, always as a layer of its own; or elsewhere, and where that is.
 */
export type Placement = 'fused' | 'layer' | { readonly elsewhere: string };

/**
 * Declares what an accelerator runs. Asked for every operator that is neither a matter of addresses nor folded into
 * weights.
 */
export type PlacementRule = (operator: Operator, network: PlacedNetwork) => Placement;

/** A model by the name that data files of accelerators use (`model`). */
export interface AcceleratorModelDefinition {
  readonly id: string;
  readonly title: string;
  readonly plan: AcceleratorModel;
  /** Absent: layers by `LayerKind`, with ReLU and clipping in their output stage; other activations are listed. */
  readonly places?: PlacementRule;
  /**
   * Sizes that a mapping of a layer gives, each with its meaning, in the order of publications; absent: the model takes
   * no mappings.
   */
  readonly mappingSizes?: Readonly<Record<string, string>>;
}
