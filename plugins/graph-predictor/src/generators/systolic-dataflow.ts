import { buildChipGraph, repeat, type ChipGraph, type GraphState, type GraphStep } from '@autodnnchip/core';

export type SystolicDataflow = 'outputStationary' | 'weightStationary' | 'inputStationary';

/** A convolution or product as a systolic array sees it. */
export interface SystolicWork {
  /** Output pixels. */
  readonly pixels: number;
  readonly filters: number;
  /** Products in a sum: kernel rows x columns x input channels. */
  readonly reduction: number;
}

/**
 * A convolution on a systolic array, a node for every processing element, folded: the array takes one tile after
 * another, each from the corner where operands come in to the corner where they leave, and the next begins when the
 * last element has finished. With stationary weights or inputs, elements first load theirs, a row a cycle.
 */
export function systolicDataflow(
  dataflow: SystolicDataflow,
  rows: number,
  columns: number,
  work: SystolicWork,
): ChipGraph {
  const { pixels, filters, reduction } = work;
  const tiles = (down: number, across: number): number => Math.ceil(down / rows) * Math.ceil(across / columns);
  switch (dataflow) {
    case 'outputStationary':
      return buildArray(dataflow, rows, columns, tiles(pixels, filters), 0, reduction);
    case 'weightStationary':
      return buildArray(dataflow, rows, columns, tiles(reduction, filters), rows, pixels);
    case 'inputStationary':
      return buildArray(dataflow, rows, columns, tiles(reduction, pixels), rows, filters);
  }
}

/** `stream` operands pass through the array for each tile, one a cycle, after `preload` cycles of loading. */
function buildArray(
  name: string,
  rows: number,
  columns: number,
  tiles: number,
  preload: number,
  stream: number,
): ChipGraph {
  const builder = buildChipGraph({ name, title: `${tiles} tiles on an array of ${rows} x ${columns}` });
  const last = `PE ${rows - 1} ${columns - 1}`;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const id = `PE ${row} ${column}`;
      const begin = { [`begin ${row} ${column}`]: 1 };
      const operands = {
        ...(column > 0 ? { [`right ${row} ${column}`]: 1 } : {}),
        ...(row > 0 ? { [`down ${row} ${column}`]: 1 } : {}),
      };
      const passes = {
        ...(column < columns - 1 ? { [`right ${row} ${column + 1}`]: 1 } : {}),
        ...(row < rows - 1 ? { [`down ${row + 1} ${column}`]: 1 } : {}),
      };
      const multiply: GraphState = { cycles: 1, consumes: operands, produces: passes };
      const first: GraphState = preload > 0 ? multiply : { ...multiply, consumes: { ...operands, ...begin } };
      const ending = (state: GraphState): GraphState =>
        id === last ? { ...state, produces: { ...passes, ...beginAll(rows, columns) } } : state;
      const load: readonly GraphStep[] = preload > 0 ? [{ name: 'load', cycles: preload, consumes: begin }] : [];
      const streamed: readonly GraphStep[] =
        stream === 1
          ? [ending(first)]
          : [first, ...(stream > 2 ? [repeat(stream - 2, multiply)] : []), ending(multiply)];
      builder.node({ id, class: 'compute', steps: [repeat(tiles, ...load, ...streamed)] });
      builder.edge({ id: `begin ${row} ${column}`, from: last, to: id, initialTokens: 1 });
      if (column > 0) builder.edge({ id: `right ${row} ${column}`, from: `PE ${row} ${column - 1}`, to: id });
      if (row > 0) builder.edge({ id: `down ${row} ${column}`, from: `PE ${row - 1} ${column}`, to: id });
    }
  }
  return builder.graph();
}

function beginAll(rows: number, columns: number): Readonly<Record<string, number>> {
  const tokens: Record<string, number> = {};
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) tokens[`begin ${row} ${column}`] = 1;
  return tokens;
}
