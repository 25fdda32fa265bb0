export interface ErrorStatistics {
  readonly count: number;
  readonly meanAbsoluteErrorPercent: number;
  readonly maximumAbsoluteErrorPercent: number;
}

/** Signed: above 0 where the prediction is too high. */
export function errorPercent(predicted: number, measured: number): number {
  return (100 * (predicted - measured)) / measured;
}

export function statistics(errorsPercent: readonly number[]): ErrorStatistics {
  const absolute = errorsPercent.map(Math.abs);
  return {
    count: absolute.length,
    meanAbsoluteErrorPercent:
      absolute.length === 0 ? 0 : absolute.reduce((sum, error) => sum + error, 0) / absolute.length,
    maximumAbsoluteErrorPercent: absolute.reduce((largest, error) => Math.max(largest, error), 0),
  };
}

/** Items by key, in the order in which keys first appear. */
export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly (readonly Item[])[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
