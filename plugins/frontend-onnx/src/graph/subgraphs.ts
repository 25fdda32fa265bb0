import type { NetworkNode } from '@autodnnchip/core';
import { invalidGraph } from '../errors.js';
import type { OnnxGraph, OnnxNode } from '../protobuf/model.js';
import type { GraphNode } from './node.js';

/** Names of a graph inside a node by the names that they have in the network; what is not in it has its own name. */
export type Scope = ReadonlyMap<string, string>;

/** A node with the names that its values have in the network. */
export function nodeInScope(node: OnnxNode, scope: Scope | undefined): OnnxNode {
  if (scope === undefined) return node;
  const change = (names: readonly string[]): string[] => names.map(name => scope.get(name) ?? name);
  return { ...node, inputs: change(node.inputs), outputs: change(node.outputs), captures: change(node.captures) };
}

/** The branch that an If always takes, by its attribute's name; undefined where its condition is computed. */
export function takenBranch(node: GraphNode, source: OnnxNode): string | undefined {
  if (source.operator !== 'If' || source.domain !== '') return undefined;
  const condition = node.constant(0)?.size === 1 ? node.constant(0)?.scalar() : undefined;
  return condition === undefined ? undefined : condition === 0 ? 'else_branch' : 'then_branch';
}

/** Checks that a graph that takes a node's place needs no inputs and makes what the node does. */
export function checkBranch(node: GraphNode, attribute: string, graph: OnnxGraph): void {
  if (graph.inputs.length === 0 && graph.outputs.length === node.outputs.length) return;
  throw invalidGraph(
    node.file,
    `${attribute} of ${node.operator} '${node.name}' has ${graph.inputs.length} inputs and ${graph.outputs.length} outputs instead of 0 and ${node.outputs.length}.`,
    node.name,
  );
}

/** Why a node with graphs is no operator of a network, and what is in them. */
export function reasonOfGraphs(node: GraphNode, graphs: readonly (readonly [string, OnnxGraph])[]): string {
  const why =
    node.operator === 'If'
      ? 'its condition is computed while it runs'
      : 'how often its nodes run is decided while it runs';
  const contents = graphs.map(([attribute, graph]) => `${attribute}: ${countsOf(graph)}`).join('; ');
  return `${why} (${contents})`;
}

const typesInText = 8;

function countsOf(graph: OnnxGraph): string {
  const counts = new Map<string, number>();
  const count = ({ nodes }: OnnxGraph): void => {
    for (const { operator, attributes } of nodes) {
      counts.set(operator, (counts.get(operator) ?? 0) + 1);
      for (const attribute of attributes.values()) if (attribute.kind === 'graph') count(attribute.value);
    }
  };
  count(graph);
  const parts = [...counts].map(([operator, number]) => (number === 1 ? operator : `${number} ${operator}`));
  if (parts.length === 0) return 'no nodes';
  return parts.length > typesInText ? `${parts.slice(0, typesInText).join(', ')} and more` : parts.join(', ');
}

/** Records of all nodes of a graph at any depth, which share what became of the node around them. */
export function recordsOfGraph(
  prefix: string,
  graph: OnnxGraph,
  share: Pick<NetworkNode, 'became' | 'reason'>,
  uniqueName: (base: string) => string,
): readonly NetworkNode[] {
  return graph.nodes.flatMap(node => {
    const name = uniqueName(`${prefix}/${nodeTitle(node)}`);
    const inner = [...node.attributes].flatMap(([attribute, value]) =>
      value.kind === 'graph' ? recordsOfGraph(`${name}/${attribute}`, value.value, share, uniqueName) : [],
    );
    return [{ name, operator: node.operator, ...share }, ...inner];
  });
}

/** What a node is called: its own name, or its operator and first result. */
export function nodeTitle({ name, operator, outputs }: OnnxNode): string {
  return name || `${operator}_${outputs.find(output => output !== '') ?? 'nothing'}`;
}
