/** A free parameter: its bounds. */
export interface Bounds {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
}

export type Values = Readonly<Record<string, number>>;
export type Objective = (values: Values) => number;

/** A place between the bounds, 0 to 1 on every axis, and what it costs. */
interface Found {
  readonly position: readonly number[];
  readonly cost: number;
}

/** Most points of the first look, and how many of the best are followed. */
const mostStarts = 33;
const followedStarts = 3;
/** Widest and narrowest steps of a search from afar, and near a known minimum. */
const farSteps = { widest: 0.2, narrowest: 5e-4 } as const;
const nearSteps = { widest: 0.05, narrowest: 2e-3 } as const;
const slopeStep = 0.02;

/**
 * Minimum of a function of few bounded, positive parameters: pattern search on a logarithmic scale (linear where the lower
 * bound is 0) from the best points of a fixed grid. Deterministic.
 */
export function minimise(bounds: readonly Bounds[], objective: Objective): Values {
  const cost = (position: readonly number[]): number => objective(toValues(bounds, position));
  const found = starts(bounds.length)
    .map((position): Found => ({ position, cost: cost(position) }))
    .sort((left, right) => left.cost - right.cost)
    .slice(0, followedStarts)
    .map((start) => patternSearch(start, cost, farSteps));
  return toValues(bounds, best(found)?.position ?? []);
}

/** The minimum near values that are one for a similar function, such as that of almost the same rows. */
export function minimiseNear(bounds: readonly Bounds[], objective: Objective, near: Values): Values {
  const cost = (position: readonly number[]): number => objective(toValues(bounds, position));
  const position = bounds.map((bound) => positionOf(bound, near[bound.name]));
  return toValues(bounds, patternSearch({ position, cost: cost(position) }, cost, nearSteps).position);
}

function best(candidates: readonly Found[]): Found | undefined {
  return candidates.reduce<Found | undefined>((least, candidate) => (least === undefined || candidate.cost < least.cost ? candidate : least), undefined);
}

function toValues(bounds: readonly Bounds[], position: readonly number[]): Values {
  return Object.fromEntries(bounds.map((bound, index) => [bound.name, atPosition(bound, position[index])]));
}

/** How a function of the values changes with each parameter around some values, per whole range between the bounds. */
export function slopes(bounds: readonly Bounds[], values: Values, of: (values: Values) => readonly number[]): readonly (readonly number[])[] {
  const position = bounds.map((bound) => positionOf(bound, values[bound.name]));
  const at = (axis: number, value: number): readonly number[] => of(toValues(bounds, position.map((own, index) => (index === axis ? value : own))));
  return position.map((own, axis) => {
    const [low, high] = [Math.max(0, own - slopeStep), Math.min(1, own + slopeStep)];
    const below = at(axis, low);
    return at(axis, high).map((value, row) => (value - below[row]) / (high - low));
  });
}

function atPosition({ minimum, maximum }: Bounds, share: number): number {
  return minimum > 0 ? minimum * (maximum / minimum) ** share : minimum + (maximum - minimum) * share;
}

function positionOf({ minimum, maximum }: Bounds, value: number): number {
  return minimum > 0 ? Math.log(value / minimum) / Math.log(maximum / minimum) : (value - minimum) / (maximum - minimum);
}

function starts(dimensions: number): readonly (readonly number[])[] {
  const levels = [0.25, 0.75];
  let points: readonly (readonly number[])[] = [[]];
  for (let dimension = 0; dimension < dimensions; dimension += 1) {
    points = points.flatMap((point) => levels.map((level) => [...point, level]));
  }
  const stride = Math.ceil(points.length / (mostStarts - 1));
  return [Array.from({ length: dimensions }, () => 0.5), ...points.filter((_, index) => index % stride === 0)];
}

/** Hooke and Jeeves: steps along each axis, a jump along what helped, half the step when nothing does. */
function patternSearch(start: Found, cost: (position: readonly number[]) => number, { widest, narrowest }: { readonly widest: number; readonly narrowest: number }): Found {
  let base = start.position;
  let baseCost = start.cost;
  for (let step = widest; step > narrowest;) {
    let point = base;
    let pointCost = baseCost;
    for (let axis = 0; axis < base.length; axis += 1) {
      for (const direction of [step, -step]) {
        const tried = point.map((value, index) => (index === axis ? Math.min(1, Math.max(0, value + direction)) : value));
        const triedCost = cost(tried);
        if (triedCost < pointCost) { point = tried; pointCost = triedCost; break; }
      }
    }
    if (pointCost >= baseCost) { step /= 2; continue; }
    const jump = point.map((value, index) => Math.min(1, Math.max(0, 2 * value - base[index])));
    base = point;
    baseCost = pointCost;
    const jumpCost = cost(jump);
    if (jumpCost < baseCost) { base = jump; baseCost = jumpCost; }
  }
  return { position: base, cost: baseCost };
}
