import { quantity, repeat, type GraphState, type GraphStep, type TokenCounts } from '@autodnnchip/core';

/** Work of a stage in tiles: its executions, and the tokens that they move. */
export interface StageProgram {
  readonly resource: string;
  readonly tiles: number;
  /** Of all tiles together, at least one each. */
  readonly cycles: number;
  /** Of all tiles together. */
  readonly energyPicojoules: number;
  /** By edge; what no state names, the graph gives to the first state and takes from the last. */
  readonly consumesFirst?: TokenCounts | undefined;
  readonly consumesEach?: TokenCounts | undefined;
  readonly producesEach?: TokenCounts | undefined;
  readonly producesLast?: TokenCounts | undefined;
}

/**
 * The state machine of a stage with its loops folded. Cycles that do not divide evenly go to the first tiles, one more
 * each, so that their sum is what was asked for. The first tile and the last are states of their own.
 */
export function stageSteps(program: StageProgram): readonly GraphStep[] {
  const { resource, tiles, consumesFirst, consumesEach, producesEach, producesLast } = program;
  const cycles = Math.max(tiles, Math.round(program.cycles));
  const each = Math.floor(cycles / tiles);
  const longer = cycles - each * tiles;
  const bounds =
    tiles === 1 ? oneTile : [...new Set([0, 1, longer, tiles - 1, tiles])].sort((left, right) => left - right);
  const energy = program.energyPicojoules === 0 ? undefined : quantity(program.energyPicojoules / tiles, 'pJ');
  return bounds.slice(0, -1).map((begin, index): GraphStep => {
    const count = bounds[index + 1] - begin;
    const consumes = begin === 0 ? both(consumesEach, consumesFirst) : consumesEach;
    const produces = begin + count === tiles ? both(producesEach, producesLast) : producesEach;
    const state: GraphState = {
      resource,
      cycles: each + (begin < longer ? 1 : 0),
      ...(consumes === undefined ? {} : { consumes }),
      ...(produces === undefined ? {} : { produces }),
      ...(energy === undefined ? {} : { energy }),
    };
    return count === 1 ? state : repeat(count, state);
  });
}

const oneTile: readonly number[] = [0, 1];

function both(left: TokenCounts | undefined, right: TokenCounts | undefined): TokenCounts | undefined {
  return left === undefined ? right : right === undefined ? left : { ...left, ...right };
}
