/** A free parameter: its bounds. */
export interface Bounds {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
}

export type Values = Readonly<Record<string, number>>;
/** Residuals of all rows for values of the parameters, always in the same order. */
export type Residuals = (values: Values) => readonly number[];

/** A place between the bounds (0 to 1 on every axis), the residuals there, and half the sum of their squares. */
interface Place {
  readonly position: readonly number[];
  readonly residuals: readonly number[];
  readonly cost: number;
}

/** The minimum, and how residuals change there with each parameter, per whole range between its bounds. */
export interface LeastSquares {
  readonly values: Values;
  readonly slopes: readonly (readonly number[])[];
}

const mostSteps = 40;
/** The step of differences, and the shortest step along any axis that is still worth a try, in shares of the range. */
const differenceStep = 2e-3;
const shortestStep = 2e-4;
/** A minimum that moves less than this when rows are left out is found with the slopes of all rows. */
const smallMove = 0.02;

/**
 * Least squares over few bounded, positive parameters: Levenberg and Marquardt's steps on a logarithmic scale (linear
 * where the lower bound is 0), from the middle of all ranges and from the values given; the better end counts.
 * Deterministic.
 */
export function leastSquares(bounds: readonly Bounds[], residuals: Residuals, known: Values): LeastSquares {
  const at = placeAt(bounds, residuals);
  const ends = [bounds.map(bound => positionOf(bound, known[bound.name])), bounds.map(() => 0.5)].map(position =>
    descend(at(position), at),
  );
  const best = ends[0].cost <= ends[1].cost ? ends[0] : ends[1];
  return { values: toValues(bounds, best.position), slopes: slopesAt(best, at) };
}

/** The minimum without some of the rows, near the one of all: `slopes` are those of the remaining rows there. */
export function leastSquaresNear(
  bounds: readonly Bounds[],
  residuals: Residuals,
  { values, slopes }: LeastSquares,
): Values {
  const at = placeAt(bounds, residuals);
  const start = at(bounds.map(bound => positionOf(bound, values[bound.name])));
  const near = stepFrom(start, slopes, at, 1e-6);
  if (near === undefined) return values;
  const moved = Math.max(...near.position.map((value, axis) => Math.abs(value - start.position[axis])));
  return toValues(bounds, moved < smallMove ? near.position : descend(near, at).position);
}

/** How figures change with each parameter around some values, per whole range between its bounds. */
export function slopesAround(
  bounds: readonly Bounds[],
  values: Values,
  figures: Residuals,
): readonly (readonly number[])[] {
  const at = placeAt(bounds, figures);
  return slopesAt(at(bounds.map(bound => positionOf(bound, values[bound.name]))), at);
}

function placeAt(bounds: readonly Bounds[], residuals: Residuals): (position: readonly number[]) => Place {
  return position => {
    const found = residuals(toValues(bounds, position));
    return { position, residuals: found, cost: found.reduce((sum, value) => sum + value * value, 0) / 2 };
  };
}

function descend(start: Place, at: (position: readonly number[]) => Place): Place {
  let place = start;
  let damping = 1e-3;
  for (let step = 0; step < mostSteps; step += 1) {
    const slopes = slopesAt(place, at);
    let next: Place | undefined;
    while (next === undefined && damping < 1e4) {
      next = stepFrom(place, slopes, at, damping);
      damping = next === undefined ? damping * 8 : Math.max(1e-6, damping / 8);
    }
    if (next === undefined) return place;
    const moved = Math.max(...next.position.map((value, axis) => Math.abs(value - place.position[axis])));
    const gained = place.cost - next.cost;
    place = next;
    if (moved < shortestStep || gained < 1e-5 * place.cost) return place;
  }
  return place;
}

function slopesAt(
  { position, residuals }: Place,
  at: (position: readonly number[]) => Place,
): readonly (readonly number[])[] {
  return position.map((own, axis) => {
    const step = own + differenceStep <= 1 ? differenceStep : -differenceStep;
    const moved = at(position.map((other, index) => (index === axis ? own + step : other))).residuals;
    return moved.map((value, row) => (value - residuals[row]) / step);
  });
}

/**
 * One damped step that makes the cost less; undefined where it does not. Axes at a bound that the step would leave stay
 * there.
 */
function stepFrom(
  place: Place,
  slopes: readonly (readonly number[])[],
  at: (position: readonly number[]) => Place,
  damping: number,
): Place | undefined {
  const gradient = slopes.map(slope => dot(slope, place.residuals));
  const free = slopes
    .map((_, axis) => axis)
    .filter(axis => {
      const value = place.position[axis];
      return (
        dot(slopes[axis], slopes[axis]) > 0 &&
        !(value <= 0 && gradient[axis] > 0) &&
        !(value >= 1 && gradient[axis] < 0)
      );
    });
  const matrix = free.map(row =>
    free.map(column => dot(slopes[row], slopes[column]) * (row === column ? 1 + damping : 1)),
  );
  const step = solve(
    matrix,
    free.map(axis => -gradient[axis]),
  );
  const position = [...place.position];
  free.forEach((axis, index) => {
    position[axis] = Math.min(1, Math.max(0, position[axis] + step[index]));
  });
  if (position.every((value, axis) => Math.abs(value - place.position[axis]) < shortestStep / 10)) return undefined;
  const next = at(position);
  return next.cost < place.cost ? next : undefined;
}

/**
 * Solves a symmetric positive system by elimination with pivoting; a direction that nothing determines stays where it
 * is.
 */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const rows = matrix.map((row, index) => [...row, right[index]]);
  const size = rows.length;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1)
      if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) pivot = row;
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    if (Math.abs(rows[column][column]) < 1e-14) continue;
    for (let row = 0; row < size; row += 1) {
      if (row === column) continue;
      const factor = rows[row][column] / rows[column][column];
      for (let index = column; index <= size; index += 1) rows[row][index] -= factor * rows[column][index];
    }
  }
  return rows.map((row, index) => (Math.abs(row[index]) < 1e-14 ? 0 : row[size] / row[index]));
}

function dot(left: readonly number[], right: readonly number[]): number {
  let sum = 0;
  for (let row = 0; row < left.length; row += 1) sum += left[row] * right[row];
  return sum;
}

function toValues(bounds: readonly Bounds[], position: readonly number[]): Values {
  return Object.fromEntries(bounds.map((bound, index) => [bound.name, atPosition(bound, position[index])]));
}

function atPosition({ minimum, maximum }: Bounds, share: number): number {
  return Math.min(
    maximum,
    Math.max(minimum, minimum > 0 ? minimum * (maximum / minimum) ** share : minimum + (maximum - minimum) * share),
  );
}

function positionOf({ minimum, maximum }: Bounds, value: number): number {
  return minimum > 0
    ? Math.log(value / minimum) / Math.log(maximum / minimum)
    : (value - minimum) / (maximum - minimum);
}
