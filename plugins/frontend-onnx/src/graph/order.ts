import { invalidGraph } from '../errors.js';
import type { OnnxGraph, OnnxNode } from '../protobuf/model.js';

/**
 * Nodes in an order in which every value is made before it is used: the file's own order where that is one.
 * Throws for cycles, for values that two nodes make and for values that nothing makes.
 */
export function executionOrder(file: string, graph: OnnxGraph, known: ReadonlySet<string>): readonly OnnxNode[] {
  const makers = findMakers(file, graph, known);
  const missing = new Map<OnnxNode, number>();
  const waiting = new Map<string, OnnxNode[]>();
  for (const node of graph.nodes) {
    const needs = new Set([...node.inputs, ...node.captures].filter(name => name !== '' && !known.has(name)));
    missing.set(node, needs.size);
    for (const name of needs) {
      if (!makers.has(name)) throw undefinedValue(file, name, node.name || node.operator, node.byteOffset);
      const list = waiting.get(name);
      if (list === undefined) waiting.set(name, [node]);
      else list.push(node);
    }
  }
  const order: OnnxNode[] = [];
  const ready = graph.nodes.filter(node => missing.get(node) === 0);
  // The file's own order is kept when it is a valid one: most files never reach the general case.
  if (isOrdered(graph, known)) return graph.nodes;
  for (let next = 0; next < ready.length; next++) {
    const node = ready[next];
    order.push(node);
    for (const output of node.outputs) {
      for (const user of waiting.get(output) ?? []) {
        const rest = (missing.get(user) ?? 0) - 1;
        missing.set(user, rest);
        if (rest === 0) ready.push(user);
      }
    }
  }
  if (order.length < graph.nodes.length) {
    const stuck = graph.nodes.filter(node => (missing.get(node) ?? 0) > 0);
    const names = stuck
      .slice(0, 5)
      .map(node => `${node.operator} '${node.name}'`)
      .join(', ');
    throw invalidGraph(
      file,
      `The graph has a cycle: ${names}${stuck.length > 5 ? ', ...' : ''} wait for each other's results.`,
      stuck[0].name,
      stuck[0].byteOffset,
    );
  }
  return order;
}

export function undefinedValue(file: string, name: string, user: string, byteOffset?: number): Error {
  return invalidGraph(
    file,
    `'${user}' uses the value '${name}', which no node, input or initializer makes.`,
    user,
    byteOffset,
  );
}

function findMakers(file: string, graph: OnnxGraph, known: ReadonlySet<string>): ReadonlyMap<string, OnnxNode> {
  const makers = new Map<string, OnnxNode>();
  for (const node of graph.nodes) {
    for (const output of node.outputs) {
      if (output === '') continue;
      if (makers.has(output) || known.has(output))
        throw invalidGraph(
          file,
          `The value '${output}' is made twice, the second time by ${node.operator} '${node.name}'.`,
          node.name,
          node.byteOffset,
        );
      makers.set(output, node);
    }
  }
  return makers;
}

function isOrdered(graph: OnnxGraph, known: ReadonlySet<string>): boolean {
  const made = new Set(known);
  for (const node of graph.nodes) {
    for (const input of [...node.inputs, ...node.captures]) {
      if (input !== '' && !made.has(input)) return false;
    }
    for (const output of node.outputs) made.add(output);
  }
  return true;
}
