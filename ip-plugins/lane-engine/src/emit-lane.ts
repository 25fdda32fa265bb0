import {
  inputSpan,
  linearBox,
  tileBox,
  windowStart,
  type BufferRange,
  type Emission,
  type FeatureMapPlace,
  type InputSpan,
  type SlotCache,
  type Sweep,
  type TensorRegion,
} from '@autodnnchip/core/engine';

import type { LaneEngineValues } from './lane-values.js';
import { laneTableRows } from './lane-buffers.js';
import type { LaneMapping } from './lane-mapping.js';
import type { LaneTask } from './lane-task.js';
import { isRequantized, laneForms, type LaneWork } from './lane-work.js';

/** One load of input and the sweeps over it: a range of groups of one tile. */
interface LaneItem {
  readonly range: number;
  /** First channel block of the range, counted from the views' first, and number of them. */
  readonly block: number;
  readonly blocks: number;
  readonly groups: number;
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

/**
 * Emits a lane layer's loads, computations and stores: for each range of groups all tiles, for each tile all sweeps.
 */
export function emitLane(
  context: Emission,
  work: LaneWork,
  mapping: LaneMapping,
  configuration: LaneEngineValues,
): void {
  const emitter = new LaneEmitter(context, work, mapping, configuration);
  const items = laneItems(configuration, work, mapping);
  for (const [index, item] of items.entries()) emitter.emit(item, index === items.length - 1);
}

function laneItems(configuration: LaneEngineValues, work: LaneWork, mapping: LaneMapping): LaneItem[] {
  const { window } = work;
  const { blocks } = work.inputs[0];
  const rangeBlocks = mapping.rangeGroups * configuration.laneBlocks;
  const items: LaneItem[] = [];
  for (let block = 0; block < blocks; block += rangeBlocks) {
    const count = Math.min(rangeBlocks, blocks - block);
    for (let row = 0; row < window.outputHeight; row += mapping.tileHeight) {
      for (let column = 0; column < window.outputWidth; column += mapping.tileWidth) {
        items.push({
          range: block / rangeBlocks,
          block,
          blocks: count,
          groups: Math.ceil(count / configuration.laneBlocks),
          row,
          rows: Math.min(mapping.tileHeight, window.outputHeight - row),
          column,
          columns: Math.min(mapping.tileWidth, window.outputWidth - column),
        });
      }
    }
  }
  return items;
}

class LaneEmitter {
  private readonly output: FeatureMapPlace;
  private readonly reachY: number;
  private readonly reachX: number;
  private readonly inputs: SlotCache;
  private readonly outputs: SlotCache;
  private readonly weights: SlotCache | undefined;
  private readonly parameters: SlotCache | undefined;
  private readonly table: BufferRange | undefined;
  private readonly taps: number;

  constructor(
    private readonly context: Emission,
    private readonly work: LaneWork,
    mapping: LaneMapping,
    private readonly configuration: LaneEngineValues,
  ) {
    const { emitter } = context;
    const { window, sweeps, inputs } = work;
    const { rangeGroups, tileHeight, tileWidth } = mapping;
    this.output = context.place(work.output);
    this.taps = window.kernelHeight * window.kernelWidth;
    this.reachY = sweeps.reduce((most, { offsetY }) => Math.max(most, offsetY), 0);
    this.reachX = sweeps.reduce((most, { offsetX }) => Math.max(most, offsetX), 0);
    const rows = Math.min(
      window.inputHeight,
      (tileHeight - 1) * window.strideY + (window.kernelHeight - 1) * window.dilationY + 1 + this.reachY,
    );
    const columns = Math.min(
      window.inputWidth,
      (tileWidth - 1) * window.strideX + (window.kernelWidth - 1) * window.dilationX + 1 + this.reachX,
    );
    const ranges = Math.ceil(inputs[0].blocks / (rangeGroups * configuration.laneBlocks));
    this.inputs = emitter.ring('input').slots(rangeGroups * rows * columns * inputs.length, 1, Infinity);
    this.outputs = emitter
      .ring('output')
      .slots(rangeGroups * configuration.laneBlocks * tileHeight * tileWidth, 1, Infinity);
    if (work.form === 'depthwise')
      this.weights = emitter.ring('weight').slots(rangeGroups * this.taps, sweeps.length, ranges * sweeps.length);
    if (isRequantized(work)) {
      this.parameters = emitter
        .ring('parameter')
        .slots(
          rangeGroups * configuration.laneBlocks * configuration.laneRequantizeDivider,
          sweeps.length,
          ranges * sweeps.length,
        );
    }
    if (work.form === 'table') {
      this.table = emitter.ring('table').slots(laneTableRows, 1, 1).take(0);
      emitter.load('table', this.table, linearBox(context.constants[2], laneTableRows, context.channelBlock));
    }
  }

