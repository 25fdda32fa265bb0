import {
  inputSpan,
  largestSpan,
  tileBox,
  windowStart,
  type BufferRange,
  type ConvolutionWork,
  type Emission,
  type FeatureMapPlace,
  type InputSpan,
  type SlotCache,
  type TensorRegion,
  type WindowGeometry,
} from '@autodnnchip/core/engine';

import type { ConvEngineValues } from './conv-values.js';
import { ConvConstants } from './conv-constants.js';
import type { ConvMapping, PartitionMapping, ReductionChunk } from './conv-mapping.js';
import type { ConvTask } from './conv-task.js';

/** Output rows and columns of a tile. */
interface Tile {
  readonly index: number;
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

/** Emits a convolution's loads, computations and stores in the order of its mapping. */
export function emitConvolution(
  context: Emission,
  work: ConvolutionWork,
  mapping: ConvMapping,
  configuration: ConvEngineValues,
): void {
  const constants = new ConvConstants(context, mapping, configuration);
  const outputs = context.emitter
    .ring('output')
    .slots(mapping.storeBatch * constants.planes * mapping.tileHeight * mapping.tileWidth, 1, Infinity);
  const lastPartition = mapping.partitions.at(-1);
  for (const partition of mapping.partitions)
    new PartitionEmitter(context, work, mapping, constants, outputs, partition, partition === lastPartition).emit();
}

/** Emits one partition: K-groups that read the same input blocks. */
class PartitionEmitter {
  private readonly window: WindowGeometry;
  private readonly input: FeatureMapPlace;
  private readonly output: FeatureMapPlace;
  private readonly activations: SlotCache;
  private readonly tiles: readonly Tile[];
  private isFirst = true;
  /** Output slot of the K-groups that the next store takes. */
  private output0: BufferRange = { base: 0, size: 0 };

  constructor(
    private readonly context: Emission,
    private readonly work: ConvolutionWork,
    private readonly mapping: ConvMapping,
    private readonly constants: ConvConstants,
    private readonly outputs: SlotCache,
    private readonly partition: PartitionMapping,
    private readonly isLastPartition: boolean,
  ) {
    this.window = work.window;
    this.input = context.place(work.inputs[0]);
    this.output = context.place(work.output);
    this.tiles = tilesOf(work.window, mapping);
    const { chunks, groups } = partition;
    const ranges = Math.ceil(groups / mapping.rangeGroups);
    const reused = ranges === 1 ? 1 : (mapping.order === 'rangesOuter' ? this.tiles.length : 1) * chunks.length;
    this.activations = context.emitter
      .ring('activation')
      .slots(this.largestTileWords(), reused, this.tiles.length * chunks.length);
    constants.startPartition(partition);
  }

  emit(): void {
    const { tiles, mapping } = this;
    const { groups } = this.partition;
    if (mapping.order === 'rangesOuter') {
      for (let first = 0; first < groups; first += mapping.rangeGroups)
        for (const tile of tiles) this.emitRange(tile, first);
    } else {
      for (const tile of tiles)
        for (let first = 0; first < groups; first += mapping.rangeGroups) this.emitRange(tile, first);
    }
  }

  private largestTileWords(): number {
    const { window, mapping } = this;
    return this.partition.chunks.reduce(
      (most, chunk) =>
        Math.max(
          most,
          chunk.blocks *
            largestSpan(mapping.tileHeight, chunk.rows, window.strideY, window.dilationY, window.inputHeight) *
            largestSpan(mapping.tileWidth, chunk.columns, window.strideX, window.dilationX, window.inputWidth),
        ),
      0,
    );
  }

  /** All chunks of a tile for the K-groups of one range. */
  private emitRange(tile: Tile, first: number): void {
    const { window, partition, mapping } = this;
    const end = Math.min(partition.groups, first + mapping.rangeGroups);
    for (let chunkIndex = 0; chunkIndex < partition.chunks.length; chunkIndex++) {
      const chunk = partition.chunks[chunkIndex];
      const ySpan = inputSpan(
        tile.row,
        tile.rows,
        chunk.rowBase,
        chunk.rows,
        window.strideY,
        window.dilationY,
        window.paddingTop,
        window.inputHeight,
      );
      const xSpan = inputSpan(
        tile.column,
        tile.columns,
        chunk.columnBase,
        chunk.columns,
        window.strideX,
        window.dilationX,
        window.paddingLeft,
        window.inputWidth,
      );
      for (let group = first; group < end; group++)
        this.emitTask(tile, chunkIndex, chunk, ySpan, xSpan, group, first, end);
    }
  }

