import {
  chipGraphSchemaVersion,
  type ChipGraph,
  type GraphBody,
  type GraphEdge,
  type GraphLoop,
  type GraphNode,
  type GraphResource,
  type GraphState,
  type GraphStep,
  type GraphTechnology,
} from './chip-graph.js';
import type { FrequencyUnit, Quantity } from './quantity.js';

export interface GraphBuilderOptions {
  readonly name: string;
  readonly title?: string;
  readonly clock?: Quantity<FrequencyUnit>;
}

/**
 * Collects a graph piece by piece. Names are checked when the graph is resolved, so pieces can come in any order; the
 * order of nodes decides who gets a resource first.
 *
 *     const graph = buildChipGraph({ name: 'copy', clock: quantity(200, 'MHz') })
 *       .node({ id: 'load', class: 'datapath', steps: [repeat(64, { cycles: 16 })] })
 *       .node({ id: 'store', class: 'datapath', steps: [repeat(64, { cycles: 16 })] })
 *       .edge({ from: 'load', to: 'store', capacity: quantity(2, 'token') })
 *       .graph();
 */
export interface ChipGraphBuilder {
  technology(technology: GraphTechnology): ChipGraphBuilder;
  resource(resource: GraphResource): ChipGraphBuilder;
  node(node: GraphNode): ChipGraphBuilder;
  /** A node that stands for a sub-graph. */
  subGraph(id: string, graph: string, resources?: Readonly<Record<string, string>>): ChipGraphBuilder;
  edge(edge: GraphEdge): ChipGraphBuilder;
  /** Defines a sub-graph: a body, or another graph with the sub-graphs that it uses. */
  define(name: string, body: GraphBody | ChipGraph): ChipGraphBuilder;
  graph(): ChipGraph;
}

export function buildChipGraph(options: GraphBuilderOptions): ChipGraphBuilder {
  const technologies: GraphTechnology[] = [];
  const resources: GraphResource[] = [];
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const graphs: Record<string, GraphBody> = {};
  const builder: ChipGraphBuilder = {
    technology: technology => add(technologies, technology),
    resource: resource => add(resources, resource),
    node: node => add(nodes, node),
    subGraph: (id, graph, bound) => add(nodes, { id, graph, ...(bound === undefined ? {} : { resources: bound }) }),
    edge: edge => add(edges, edge),
    define: (name, body) => {
      const { inner, own } = splitBody(body);
      Object.assign(graphs, inner, { [name]: own });
      return builder;
    },
    graph: () => ({
      schemaVersion: chipGraphSchemaVersion,
      name: options.name,
      ...(options.title === undefined ? {} : { title: options.title }),
      ...(options.clock === undefined ? {} : { clock: options.clock }),
      ...(technologies.length === 0 ? {} : { technologies: [...technologies] }),
      ...(resources.length === 0 ? {} : { resources: [...resources] }),
      nodes: [...nodes],
      edges: [...edges],
      ...(Object.keys(graphs).length === 0 ? {} : { graphs: { ...graphs } }),
    }),
  };
  const add = <Item>(list: Item[], item: Item): ChipGraphBuilder => {
    list.push(item);
    return builder;
  };
  return builder;
}

function splitBody(body: GraphBody | ChipGraph): {
  readonly inner: Readonly<Record<string, GraphBody>>;
  readonly own: GraphBody;
} {
  if (!('schemaVersion' in body)) return { inner: {}, own: body };
  const { clock, technologies, resources, nodes, edges, graphs } = body;
  return {
    inner: graphs ?? {},
    own: {
      ...(clock === undefined ? {} : { clock }),
      ...(technologies === undefined ? {} : { technologies }),
      ...(resources === undefined ? {} : { resources }),
      nodes,
      edges,
    },
  };
}

/** A number with its unit. */
export function quantity<const Unit extends string>(value: number, unit: Unit, source?: string): Quantity<Unit> {
  return source === undefined ? { value, unit } : { value, unit, source };
}

/** A folded loop. */
export function repeat(times: number, ...steps: readonly GraphStep[]): GraphLoop {
  return { repeat: times, steps };
}

/** A state that holds a resource. */
export function hold(resource: string, cycles: number, rest: Omit<GraphState, 'resource' | 'cycles'> = {}): GraphState {
  return { resource, cycles, ...rest };
}
