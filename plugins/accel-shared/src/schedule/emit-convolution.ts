import type { AccelSharedConfiguration } from '../configuration.js';
import type { ConvLayer, LoweredTensor } from '../lowering/index.js';
import type { MemoryBox } from '../program/instruction.js';
import type { TensorRegion } from './access-list.js';
import type { SlotCache } from './buffer-slots.js';
import { tileBox } from './cost-model.js';
import type { EmissionContext } from './emission-context.js';
import { chunkSteps, inputSpan, largestSpan, type ConvMapping, type InputSpan, type PartitionMapping, type ReductionChunk } from './mapping.js';
import type { BufferRange } from './program-builder.js';

/** One computation: a K-group of a tile for a chunk of the reduction. */
interface Item {
  readonly partition: PartitionMapping;
  readonly chunk: ReductionChunk;
  readonly chunkIndex: number;
  /** K-group within the partition, and its place in the range. */
  readonly group: number;
  readonly rangeFirst: number;
  readonly rangeEnd: number;
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
  readonly tile: number;
}

/** Emits a convolution's loads, computations and stores in the order of its mapping. */
export function emitConvolution(context: EmissionContext, layer: ConvLayer, mapping: ConvMapping): void {
  const emitter = new ConvolutionEmitter(context, layer, mapping);
  for (const partition of mapping.partitions) emitter.emitPartition(partition, partition === mapping.partitions.at(-1));
}

class ConvolutionEmitter {
  private readonly configuration: AccelSharedConfiguration;
  private readonly input: LoweredTensor;
  private readonly output: LoweredTensor;
  /** Output channel blocks of a K-group. */
  private readonly planes: number;
  private readonly parameterRows: number;
  private readonly parameters: SlotCache;
  private readonly outputs: SlotCache;

  constructor(private readonly context: EmissionContext, private readonly layer: ConvLayer, private readonly mapping: ConvMapping) {
    const { configuration, lowered, rings } = context;
    this.configuration = configuration;
    this.input = lowered.tensors[layer.input.tensor];
    this.output = lowered.tensors[layer.output.tensor];
    this.planes = configuration.outputParallelism / configuration.channelBlock;
    this.parameterRows = this.planes * configuration.convRequantizeDivider;
    const parameterLoads = Math.ceil(mapping.partitions.reduce((sum, { groups }) => sum + groups, 0) / mapping.parameterBatch);
    this.parameters = rings.convParameter.slots(this.parameterRows * mapping.parameterBatch, 1, parameterLoads);
    this.outputs = rings.convOutput.slots(this.planes * mapping.tileHeight * mapping.tileWidth, 1, Infinity);
  }

  emitPartition(partition: PartitionMapping, isLast: boolean): void {
    const { rings } = this.context;
    const { rangeGroups, weightBatch, order } = this.mapping;
    const { chunks, groups } = partition;
    const largestChunk = chunks.reduce((most, chunk) => Math.max(most, chunkSteps(chunk)), 0);
    const ranges = Math.ceil(groups / rangeGroups);
    const rangeLoads = Math.ceil(rangeGroups / weightBatch) * chunks.length;
    const weights = rings.weight.slots(largestChunk * weightBatch, order === 'rangesOuter' ? rangeLoads : ranges * rangeLoads, ranges * rangeLoads);
    const items = this.items(partition);
    const tiles = items[items.length - 1].tile + 1;
    const activations = rings.activation.slots(this.largestTileWords(partition), ranges === 1 ? 1 : (order === 'rangesOuter' ? tiles : 1) * chunks.length, tiles * chunks.length);
    for (const [index, item] of items.entries()) this.emitItem(item, weights, activations, index === 0 ? items : [], isLast && index === items.length - 1);
  }

  private largestTileWords(partition: PartitionMapping): number {
    const { window } = this.layer;
    return partition.chunks.reduce((most, chunk) => Math.max(most, chunk.blocks
      * largestSpan(this.mapping.tileHeight, chunk.rows, window.strideY, window.dilationY, window.inputHeight)
      * largestSpan(this.mapping.tileWidth, chunk.columns, window.strideX, window.dilationX, window.inputWidth)), 0);
  }

