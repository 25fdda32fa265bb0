import { bufferAddressBits, coordinateBits, rowsFault, type TaskField } from '@autodnnchip/core/engine';

import type { PoolValues } from './pool-values.js';

/** Planes of one tile, as `stream_pool_core.v` takes them. Rows and columns are those of the padded tile. */
export type PoolTask = Readonly<
  Record<
    | 'inputBase'
    | 'outputBase'
    | 'planes'
    | 'rows'
    | 'columns'
    | 'mapTop'
    | 'mapLeft'
    | 'mapRows'
    | 'mapColumns'
    | 'windowRows'
    | 'windowColumns'
    | 'strideY'
    | 'strideX'
    | 'paddingValue'
    | 'low'
    | 'high',
    number
  >
>;

export const poolFields: readonly TaskField[] = [
  { name: 'inputBase', bits: bufferAddressBits, addresses: 'input', description: 'first word of the tile' },
  { name: 'outputBase', bits: bufferAddressBits, addresses: 'output', description: 'first word of the results' },
  { name: 'planes', bits: 13, description: 'channel blocks, one after another in both buffers' },
  { name: 'rows', bits: coordinateBits, description: 'rows that pass, padding among them' },
  { name: 'columns', bits: coordinateBits, description: 'columns that pass, padding among them' },
  { name: 'mapTop', bits: coordinateBits, description: 'rows of padding before the tile' },
  { name: 'mapLeft', bits: coordinateBits, description: 'columns of padding before the tile' },
  { name: 'mapRows', bits: coordinateBits, description: 'rows of the tile in the buffer' },
  { name: 'mapColumns', bits: coordinateBits, description: 'columns of the tile in the buffer' },
  { name: 'windowRows', bits: 4, description: 'rows of the window' },
  { name: 'windowColumns', bits: 4, description: 'columns of the window' },
  { name: 'strideY', bits: 8, description: 'rows from one window to the next' },
  { name: 'strideX', bits: 8, description: 'columns from one window to the next' },
  { name: 'paddingValue', bits: 8, signed: true, description: 'value that padding reads as' },
  { name: 'low', bits: 8, signed: true, description: 'least value of a result' },
  { name: 'high', bits: 8, signed: true, description: 'greatest value of a result' },
];

/** Rows and columns of the results of a plane. */
export function resultExtents(task: PoolTask): { readonly rows: number; readonly columns: number } {
  return {
    rows: (task.rows - task.windowRows) / task.strideY + 1,
    columns: (task.columns - task.windowColumns) / task.strideX + 1,
  };
}

/** Positions that pass through the core, one a cycle. */
export function positionsOf({ planes, rows, columns }: PoolTask): number {
  return planes * rows * columns;
}

/** Whether a row of the padded tile lies on the map; and a column. */
export function isMapRow({ mapTop, mapRows }: PoolTask, row: number): boolean {
  return row >= mapTop && row < mapTop + mapRows;
}

export function isMapColumn({ mapLeft, mapColumns }: PoolTask, column: number): boolean {
  return column >= mapLeft && column < mapLeft + mapColumns;
}

/** Words that the core asks for: none where all of the tile is padding. */
export function wordsRead(task: PoolTask): number {
  const rows = Math.max(0, Math.min(task.rows, task.mapTop + task.mapRows) - task.mapTop);
  const columns = Math.max(0, Math.min(task.columns, task.mapLeft + task.mapColumns) - task.mapLeft);
  return task.planes * rows * columns;
}

/** What no task that was emitted has. */
export function poolFault(task: PoolTask, values: PoolValues): string | undefined {
  const { planes, windowRows, windowColumns, strideY, strideX } = task;
  if (Math.min(planes, windowRows, windowColumns, strideY, strideX) < 1) return 'it computes nothing';
  if (Math.max(windowRows, windowColumns) > values.poolWindow)
    return `its window is larger than the ${values.poolWindow} x ${values.poolWindow} of the engine`;
  const results = resultExtents(task);
  if (![results.rows, results.columns].every(extent => Number.isInteger(extent) && extent >= 1))
    return 'its last window does not end with its last row and column';
  if (results.columns > values.poolLineDepth)
    return `it has ${results.columns} columns of results; the line memory holds ${values.poolLineDepth}`;
  return (
    rowsFault(wordsRead(task), task.inputBase, values.poolInputDepth) ??
    rowsFault(planes * results.rows * results.columns, task.outputBase, values.poolOutputDepth)
  );
}