  emit(item: LaneItem, isLast: boolean): void {
    const { window, sweeps, inputs } = this.work;
    // Weights and parameters of the first sweep go before the input, which may still have to be computed.
    this.ensureWeights(item, 0);
    this.ensureParameters(item, 0);
    const ySpan = reach(
      inputSpan(
        item.row,
        item.rows,
        0,
        window.kernelHeight,
        window.strideY,
        window.dilationY,
        window.paddingTop,
        window.inputHeight,
      ),
      this.reachY,
      window.inputHeight,
    );
    const xSpan = reach(
      inputSpan(
        item.column,
        item.columns,
        0,
        window.kernelWidth,
        window.strideX,
        window.dilationX,
        window.paddingLeft,
        window.inputWidth,
      ),
      this.reachX,
      window.inputWidth,
    );
    const slot = this.inputs.take(-1);
    const operandRows = item.groups * ySpan.count * xSpan.count;
    for (let operand = 0; operand < inputs.length; operand++)
      this.loadInput(item, operand, { base: slot.base + operand * operandRows, size: operandRows }, ySpan, xSpan);
    for (const [index, sweep] of sweeps.entries()) {
      this.emitSweep(
        item,
        index,
        sweep,
        { base: slot.base, size: operandRows * inputs.length },
        ySpan,
        xSpan,
        isLast && index === sweeps.length - 1,
      );
    }
  }

  private emitSweep(
    item: LaneItem,
    index: number,
    sweep: Sweep,
    input: BufferRange,
    ySpan: InputSpan,
    xSpan: InputSpan,
    layerEnd: boolean,
  ): void {
    const { emitter } = this.context;
    const { work, configuration } = this;
    const { window } = work;
    const weight = this.ensureWeights(item, index);
    const parameter = this.ensureParameters(item, index);
    const pixels = item.rows * item.columns;
    const output = { base: this.outputs.take(-1).base, size: item.groups * configuration.laneBlocks * pixels };
    const { table } = this;
    const form = laneForms[work.form];
    // All fields in one literal: an object that is spread into another costs more than the rest of the task.
    const task: LaneTask = {
      paddingValue: window.paddingValue,
      parameterBase: parameter?.base ?? 0,
      outputBase: output.base,
      outputPlaneStride: pixels,
      zeroPoint: isRequantized(work) ? work.zeroPoint : 0,
      low: work.low,
      high: work.high,
      operation: form.operation,
      result: form.result,
      table: table === undefined ? 0 : table.base / laneTableRows,
      multiplier: work.form === 'table' ? work.table.multiplier : 0,
      shift: work.form === 'table' ? work.table.shift : 0,
      blocks: work.inputs.length,
      kernelWidth: window.kernelWidth,
      kernelHeight: window.kernelHeight,
      repeat: 1,
      outputWidth: item.columns,
      outputHeight: item.rows,
      groups: item.groups,
      inputWidth: xSpan.count - sweep.offsetX,
      inputHeight: ySpan.count - sweep.offsetY,
      startX: 0 - xSpan.padding,
      startY: 0 - ySpan.padding,
      strideX: window.strideX,
      strideY: window.strideY,
      dilationX: window.dilationX,
      dilationY: window.dilationY,
      startAddress: windowStart(
        input.base + sweep.offsetY * xSpan.count + sweep.offsetX,
        xSpan.count,
        xSpan.padding,
        ySpan.padding,
      ),
      blockStep: item.groups * xSpan.count * ySpan.count,
      kernelRowStep: window.dilationY * xSpan.count,
      outputRowStep: window.strideY * xSpan.count,
      groupStep: xSpan.count * ySpan.count,
      weightBase: weight?.base ?? 0,
    };
    emitter.task(task, { input, output, weight, parameter, table });
    this.emitStore(item, sweep, output.base, layerEnd);
  }

