import type { Explained, ExplanationInput } from './explanation.js';

/** The numbers of a prediction, or what explains them, by path. */
export interface FigureTable<Value> {
  /** `latencyCycles`, `layers[conv1].energyPicojoules`: items of lists go by their name or identifier. */
  readonly byPath: ReadonlyMap<string, Value>;
  /** The same with places instead of names (`layers[0].energyPicojoules`), for the path that they stand for. */
  readonly aliases: ReadonlyMap<string, string>;
}

/** All numbers of a prediction, of whatever kind it is. */
export function figuresOf(prediction: object): FigureTable<number> {
  return collect(prediction, isNumber);
}

/** The same of an explained prediction. */
export function explainedFiguresOf(explained: object): FigureTable<ExplanationInput> {
  return collect(
    explained,
    (value): value is ExplanationInput =>
      typeof value === 'object' && value !== null && 'figure' in value && 'value' in value && 'unit' in value,
  );
}

/** The same structure with an explanation for each of its numbers, made from number and path. */
export function explainEach<Structure extends object>(
  structure: Structure,
  explain: (value: number, path: string) => ExplanationInput,
): Explained<Structure> {
  return walk(structure, '', '', isNumber, explain) as Explained<Structure>;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function collect<Value>(structure: object, isValue: (value: unknown) => value is Value): FigureTable<Value> {
  const byPath = new Map<string, Value>();
  const aliases = new Map<string, string>();
  walk(structure, '', '', isValue, (value, path, alias) => {
    byPath.set(path, value);
    if (alias !== path) aliases.set(alias, path);
  });
  return { byPath, aliases };
}

/** Visits the values of a structure by path and by alias, and puts what the visit gives in their place. */
function walk<Value>(
  item: unknown,
  path: string,
  alias: string,
  isValue: (value: unknown) => value is Value,
  visit: (value: Value, path: string, alias: string) => unknown,
): unknown {
  if (isValue(item)) return visit(item, path, alias);
  if (Array.isArray(item)) {
    const names = itemNames(item);
    return item.map((inner: unknown, index) =>
      walk(inner, `${path}[${names[index]}]`, `${alias}[${index}]`, isValue, visit),
    );
  }
  if (typeof item !== 'object' || item === null) return item;
  const below = (outer: string, name: string): string => (outer === '' ? name : `${outer}.${name}`);
  return Object.fromEntries(
    Object.entries(item).map(([name, inner]) => [
      name,
      walk(inner, below(path, name), below(alias, name), isValue, visit),
    ]),
  );
}

/** Names of the items of a list; the place of an item without a name or with that of another. */
function itemNames(items: readonly unknown[]): readonly string[] {
  const seen = new Set<string>();
  return items.map((item, index) => {
    const name = nameOf(item);
    if (name === undefined || seen.has(name)) return String(index);
    seen.add(name);
    return name;
  });
}

function nameOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { name, id } = item as { readonly name?: unknown; readonly id?: unknown };
  return typeof name === 'string' ? name : typeof id === 'string' ? id : undefined;
}
