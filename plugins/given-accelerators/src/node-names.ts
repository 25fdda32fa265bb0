/** Hands out names of nodes after names of layers: without what node names cannot hold, none twice. */
export function nodeNamer(): (layer: string) => string {
  const taken = new Set<string>();
  /** Where to go on counting: of many names that begin alike, each would else count through all before it. */
  const counts = new Map<string, number>();
  return layer => {
    const plain = layer.replace(/[/\p{Cc}]/gu, '.').slice(0, longestName);
    let name = plain;
    let count = counts.get(plain) ?? 2;
    for (; taken.has(name); count += 1) name = `${plain} (${count})`;
    if (name !== plain) counts.set(plain, count);
    taken.add(name);
    return name;
  };
}

/** Edges are named after two nodes, and names end at 200 characters. */
const longestName = 60;