  /** The loop nest, unrolled. */
  private items(partition: PartitionMapping): Item[] {
    const { window } = this.layer;
    const { tileHeight, tileWidth, rangeGroups, order } = this.mapping;
    const items: Item[] = [];
    const tiles: Pick<Item, 'row' | 'rows' | 'column' | 'columns' | 'tile'>[] = [];
    for (let row = 0; row < window.outputHeight; row += tileHeight) {
      for (let column = 0; column < window.outputWidth; column += tileWidth) {
        tiles.push({
          row, rows: Math.min(tileHeight, window.outputHeight - row), column, columns: Math.min(tileWidth, window.outputWidth - column), tile: tiles.length,
        });
      }
    }
    const rangeOfTile = (rangeFirst: number, tile: (typeof tiles)[number]): void => {
      const rangeEnd = Math.min(partition.groups, rangeFirst + rangeGroups);
      for (const [chunkIndex, chunk] of partition.chunks.entries()) {
        for (let group = rangeFirst; group < rangeEnd; group++) items.push({ partition, chunk, chunkIndex, group, rangeFirst, rangeEnd, ...tile });
      }
    };
    if (order === 'rangesOuter') {
      for (let range = 0; range < partition.groups; range += rangeGroups) for (const tile of tiles) rangeOfTile(range, tile);
    } else {
      for (const tile of tiles) for (let range = 0; range < partition.groups; range += rangeGroups) rangeOfTile(range, tile);
    }
    return items;
  }

  private emitItem(item: Item, weights: SlotCache, activations: SlotCache, upcoming: readonly Item[], layerEnd: boolean): void {
    const { builder } = this.context;
    const { layer, planes } = this;
    const { window } = layer;
    const { chunk, partition, group } = item;
    const first = item.chunkIndex === 0;
    const final = item.chunkIndex === partition.chunks.length - 1;
    const ySpan = inputSpan(item.row, item.rows, chunk.rowBase, chunk.rows, window.strideY, window.dilationY, window.paddingTop, window.inputHeight);
    const xSpan = inputSpan(item.column, item.columns, chunk.columnBase, chunk.columns, window.strideX, window.dilationX, window.paddingLeft, window.inputWidth);

    const weightRange = this.ensureWeights(weights, item);
    const parameterRange = final ? this.ensureParameters(item) : undefined;
    if (upcoming.length > 0) this.loadAhead(weights, upcoming, this.activationRegion(item, ySpan, xSpan));
    const activationRange = this.ensureActivations(activations, item, ySpan, xSpan);

    const pixels = item.rows * item.columns;
    const output = final ? this.outputs.take(-1) : undefined;
    const partialSum = partition.chunks.length > 1 ? { base: (group - item.rangeFirst) * pixels, size: pixels } : undefined;
    builder.conv({
      outputWidth: item.columns, outputHeight: item.rows, inputWidth: xSpan.count, inputHeight: ySpan.count,
      kernelWidth: chunk.columns, kernelHeight: chunk.rows, strideX: window.strideX, strideY: window.strideY,
      dilationX: window.dilationX, dilationY: window.dilationY, paddingX: xSpan.padding, paddingY: ySpan.padding, paddingValue: window.paddingValue,
      outputBase: output?.base ?? 0, outputPlaneStride: pixels, zeroPoint: layer.zeroPoint, low: layer.low, high: layer.high,
      activationBase: activationRange.base, activationRowStride: xSpan.count, activationPlaneStride: xSpan.count * ySpan.count,
      blocks: chunk.blocks, repeat: chunk.repeats, weightBase: weightRange.base, parameterBase: parameterRange?.base ?? 0,
      partialSumBase: partialSum?.base ?? 0, accumulateIn: first ? 0 : 1, accumulateOut: final ? 0 : 1,
    }, {
      activation: activationRange, weight: weightRange,
      ...(parameterRange === undefined ? {} : { parameter: parameterRange }),
      ...(partialSum === undefined ? {} : { partialSum }),
      ...(output === undefined ? {} : { output: { base: output.base, size: planes * pixels } }),
    });
    if (output !== undefined) this.emitStore(item, { base: output.base, size: planes * pixels }, layerEnd);
  }

  private emitStore(item: Item, range: BufferRange, layerEnd: boolean): void {
    const { builder, tensorAddresses, channelBlock } = this.context;
    const { output, layer, planes } = this;
    const groupIndex = item.partition.groupBase + item.group;
    const blocks = Math.min(planes, layer.output.blocks - groupIndex * planes);
    const block = layer.output.blockBase + groupIndex * planes;
    const address = tensorAddresses[layer.output.tensor] + ((block * output.height + item.row) * output.width + item.column) * channelBlock;
    builder.store(
      'conv', { base: range.base, size: blocks * item.rows * item.columns },
      tileBox(address, item.columns, item.rows, blocks, output.width, output.height, channelBlock, true),
      {
        tensor: layer.output.tensor, block, blockEnd: block + blocks, row: item.row, rowEnd: item.row + item.rows,
        column: item.column, columnEnd: item.column + item.columns,
      },
      layerEnd,
    );
  }

