import { linearBox, type BufferRange, type Emission, type MemoryBox, type SlotCache } from '@autodnnchip/core/engine';

import type { ConvEngineValues } from './conv-values.js';
import { convStepsPerPixel } from './conv-pipeline.js';
import { chunkSteps, type ConvMapping, type PartitionMapping } from './conv-mapping.js';

/** Loads of a convolution's weights and parameters: each where it is not in its buffer. */
export class ConvConstants {
  /** Output channel blocks of a K-group. */
  readonly planes: number;
  private readonly parameterRows: number;
  private readonly parameters: SlotCache;
  private readonly kGroups: number;
  private partition!: PartitionMapping;
  private weights!: SlotCache;
  /** Weight rows of each chunk for one K-group, and those of the chunks before it. */
  private steps: number[] = [];
  private stepsBefore: number[] = [];

  constructor(
    private readonly context: Emission,
    private readonly mapping: ConvMapping,
    private readonly configuration: ConvEngineValues,
  ) {
    this.planes = configuration.outputParallelism / configuration.channelBlock;
    this.parameterRows = convStepsPerPixel(configuration);
    this.kGroups = mapping.partitions.reduce((sum, { groups }) => sum + groups, 0);
    this.parameters = context.emitter
      .ring('parameter')
      .slots(this.parameterRows * mapping.parameterBatch, 1, Math.ceil(this.kGroups / mapping.parameterBatch));
  }

  /** Slots for the weights of a partition. */
  startPartition(partition: PartitionMapping): void {
    const { rangeGroups, weightBatch, order } = this.mapping;
    const { chunks, groups } = partition;
    this.partition = partition;
    this.steps = chunks.map(chunkSteps);
    let before = 0;
    this.stepsBefore = this.steps.map(steps => {
      before += steps;
      return before - steps;
    });
    const ranges = Math.ceil(groups / rangeGroups);
    const rangeLoads = Math.ceil(rangeGroups / weightBatch) * chunks.length;
    this.weights = this.context.emitter
      .ring('weight')
      .slots(
        Math.max(...this.steps) * weightBatch,
        order === 'rangesOuter' ? rangeLoads : ranges * rangeLoads,
        ranges * rangeLoads,
      );
  }

  /** Weight rows of a chunk for a K-group; loads the batch that it is in where it is not there. */
  ensureWeights(chunk: number, group: number, rangeFirst: number, rangeEnd: number): BufferRange {
    const batch = Math.floor((group - rangeFirst) / this.mapping.weightBatch);
    const key = this.weightKey(chunk, batch, rangeFirst);
    const steps = this.steps[chunk];
    let base = this.weights.find(key);
    if (base < 0) {
      const { box, rows } = this.weightBox(chunk, batch, rangeFirst, rangeEnd);
      base = this.weights.take(key).base;
      this.context.emitter.load('weight', { base, size: rows }, box);
    }
    return { base: base + (group - rangeFirst - batch * this.mapping.weightBatch) * steps, size: steps };
  }

  /** Weights of the range's later computations, as long as they arrive before `ready` and fit in. */
  loadAhead(rangeFirst: number, rangeEnd: number, ready: number): void {
    const { emitter } = this.context;
    const batches = Math.ceil((rangeEnd - rangeFirst) / this.mapping.weightBatch);
    const limit = Math.min(this.weights.count, batches * this.steps.length);
    for (let index = 0; index < limit; index++) {
      const chunk = Math.floor(index / batches);
      const key = this.weightKey(chunk, index % batches, rangeFirst);
      if (this.weights.find(key) >= 0) continue;
      const { box, rows } = this.weightBox(chunk, index % batches, rangeFirst, rangeEnd);
      const range = { base: this.weights.peek().base, size: rows };
      if (emitter.loadEnd('weight', range, box) > ready) return;
      this.weights.take(key);
      emitter.load('weight', range, box);
    }
  }

  /** Parameter rows of a K-group, counted over the whole layer. */
  ensureParameters(group: number): BufferRange {
    const { parameterBatch } = this.mapping;
    const [, parameterAddress] = this.context.constants;
    const batch = Math.floor(group / parameterBatch);
    let base = this.parameters.find(batch);
    if (base < 0) {
      const { channelBlock, emitter } = this.context;
      const groups = Math.min(parameterBatch, this.kGroups - batch * parameterBatch);
      const groupWords = this.planes * 8;
      base = this.parameters.take(batch).base;
      emitter.load(
        'parameter',
        { base, size: groups * this.parameterRows },
        linearBox(
          parameterAddress + batch * parameterBatch * groupWords * channelBlock,
          groups * groupWords,
          channelBlock,
        ),
      );
    }
    return { base: base + (group % parameterBatch) * this.parameterRows, size: this.parameterRows };
  }

  private weightKey(chunk: number, batch: number, rangeFirst: number): number {
    return chunk * this.partition.groups + rangeFirst + batch;
  }

  private weightBox(
    chunk: number,
    batch: number,
    rangeFirst: number,
    rangeEnd: number,
  ): { box: MemoryBox; rows: number } {
    const {
      channelBlock,
      constants: [weightAddress],
    } = this.context;
    const { outputParallelism } = this.configuration;
    const { weightBatch } = this.mapping;
    const first = rangeFirst + batch * weightBatch;
    const rows = Math.min(weightBatch, rangeEnd - first) * this.steps[chunk];
    const firstRow = this.partition.firstRow + first * this.partition.steps + this.stepsBefore[chunk];
    return {
      box: linearBox(
        weightAddress + firstRow * outputParallelism * channelBlock,
        rows * outputParallelism,
        channelBlock,
      ),
      rows,
    };
  }
}
