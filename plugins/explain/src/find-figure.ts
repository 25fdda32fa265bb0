import { ChipError, type FigureTable } from '@autodnnchip/core';
import { distance } from 'fastest-levenshtein';

const shownNames = 6;

/** A figure by its path, or by one with places instead of names. Throws ADC3501 with the nearest names. */
export function findFigure<Value>(
  { byPath, aliases }: FigureTable<Value>,
  name: string,
): { readonly path: string; readonly value: Value } {
  const path = byPath.has(name) ? name : (aliases.get(name) ?? name);
  const value = byPath.get(path);
  if (value !== undefined) return { path, value };
  throw new ChipError(
    'ADC3501',
    `The prediction has no figure ${name}; near it: ${nearest([...byPath.keys()], name).join(', ')}`,
    {
      hint: `\`predict --json\` with the same options prints all ${byPath.size}: items of lists go by name (layers[NAME].latencyCycles) or place (layers[0].latencyCycles).`,
    },
  );
}

/** Names that hold the text come first, then those that differ in the fewest letters. */
function nearest(names: readonly string[], text: string): readonly string[] {
  const wanted = text.toLowerCase();
  const ranked = names.map(name => {
    const candidate = name.toLowerCase();
    return { name, rank: (candidate.includes(wanted) ? 0 : 1e6) + distance(candidate, wanted) };
  });
  return ranked
    .sort((left, right) => left.rank - right.rank)
    .slice(0, shownNames)
    .map(({ name }) => name);
}