  /** At the start of a layer: weights of later computations, as long as the first tile is not there yet anyway. */
  private loadAhead(weights: SlotCache, items: readonly Item[], tile: TensorRegion): void {
    const { builder } = this.context;
    const ready = builder.readyTime(tile);
    const seen = new Set<number>();
    for (const item of items) {
      const key = this.weightKey(item);
      if (seen.has(key)) continue;
      seen.add(key);
      if (seen.size > weights.count) return;
      if (weights.find(key) !== undefined) continue;
      const { box, rows } = this.weightBox(item);
      const range = { base: weights.peek().base, size: rows };
      if (builder.loadEnd('weight', range, box) > ready) return;
      weights.take(key);
      builder.load('weight', range, box);
    }
  }

  private weightKey(item: Item): number {
    return Math.floor((item.group - item.rangeFirst) / this.mapping.weightBatch) + item.rangeFirst + item.chunkIndex * item.partition.groups;
  }

  private weightBox(item: Item): { box: MemoryBox; rows: number } {
    const { channelBlock } = this.context;
    const { outputParallelism } = this.configuration;
    const { weightBatch, weightAddress } = this.mapping;
    const { partition } = item;
    const steps = chunkSteps(item.chunk);
    const batchFirst = item.rangeFirst + Math.floor((item.group - item.rangeFirst) / weightBatch) * weightBatch;
    const groups = Math.min(weightBatch, item.rangeEnd - batchFirst);
    const before = partition.chunks.slice(0, item.chunkIndex).reduce((sum, chunk) => sum + chunkSteps(chunk), 0);
    const firstRow = partition.firstRow + batchFirst * partition.steps + before;
    const words = groups * steps * outputParallelism;
    const address = weightAddress + firstRow * outputParallelism * channelBlock;
    return { box: linearBox(address, words, channelBlock), rows: groups * steps };
  }

  /** Weight rows of this item; loads its batch where it is not there. */
  private ensureWeights(weights: SlotCache, item: Item): BufferRange {
    const key = this.weightKey(item);
    const steps = chunkSteps(item.chunk);
    let slot = weights.find(key);
    if (slot === undefined) {
      slot = weights.take(key);
      const { box, rows } = this.weightBox(item);
      this.context.builder.load('weight', { base: slot.base, size: rows }, box);
    }
    return { base: slot.base + ((item.group - item.rangeFirst) % this.mapping.weightBatch) * steps, size: steps };
  }

  private ensureParameters(item: Item): BufferRange {
    const { builder, channelBlock } = this.context;
    const { parameterBatch, parameterAddress, partitions } = this.mapping;
    const groupIndex = item.partition.groupBase + item.group;
    const batch = Math.floor(groupIndex / parameterBatch);
    let slot = this.parameters.find(batch);
    if (slot === undefined) {
      slot = this.parameters.take(batch);
      const total = partitions.reduce((sum, { groups }) => sum + groups, 0);
      const groups = Math.min(parameterBatch, total - batch * parameterBatch);
      const groupWords = this.planes * 8;
      const address = parameterAddress + batch * parameterBatch * groupWords * channelBlock;
      builder.load('convParameter', { base: slot.base, size: groups * this.parameterRows }, linearBox(address, groups * groupWords, channelBlock));
    }
    return { base: slot.base + (groupIndex % parameterBatch) * this.parameterRows, size: this.parameterRows };
  }

  private activationRegion(item: Item, ySpan: InputSpan, xSpan: InputSpan): TensorRegion {
    const { input } = this.layer;
    const block = input.blockBase + item.partition.blockBase + item.chunk.blockBase;
    return {
      tensor: input.tensor, block, blockEnd: block + item.chunk.blocks,
      row: ySpan.start, rowEnd: ySpan.start + ySpan.count, column: xSpan.start, columnEnd: xSpan.start + xSpan.count,
    };
  }

  private ensureActivations(activations: SlotCache, item: Item, ySpan: InputSpan, xSpan: InputSpan): BufferRange {
    const { builder, tensorAddresses, channelBlock } = this.context;
    const { input } = this;
    const key = item.tile * item.partition.chunks.length + item.chunkIndex;
    const size = item.chunk.blocks * ySpan.count * xSpan.count;
    const found = activations.find(key);
    if (found !== undefined) return { base: found.base, size };
    const range = { base: activations.take(key).base, size };
    const region = this.activationRegion(item, ySpan, xSpan);
    const address = tensorAddresses[region.tensor] + ((region.block * input.height + ySpan.start) * input.width + xSpan.start) * channelBlock;
    builder.load('activation', range, tileBox(address, xSpan.count, ySpan.count, item.chunk.blocks, input.width, input.height, channelBlock, true), region);
    return range;
  }
}

/** Consecutive words. */
export function linearBox(address: number, words: number, wordBytes: number): MemoryBox {
  return { address, rowWords: words, rowCount: 1, rowStride: words * wordBytes, planeCount: 1, planeStride: words * wordBytes };
}
