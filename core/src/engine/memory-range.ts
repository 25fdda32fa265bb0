/** Throws a RangeError where elements of a memory lie outside of it. */
export function checkRange(memory: { readonly length: number }, start: number, length: number, what: string): void {
  if (start < 0 || start + length > memory.length)
    throw new RangeError(`${what} [${start}, ${start + length}) lies outside 0..${memory.length}`);
}

/** What is wrong with rows of a buffer, as a sentence; undefined where they lie in it. */
export function rowsFault(rows: number, base: number, depth: number): string | undefined {
  return base + rows <= depth ? undefined : `it takes ${rows} rows from ${base} on of a buffer that has ${depth}`;
}
