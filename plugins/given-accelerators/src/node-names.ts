/** Hands out names of nodes after names of layers: without what node names cannot hold, none twice. */
export function nodeNamer(): (layer: string) => string {
  const taken = new Set<string>();
  return (layer) => {
    const plain = layer.replace(/[/\p{Cc}]/gu, '.').slice(0, longestName);
    let name = plain;
    for (let count = 2; taken.has(name); count += 1) name = `${plain} (${count})`;
    taken.add(name);
    return name;
  };
}

/** Edges are named after two nodes, and names end at 200 characters. */
const longestName = 60;
