/** The facts of an area, for a table of facts. */
export function areaFacts(title: string, holds: string | undefined): readonly (readonly [string, string])[] {
  return holds === undefined ? [] : [[title, holds]];
}
