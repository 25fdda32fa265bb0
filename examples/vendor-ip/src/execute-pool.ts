import { checkRange, type EngineMemories } from '@autodnnchip/core/engine';

import { isMapColumn, isMapRow, resultExtents, type PoolTask } from './pool-task.js';

/** All planes of one tile, to the bit: `stream_pool.sv` without its time. */
export function executePool(task: PoolTask, { input, output }: EngineMemories, channelBlock: number): void {
  const results = resultExtents(task);
  let target = task.outputBase * channelBlock;
  for (let plane = 0; plane < task.planes; plane++) {
    for (let row = 0; row < results.rows; row++) {
      for (let column = 0; column < results.columns; column++) {
        checkRange(output, target, channelBlock, 'output');
        for (let channel = 0; channel < channelBlock; channel++)
          output[target++] = Math.min(
            task.high,
            Math.max(task.low, greatest(task, input, plane, row, column, channelBlock, channel)),
          );
      }
    }
  }
}

function greatest(
  task: PoolTask,
  input: Int8Array,
  plane: number,
  resultRow: number,
  resultColumn: number,
  channelBlock: number,
  channel: number,
): number {
  let most = -128;
  for (let windowRow = 0; windowRow < task.windowRows; windowRow++) {
    const row = resultRow * task.strideY + windowRow;
    for (let windowColumn = 0; windowColumn < task.windowColumns; windowColumn++) {
      const column = resultColumn * task.strideX + windowColumn;
      let value = task.paddingValue;
      if (isMapRow(task, row) && isMapColumn(task, column)) {
        const word =
          task.inputBase + (plane * task.mapRows + row - task.mapTop) * task.mapColumns + column - task.mapLeft;
        checkRange(input, word * channelBlock, channelBlock, 'input');
        value = input[word * channelBlock + channel];
      }
      most = Math.max(most, value);
    }
  }
  return most;
}
