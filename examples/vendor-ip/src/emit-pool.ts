import { inputSpan, tileBox, type Emission, type MaximumWork, type TensorRegion } from '@autodnnchip/core/engine';

import type { PoolMapping } from './plan-pool.js';
import type { PoolTask } from './pool-task.js';
import { passing } from './pool-work.js';

/** A tile of some channel blocks. */
interface Tile {
  readonly block: number;
  readonly blocks: number;
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

/** Emits each tile's load, task and store. */
export function emitPool({ emitter, channelBlock, place }: Emission, work: MaximumWork, mapping: PoolMapping): void {
  const { window, low, high } = work;
  const [view] = work.inputs;
  const source = place(view);
  const target = place(work.output);
  const tiles = tilesOf(work, mapping);
  const spans = tiles.map(tile => ({
    y: inputSpan(tile.row, tile.rows, 0, window.kernelHeight, window.strideY, 1, window.paddingTop, window.inputHeight),
    x: inputSpan(
      tile.column,
      tile.columns,
      0,
      window.kernelWidth,
      window.strideX,
      1,
      window.paddingLeft,
      window.inputWidth,
    ),
  }));
  const inputs = emitter
    .ring('input')
    .slots(
      Math.max(...tiles.map(({ blocks }, index) => blocks * spans[index].y.count * spans[index].x.count)),
      1,
      Infinity,
    );
  const outputs = emitter
    .ring('output')
    .slots(Math.max(...tiles.map(({ blocks, rows, columns }) => blocks * rows * columns)), 1, Infinity);
  for (const [index, tile] of tiles.entries()) {
    const { x, y } = spans[index];
    const input = { base: inputs.take(-1).base, size: tile.blocks * y.count * x.count };
    const read: TensorRegion = {
      tensor: view.tensor,
      block: view.blockBase + tile.block,
      blockEnd: view.blockBase + tile.block + tile.blocks,
      row: y.start,
      rowEnd: y.start + y.count,
      column: x.start,
      columnEnd: x.start + x.count,
    };
    const readAddress =
      source.address + ((read.block * source.height + y.start) * source.width + x.start) * channelBlock;
    emitter.load(
      'input',
      input,
      tileBox(readAddress, x.count, y.count, tile.blocks, source.width, source.height, channelBlock, true),
      read,
    );
    const output = { base: outputs.take(-1).base, size: tile.blocks * tile.rows * tile.columns };
    const task: PoolTask = {
      inputBase: input.base,
      outputBase: output.base,
      planes: tile.blocks,
      rows: passing(tile.rows, window.kernelHeight, window.strideY),
      columns: passing(tile.columns, window.kernelWidth, window.strideX),
      mapTop: y.padding,
      mapLeft: x.padding,
      mapRows: y.count,
      mapColumns: x.count,
      windowRows: window.kernelHeight,
      windowColumns: window.kernelWidth,
      strideY: window.strideY,
      strideX: window.strideX,
      paddingValue: window.paddingValue,
      low,
      high,
    };
    emitter.task(task, { input, output });
    const block = work.output.blockBase + work.sweeps[0].outputBlock + tile.block;
    const written: TensorRegion = {
      tensor: work.output.tensor,
      block,
      blockEnd: block + tile.blocks,
      row: tile.row,
      rowEnd: tile.row + tile.rows,
      column: tile.column,
      columnEnd: tile.column + tile.columns,
    };
    const writeAddress =
      target.address + ((block * target.height + tile.row) * target.width + tile.column) * channelBlock;
    emitter.store(
      'output',
      output,
      tileBox(writeAddress, tile.columns, tile.rows, tile.blocks, target.width, target.height, channelBlock, true),
      written,
      index === tiles.length - 1,
    );
  }
}

function tilesOf(work: MaximumWork, { rangeBlocks, tileHeight, tileWidth }: PoolMapping): Tile[] {
  const { outputHeight, outputWidth } = work.window;
  const [{ blocks }] = work.inputs;
  const tiles: Tile[] = [];
  for (let block = 0; block < blocks; block += rangeBlocks) {
    for (let row = 0; row < outputHeight; row += tileHeight) {
      for (let column = 0; column < outputWidth; column += tileWidth) {
        tiles.push({
          block,
          blocks: Math.min(rangeBlocks, blocks - block),
          row,
          rows: Math.min(tileHeight, outputHeight - row),
          column,
          columns: Math.min(tileWidth, outputWidth - column),
        });
      }
    }
  }
  return tiles;
}