  /** One conv instruction with the loads that it needs, and the store that it completes. */
  private emitTask(
    tile: Tile,
    chunkIndex: number,
    chunk: ReductionChunk,
    ySpan: InputSpan,
    xSpan: InputSpan,
    group: number,
    rangeFirst: number,
    rangeEnd: number,
  ): void {
    const {
      constants,
      work,
      window,
      partition,
      context: { emitter },
      mapping: { storeBatch },
    } = this;
    const final = chunkIndex === partition.chunks.length - 1;
    const weight = constants.ensureWeights(chunkIndex, group, rangeFirst, rangeEnd);
    const parameter = final ? constants.ensureParameters(partition.groupBase + group) : undefined;
    if (this.isFirst) {
      // At the start of a layer its input may not be there yet: more weights meanwhile.
      constants.loadAhead(rangeFirst, rangeEnd, emitter.readyTime(this.activationRegion(chunk, ySpan, xSpan)));
      this.isFirst = false;
    }
    const activation = this.ensureActivations(tile, chunkIndex, chunk, ySpan, xSpan);
    const pixels = tile.rows * tile.columns;
    const groupWords = constants.planes * pixels;
    const place = (group - rangeFirst) % storeBatch;
    if (final && place === 0) this.output0 = this.outputs.take(-1);
    const output = final ? { base: this.output0.base + place * groupWords, size: groupWords } : undefined;
    // All fields in one literal: an object that is spread into another costs more than the rest of the task.
    const task: ConvTask = {
      paddingValue: window.paddingValue,
      parameterBase: parameter?.base ?? 0,
      outputBase: output?.base ?? 0,
      outputPlaneStride: pixels,
      zeroPoint: work.zeroPoint,
      low: work.low,
      high: work.high,
      partialSumBase: partition.chunks.length > 1 ? (group - rangeFirst) * pixels : 0,
      accumulateIn: chunkIndex === 0 ? 0 : 1,
      accumulateOut: final ? 0 : 1,
      blocks: chunk.blocks,
      kernelWidth: chunk.columns,
      kernelHeight: chunk.rows,
      repeat: chunk.repeats,
      outputWidth: tile.columns,
      outputHeight: tile.rows,
      groups: 1,
      inputWidth: xSpan.count,
      inputHeight: ySpan.count,
      startX: 0 - xSpan.padding,
      startY: 0 - ySpan.padding,
      strideX: window.strideX,
      strideY: window.strideY,
      dilationX: window.dilationX,
      dilationY: window.dilationY,
      startAddress: windowStart(activation.base, xSpan.count, xSpan.padding, ySpan.padding),
      blockStep: xSpan.count * ySpan.count,
      kernelRowStep: window.dilationY * xSpan.count,
      outputRowStep: window.strideY * xSpan.count,
      groupStep: 0,
      weightBase: weight.base,
    };
    emitter.task(task, { activation, weight, parameter, output });
    if (final && (place === storeBatch - 1 || group === rangeEnd - 1)) this.emitStore(tile, group - place, group);
  }

  private emitStore(tile: Tile, firstGroup: number, lastGroup: number): void {
    const { emitter, channelBlock } = this.context;
    const {
      output,
      work,
      partition,
      constants: { planes },
    } = this;
    const firstBlock = (partition.groupBase + firstGroup) * planes;
    const blocks = Math.min((lastGroup - firstGroup + 1) * planes, work.output.blocks - firstBlock);
    const block = work.output.blockBase + firstBlock;
    const address = output.address + ((block * output.height + tile.row) * output.width + tile.column) * channelBlock;
    const layerEnd = this.isLastPartition && lastGroup === partition.groups - 1 && tile.index === this.tiles.length - 1;
    emitter.store(
      'output',
      { base: this.output0.base, size: blocks * tile.rows * tile.columns },
      tileBox(address, tile.columns, tile.rows, blocks, output.width, output.height, channelBlock, true),
      {
        tensor: work.output.tensor,
        block,
        blockEnd: block + blocks,
        row: tile.row,
        rowEnd: tile.row + tile.rows,
        column: tile.column,
        columnEnd: tile.column + tile.columns,
      },
      layerEnd,
    );
  }

  private activationRegion(chunk: ReductionChunk, ySpan: InputSpan, xSpan: InputSpan): TensorRegion {
    const [input] = this.work.inputs;
    const block = input.blockBase + this.partition.blockBase + chunk.blockBase;
    return {
      tensor: input.tensor,
      block,
      blockEnd: block + chunk.blocks,
      row: ySpan.start,
      rowEnd: ySpan.start + ySpan.count,
      column: xSpan.start,
      columnEnd: xSpan.start + xSpan.count,
    };
  }

  private ensureActivations(
    tile: Tile,
    chunkIndex: number,
    chunk: ReductionChunk,
    ySpan: InputSpan,
    xSpan: InputSpan,
  ): BufferRange {
    const {
      input,
      context: { emitter, channelBlock },
    } = this;
    const key = tile.index * this.partition.chunks.length + chunkIndex;
    const size = chunk.blocks * ySpan.count * xSpan.count;
    const found = this.activations.find(key);
    if (found >= 0) return { base: found, size };
    const range = { base: this.activations.take(key).base, size };
    const region = this.activationRegion(chunk, ySpan, xSpan);
    const address =
      input.address + ((region.block * input.height + ySpan.start) * input.width + xSpan.start) * channelBlock;
    emitter.load(
      'activation',
      range,
      tileBox(address, xSpan.count, ySpan.count, chunk.blocks, input.width, input.height, channelBlock, true),
      region,
    );
    return range;
  }
}

function tilesOf({ outputHeight, outputWidth }: WindowGeometry, { tileHeight, tileWidth }: ConvMapping): Tile[] {
  const tiles: Tile[] = [];
  for (let row = 0; row < outputHeight; row += tileHeight) {
    for (let column = 0; column < outputWidth; column += tileWidth) {
      tiles.push({
        index: tiles.length,
        row,
        rows: Math.min(tileHeight, outputHeight - row),
        column,
        columns: Math.min(tileWidth, outputWidth - column),
      });
    }
  }
  return tiles;
}
