/**
 * A step of the host between an array of the network and a feature map: the values, seen in `shape`, get their
 * dimensions in the order of `permutation`. Reshapes need no step of their own, as the order of the values stays.
 */
export interface HostMove {
  readonly shape: readonly number[];
  readonly permutation: readonly number[];
}

/** The steps with one more at the end, put together where they can be: steps that cancel are gone. */
export function withMove(moves: readonly HostMove[], move: HostMove): readonly HostMove[] {
  const last = moves.at(-1);
  const isDirect =
    last !== undefined &&
    last.permutation.length === move.shape.length &&
    last.permutation.every((dimension, axis) => last.shape[dimension] === move.shape[axis]);
  if (!isDirect) return movesValues(move) ? [...moves, move] : moves;
  const joint: HostMove = {
    shape: last.shape,
    permutation: move.permutation.map(dimension => last.permutation[dimension]),
  };
  return movesValues(joint) ? [...moves.slice(0, -1), joint] : moves.slice(0, -1);
}

/** Whether the order of values changes: dimensions of extent 1 may go anywhere. */
function movesValues({ shape, permutation }: HostMove): boolean {
  const order = permutation.filter(dimension => shape[dimension] !== 1);
  return order.some((dimension, axis) => axis > 0 && dimension < order[axis - 1]);
}
