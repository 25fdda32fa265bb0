/** Resources or area of a block or a chip. Fields that do not apply to the platform are absent. */
export interface ResourceEstimate {
  readonly lut?: number;
  readonly ff?: number;
  readonly dsp?: number;
  readonly bram?: number;
  readonly areaSquareMillimetres?: number;
  readonly sramBytes?: number;
  /** Highest clock after place and route; absent where no model covers the family or the block. */
  readonly fmaxMegahertz?: number;
  readonly multipliers: number;
}

/** Cycles of one unit: they add up to the time the unit was watched. */
export interface UnitCycles {
  readonly busyCycles: number;
  readonly waitInputCycles: number;
  readonly waitOutputCycles: number;
}

export type LayerLimit = 'compute' | 'memoryRead' | 'memoryWrite' | 'requantize' | 'latency' | 'host';

export interface LayerPrediction {
  readonly name: string;
  readonly operator: string;
  /**
   * Cycles from the end of the layer before to the end of this one, for the whole batch. They add up to the network's
   * latency.
   */
  readonly latencyCycles: number;
  /** Of one inference. They add up to the network's energy. */
  readonly energyPicojoules: number;
  readonly limitedBy: LayerLimit;
  /** Of the network as its file has it, whatever number of inputs is computed together. */
  readonly multiplyAccumulates: number;
  /**
   * Multiplications (one per multiply-accumulate, fewer where an algorithm saves some) / (multipliers of the engine
   * that runs it * cycles), where cycles are its latency or, if longer, those of its tasks.
   */
  readonly utilization: number;
  /** Per unit: `load`, `conv`, `lane`, `store`; only in fine mode. */
  readonly units?: Readonly<Record<string, UnitCycles>>;
  /** Of the whole batch, as are the bytes that it writes. */
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** Engine that runs the layer, on a chip with several. */
  readonly engine?: string;
  /** Why it was not another engine, or another form of the layer; absent where that is not known any more. */
  readonly declined?: readonly string[];
}

/** An operator that no figure covers, and why: never silently free. */
export interface NotCosted {
  readonly name: string;
  readonly operator: string;
  readonly reason: string;
}

export interface Prediction {
  readonly mode: 'coarse' | 'fine';
  readonly platform: string;
  /** Inputs that are computed together. */
  readonly batch: number;
  readonly clockMegahertz: number;
  /** Of the whole batch. */
  readonly latencyCycles: number;
  readonly latencySeconds: number;
  /** Inferences: inputs, not batches. */
  readonly throughputPerSecond: number;
  /** Of one inference: that of the batch divided by its inputs. */
  readonly energyPicojoules: number;
  readonly powerMilliwatts: number;
  readonly resources: ResourceEstimate;
  /** Same figures per hardware block. */
  readonly blocks: readonly {
    readonly id: string;
    readonly resources: ResourceEstimate;
    readonly energyPicojoules: number;
  }[];
  readonly layers: readonly LayerPrediction[];
  readonly notCosted: readonly NotCosted[];
}
