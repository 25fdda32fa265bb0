/** A free parameter: its bounds, and the value that a search starts from. */
export interface Bounds {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
}

export type Objective = (values: Readonly<Record<string, number>>) => number;

/**
 * Minimum of a function of few bounded, positive parameters: pattern search on a logarithmic scale (linear where the lower
 * bound is 0) from a fixed grid of starts. Deterministic.
 */
export function minimise(bounds: readonly Bounds[], objective: Objective): Readonly<Record<string, number>> {
  const toValues = (position: readonly number[]): Record<string, number> => Object.fromEntries(bounds.map((bound, index) => [bound.name, atPosition(bound, position[index])]));
  let best: { readonly position: readonly number[]; readonly cost: number } | undefined;
  for (const start of starts(bounds.length)) {
    const found = patternSearch(start, (position) => objective(toValues(position)));
    if (best === undefined || found.cost < best.cost) best = found;
  }
  return toValues(best?.position ?? []);
}

function atPosition({ minimum, maximum }: Bounds, share: number): number {
  return minimum > 0 ? minimum * (maximum / minimum) ** share : minimum + (maximum - minimum) * share;
}

function starts(dimensions: number): readonly (readonly number[])[] {
  const levels = [0.25, 0.75];
  let points: readonly (readonly number[])[] = [[]];
  for (let dimension = 0; dimension < dimensions; dimension += 1) {
    points = points.flatMap((point) => levels.map((level) => [...point, level]));
  }
  return [Array.from({ length: dimensions }, () => 0.5), ...points.slice(0, 32)];
}

/** Hooke and Jeeves: steps along each axis, a jump along what helped, half the step when nothing does. */
function patternSearch(start: readonly number[], cost: (position: readonly number[]) => number): { readonly position: readonly number[]; readonly cost: number } {
  let base = start;
  let baseCost = cost(base);
  for (let step = 0.2; step > 5e-4;) {
    let point = base;
    let pointCost = baseCost;
    for (let axis = 0; axis < start.length; axis += 1) {
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