  private emitStore(item: LaneItem, sweep: Sweep, bufferBase: number, layerEnd: boolean): void {
    const { emitter, channelBlock } = this.context;
    const { output, work } = this;
    const block = work.output.blockBase + sweep.outputBlock + item.block;
    const address = output.address + ((block * output.height + item.row) * output.width + item.column) * channelBlock;
    emitter.store(
      'output',
      { base: bufferBase, size: item.blocks * item.rows * item.columns },
      tileBox(address, item.columns, item.rows, item.blocks, output.width, output.height, channelBlock, true),
      {
        tensor: work.output.tensor,
        block,
        blockEnd: block + item.blocks,
        row: item.row,
        rowEnd: item.row + item.rows,
        column: item.column,
        columnEnd: item.column + item.columns,
      },
      layerEnd,
    );
  }

  private loadInput(item: LaneItem, operand: number, range: BufferRange, ySpan: InputSpan, xSpan: InputSpan): void {
    const { emitter, channelBlock } = this.context;
    const view = this.work.inputs[operand];
    const tensor = this.context.place(view);
    const block = view.blockBase + item.block;
    const region: TensorRegion = {
      tensor: view.tensor,
      block,
      blockEnd: block + item.blocks,
      row: ySpan.start,
      rowEnd: ySpan.start + ySpan.count,
      column: xSpan.start,
      columnEnd: xSpan.start + xSpan.count,
    };
    const address =
      tensor.address + ((block * tensor.height + ySpan.start) * tensor.width + xSpan.start) * channelBlock;
    // Planes go to different banks, so they stay apart unless there is one bank only.
    const box = tileBox(
      address,
      xSpan.count,
      ySpan.count,
      item.blocks,
      tensor.width,
      tensor.height,
      channelBlock,
      this.configuration.laneBlocks === 1,
    );
    emitter.load('input', range, box, region);
  }

  private ensureWeights(item: LaneItem, sweep: number): BufferRange | undefined {
    const { weights, taps, work } = this;
    if (weights === undefined) return undefined;
    const size = item.groups * taps;
    const key = item.range * work.sweeps.length + sweep;
    const found = weights.find(key);
    if (found >= 0) return { base: found, size };
    const range = { base: weights.take(key).base, size };
    const { channelBlock, emitter } = this.context;
    const address = this.context.constants[0] + (sweep * work.inputs[0].blocks + item.block) * taps * channelBlock;
    emitter.load(
      'weight',
      range,
      this.configuration.laneBlocks === 1
        ? linearBox(address, taps * item.blocks, channelBlock)
        : {
            address,
            rowWords: taps,
            rowCount: 1,
            rowStride: taps * channelBlock,
            planeCount: item.blocks,
            planeStride: taps * channelBlock,
          },
    );
    return range;
  }

  private ensureParameters(item: LaneItem, sweep: number): BufferRange | undefined {
    const { parameters, work } = this;
    if (parameters === undefined) return undefined;
    const { laneBlocks, laneRequantizeDivider } = this.configuration;
    const size = item.groups * laneBlocks * laneRequantizeDivider;
    const key = item.range * work.sweeps.length + sweep;
    const found = parameters.find(key);
    if (found >= 0) return { base: found, size };
    const range = { base: parameters.take(key).base, size };
    const { channelBlock, emitter } = this.context;
    const address = this.context.constants[1] + (sweep * work.inputs[0].blocks + item.block) * 8 * channelBlock;
    emitter.load('parameter', range, linearBox(address, item.blocks * 8, channelBlock));
    return range;
  }
}

/** A span that sweeps with an offset need, too. */
function reach(span: InputSpan, amount: number, extent: number): InputSpan {
  return amount === 0 ? span : { ...span, count: Math.min(extent - span.start, span.count + amount) };
}
