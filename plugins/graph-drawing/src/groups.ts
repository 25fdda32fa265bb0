import type { ChipGraph, GraphBody, ResolvedGraph } from '@autodnnchip/core';
import { programStructure } from './program-text.js';

/** A sub-graph in its place, or all places of equal structure. */
export interface ContainerGroup {
  /** Index of the container around it, or -1. */
  readonly parent: number;
  readonly title: string;
  readonly count: number;
}

/** What is drawn as one box: a node, or nodes of equal structure. */
export interface NodeGroup {
  /** Index of a container, or -1. */
  readonly container: number;
  /** Indices of nodes of the graph, at least one. */
  readonly members: readonly number[];
}

export interface Groups {
  readonly containers: readonly ContainerGroup[];
  readonly groups: readonly NodeGroup[];
  /** By node of the graph: its group. */
  readonly groupOf: Int32Array;
}

interface Place {
  readonly key: string;
  /** Name of the graph that stands there. */
  readonly graph: string;
}

/**
 * Boxes to draw. Folded, nodes are one box when their places, classes, state machines and numbers of tokens are equal,
 * and sub-graphs when they are the same in the same place.
 */
export function groupNodes(graph: ChipGraph, resolved: ResolvedGraph, folded: boolean): Groups {
  const places = findPlaces(graph, folded);
  const containers: { readonly parent: number; readonly names: Set<string>; readonly graph: string }[] = [];
  const containerIndex = new Map<string, number>();
  const containerOf = (path: string): number => {
    const place = places.get(path);
    if (place === undefined) return -1;
    let index = containerIndex.get(place.key);
    const slash = path.lastIndexOf('/');
    if (index === undefined) {
      const parent = slash < 0 ? -1 : containerOf(path.slice(0, slash));
      index = containers.push({ parent, names: new Set(), graph: place.graph }) - 1;
      containerIndex.set(place.key, index);
    }
    containers[index].names.add(path);
    return index;
  };
  const ownHardware = new Set(resolved.nodes.map(({ id }) => id));
  const resourceStructure = (index: number): string => {
    const { id, class: ipClass, picojoulesPerBusyCycle, staticWatts, periodTicks } = resolved.resources[index];
    return `${ipClass} ${picojoulesPerBusyCycle} ${staticWatts} ${periodTicks} ${ownHardware.has(id)}`;
  };
  const groups: { readonly container: number; readonly members: number[] }[] = [];
  const groupIndex = new Map<string, number>();
  const groupOf = new Int32Array(resolved.nodes.length);
  for (const [index, node] of resolved.nodes.entries()) {
    const slash = node.id.lastIndexOf('/');
    const container = slash < 0 ? -1 : containerOf(node.id.slice(0, slash));
    const key = folded ? `${container} ${node.class} ${programStructure(node, resourceStructure)}` : String(index);
    let group = groupIndex.get(key);
    if (group === undefined) {
      group = groups.push({ container, members: [] }) - 1;
      groupIndex.set(key, group);
    }
    groups[group].members.push(index);
    groupOf[index] = group;
  }
  return {
    containers: containers.map(({ parent, names, graph: name }) => ({
      parent,
      title: containerTitle([...names], name),
      count: names.size,
    })),
    groups,
    groupOf,
  };
}

/** Sub-graphs in their places, by path. When folded, equal ones in equal places have the same key. */
function findPlaces(graph: ChipGraph, folded: boolean): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  const walk = (body: GraphBody, prefix: string, key: string): void => {
    for (const node of body.nodes) {
      if (node.graph === undefined) continue;
      const own = `${key}/${folded ? node.graph : node.id}`;
      places.set(prefix + node.id, { key: own, graph: node.graph });
      walk(graph.graphs![node.graph], `${prefix}${node.id}/`, own);
    }
  };
  walk(graph, '', '');
  return places;
}

function containerTitle(paths: readonly string[], graph: string): string {
  const names = paths.map(path => path.slice(path.lastIndexOf('/') + 1));
  const name = commonName(names);
  return name === graph ? name : `${name} (${graph})`;
}

/** How names begin and end, with an ellipsis for the rest: `row 0/bus` and `row 1/bus` are `row …/bus`. */
export function commonName(names: readonly string[]): string {
  const [first] = names;
  if (names.every(name => name === first)) return first;
  let start = 0;
  while (start < first.length && names.every(name => name[start] === first[start])) start++;
  const shortest = names.reduce((least, name) => Math.min(least, name.length), first.length);
  let end = 0;
  while (end < shortest - start && names.every(name => name[name.length - 1 - end] === first[first.length - 1 - end]))
    end++;
  // Digits that happen to be equal are a part of different numbers.
  const tail = first.slice(first.length - end).replace(/^\d+/, '');
  return start + tail.length === 0 ? `${first} …` : `${first.slice(0, start)}…${tail}`;
}
