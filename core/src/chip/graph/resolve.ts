import type { ChipGraph, GraphBody, GraphEdge, GraphNode, GraphTechnology, IpCost } from './chip-graph.js';
import { checkCycles } from './check-cycles.js';
import { FlatEdge } from './flat-edge.js';
import { GraphClocks, referenceClock } from './graph-clocks.js';
import { graphError, listNames } from './graph-errors.js';
import { graphLimits } from './limits.js';
import { resolveProgram, type NamedEdge } from './resolve-program.js';
import type { ResolvedGraph, ResolvedNode, ResolvedResource } from './resolved-graph.js';
import { costInPicojoules, resolveIpCost, type CostPlace, type PlatformTechnologies } from './unit-costs.js';

export interface ResolveOptions {
  /** What technologies of the graph may stand for. Absent: they can only give figures of their own. */
  readonly platforms?: PlatformTechnologies;
}

/**
 * Puts sub-graphs in place, looks all names up, converts units, and checks what makes a graph sound. Throws ADC3303 to
 * ADC3312 naming nodes and edges.
 */
export function resolveChipGraph(graph: ChipGraph, options: ResolveOptions = {}): ResolvedGraph {
  return new Resolver(graph, options).resolve();
}

/** What a sub-graph gets from the graph that it stands in. */
interface Surroundings {
  /** `outer/inner/`, or empty. */
  readonly prefix: string;
  readonly depth: number;
  /** Edges that are connected to ports, by port. */
  readonly inPorts: ReadonlyMap<string, FlatEdge>;
  readonly outPorts: ReadonlyMap<string, FlatEdge>;
  /** Resources of the surrounding graph, by the name that they have inside. */
  readonly resources: ReadonlyMap<string, number>;
  /** Clock of what states none. */
  readonly clock: number;
}

/** A resource before all clocks are known. */
type PlacedResource = Omit<ResolvedResource, 'periodTicks'> & { readonly clock: number; periodTicks: number };

type Technologies = ReadonlyMap<string, GraphTechnology>;

const noEdges: readonly NamedEdge[] = [];
const noPorts: ReadonlyMap<string, FlatEdge> = new Map();

class Resolver {
  readonly #graph: ChipGraph;
  readonly #platforms: PlatformTechnologies | undefined;
  readonly #clocks: GraphClocks;
  readonly #technologies: Technologies;
  readonly #resources: PlacedResource[] = [];
  readonly #resourceIds = new Set<string>();
  readonly #nodes: ResolvedNode[] = [];
  readonly #edges: FlatEdge[] = [];
  #stateCount = 0;
  #tokenCounts = 0;
  #busyCycles = 0;

  constructor(graph: ChipGraph, { platforms }: ResolveOptions) {
    this.#graph = graph;
    this.#platforms = platforms;
    this.#clocks = new GraphClocks(graph.name, graph.clock);
    this.#technologies = technologiesOf(graph);
  }

  resolve(): ResolvedGraph {
    const graph = this.#graph;
    if (countNodes(graph, graph.graphs ?? {}) > graphLimits.nodes) throw tooLarge('nodes', graphLimits.nodes);
    this.#place(graph, {
      prefix: '',
      depth: 0,
      inPorts: noPorts,
      outPorts: noPorts,
      resources: new Map(),
      clock: referenceClock,
    });
    const nodes = this.#nodes;
    checkCycles(nodes, this.#edges, this.#stateCount);
    const ends = (index: number): string => (index < 0 ? 'outside' : nodes[index].id);
    const edges = this.#edges.map(edge => edge.resolve(ends));
    const { ticksPerCycle, hyperperiodTicks } = this.#placeClocks();
    return {
      name: graph.name,
      clockHertz: this.#clocks.hertz(referenceClock),
      ticksPerCycle,
      hyperperiodTicks,
      resources: this.#resources,
      nodes,
      edges,
      stateCount: this.#stateCount,
    };
  }

  /** Time in ticks: now that all clocks are known. */
  #placeClocks(): Pick<ResolvedGraph, 'ticksPerCycle' | 'hyperperiodTicks'> {
    const base = this.#clocks.timeBase();
    if (this.#clocks.count === 1) return base;
    for (const resource of this.#resources) resource.periodTicks = base.periodTicks[resource.clock];
    let busyTicks = 0;
    for (const { states, id } of this.#nodes) {
      for (const { cycles, executions, resource } of states)
        busyTicks += cycles * executions * this.#resources[resource].periodTicks;
      if (busyTicks > graphLimits.busyCycles)
        throw graphError(
          'ADC3308',
          `The graph is busy for more than ${graphLimits.busyCycles} ticks of the common time base of its clocks (${base.ticksPerCycle} to a cycle), most of them up to node ${id}: they could not be counted exactly`,
          id,
        );
    }
    return base;
  }

  #place(body: GraphBody, surroundings: Surroundings): void {
    const { prefix } = surroundings;
    const technologies = prefix === '' ? this.#technologies : new Map([...this.#technologies, ...technologiesOf(body)]);
    const resources = this.#placeResources(body, surroundings, technologies);
    const declared = new Map<string, GraphNode>();
    for (const node of body.nodes) {
      if (declared.has(node.id))
        throw graphError('ADC3303', `Two nodes are called ${prefix}${node.id}`, `${prefix}${node.id}`);
      this.#checkTechnology(`Node ${prefix}${node.id}`, node.technology, technologies);
      declared.set(node.id, node);
    }
    const inEdges = new Map<string, NamedEdge[]>();
    const outEdges = new Map<string, NamedEdge[]>();
    this.#placeEdges(body, surroundings, declared, inEdges, outEdges);
    for (const node of body.nodes) {
      const incoming = inEdges.get(node.id) ?? noEdges;
      const outgoing = outEdges.get(node.id) ?? noEdges;
      if (node.graph === undefined) this.#placeIp(node, surroundings, resources, technologies, incoming, outgoing);
      else this.#placeGraph(node, surroundings, resources, incoming, outgoing);
    }
  }

  #checkTechnology(what: string, id: string | undefined, known: Technologies): void {
    if (id === undefined || known.has(id)) return;
    throw graphError(
      'ADC3304',
      `${what} refers to a technology ${id} that is not there (technologies: ${listNames([...known.keys()])})`,
    );
  }

  #placeResources(
    body: GraphBody,
    { prefix, resources: given, clock }: Surroundings,
    technologies: Technologies,
  ): ReadonlyMap<string, number> {
    const byName = new Map<string, number>();
    for (const resource of body.resources ?? []) {
      const id = prefix + resource.id;
      if (byName.has(resource.id)) throw graphError('ADC3303', `Two resources are called ${id}`, id);
      const what = `Resource ${id}`;
      this.#checkTechnology(what, resource.technology, technologies);
      const own = resource.clock === undefined ? clock : this.#clocks.indexOf(resource.clock, what, id);
      const bound = given.get(resource.id);
      if (bound !== undefined && resource.clock !== undefined && this.#resources[bound].clock !== own) {
        throw graphError(
          'ADC3306',
          `${what} has a clock of ${resource.clock.value} ${resource.clock.unit}, and ${this.#resources[bound].id}, which it is connected to, one of ${this.#resources[bound].clockHertz! / 1e6} MHz`,
          id,
        );
      }
      byName.set(
        resource.id,
        bound ??
          this.#addResource(id, resource, own, {
            what,
            id,
            technology: resource.technology,
            technologies,
            platforms: this.#platforms,
          }),
      );
    }
    for (const name of given.keys()) {
      if (!byName.has(name))
        throw graphError(
          'ADC3304',
          `Node ${prefix.slice(0, -1)} stands for a sub-graph without a resource ${name} (resources: ${listNames([...byName.keys()])})`,
          prefix.slice(0, -1),
        );
    }
    return byName;
  }

  #addResource(id: string, cost: IpCost & Pick<ResolvedResource, 'class'>, clock: number, place: CostPlace): number {
    if (this.#resourceIds.has(id))
      throw graphError('ADC3303', `A resource and a node with hardware of its own are both called ${id}`, id);
    if (this.#resources.length >= graphLimits.resources) throw tooLarge('resources', graphLimits.resources);
    this.#resourceIds.add(id);
    const clockHertz = this.#clocks.hertz(clock);
    return (
      this.#resources.push({
        id,
        class: cost.class,
        ...resolveIpCost(cost, clockHertz, place),
        clockHertz,
        clock,
        periodTicks: 1,
      }) - 1
    );
  }

  #placeEdges(
    body: GraphBody,
    surroundings: Surroundings,
    nodes: ReadonlyMap<string, GraphNode>,
    inEdges: Map<string, NamedEdge[]>,
    outEdges: Map<string, NamedEdge[]>,
  ): void {
    const { prefix, inPorts, outPorts } = surroundings;
    const byName = new Map<string, GraphEdge>();
    for (const edge of body.edges) {
      const name = edgeName(edge);
      if (byName.has(name)) throw graphError('ADC3303', `Two edges are called ${prefix}${name}`);
      byName.set(name, edge);
      if (edge.from === undefined && edge.to === undefined)
        throw graphError('ADC3304', `Edge ${prefix}${name} has neither from nor to`);
      const flat = this.#openEdge(edge, name, surroundings) ?? this.#addEdge(edge, prefix + name);
      attach(edge.from, edge.fromPort, 'from', outEdges, nodes, flat, name, prefix);
      attach(edge.to, edge.toPort, 'to', inEdges, nodes, flat, name, prefix);
    }
    const place = prefix.slice(0, -1);
    for (const [ports, side] of [
      [inPorts, 'from'],
      [outPorts, 'to'],
    ] as const) {
      for (const [port, flat] of ports) {
        const edge = byName.get(port);
        if (edge === undefined || edge[side] !== undefined) {
          const open = [...byName].filter(([, candidate]) => candidate[side] === undefined).map(([name]) => name);
          throw graphError(
            'ADC3304',
            `Edge ${flat.id} is connected to ${port} of ${place}, which is no open edge of that sub-graph (open: ${listNames(open)})`,
            place,
          );
        }
      }
    }
  }

  /** The edge of the surrounding graph that an open edge is connected to. */
  #openEdge(edge: GraphEdge, name: string, { prefix, inPorts, outPorts }: Surroundings): FlatEdge | undefined {
    const flat = edge.from === undefined ? inPorts.get(name) : edge.to === undefined ? outPorts.get(name) : undefined;
    flat?.checkPort(edge, prefix + name);
    return flat;
  }

  #addEdge(edge: GraphEdge, id: string): FlatEdge {
    if (this.#edges.length >= graphLimits.edges) throw tooLarge('edges', graphLimits.edges);
    const flat = new FlatEdge(id, this.#edges.length, edge);
    this.#edges.push(flat);
    return flat;
  }

  #placeIp(
    node: GraphNode,
    { prefix, clock: around }: Surroundings,
    resources: ReadonlyMap<string, number>,
    technologies: Technologies,
    inEdges: readonly NamedEdge[],
    outEdges: readonly NamedEdge[],
  ): void {
    const id = prefix + node.id;
    const { class: ipClass } = node;
    if (node.steps === undefined || ipClass === undefined)
      throw graphError('ADC3302', `Node ${id} has no ${node.steps === undefined ? 'steps and no graph' : 'class'}`, id);
    if (node.resources !== undefined)
      throw graphError('ADC3302', `Node ${id} connects resources of a sub-graph, and names none with graph`, id);
    const index = this.#nodes.length;
    for (const { edge } of outEdges) edge.from = index;
    for (const { edge } of inEdges) edge.to = index;
    const what = `Node ${id}`;
    const clock = node.clock === undefined ? around : this.#clocks.indexOf(node.clock, what, id);
    const place: CostPlace = { what, id, technology: node.technology, technologies, platforms: this.#platforms };
    let own: number | undefined;
    const program = resolveProgram(
      node,
      {
        nodeId: id,
        inEdges,
        outEdges,
        resource: name => resources.get(name),
        resourceNames: () => [...resources.keys()],
        ownResource: () => (own ??= this.#addResource(id, { ...node, class: ipClass }, clock, place)),
        picojoules: energy => costInPicojoules(energy, place),
      },
      this.#stateCount,
    );
    const ofOwn =
      node.clock !== undefined
        ? 'clock'
        : (node.power ?? node.energyPerBusyCycle ?? node.staticPower) !== undefined
          ? 'cost'
          : undefined;
    if (own === undefined && ofOwn !== undefined) {
      throw graphError(
        'ADC3302',
        `Node ${id} gives the ${ofOwn} of its own hardware, and all its states run on resources: give the ${ofOwn} there`,
        id,
      );
    }
    this.#nodes.push({ id, class: ipClass, ...program });
    this.#count(program.states, id);
  }

  #count(states: ResolvedNode['states'], id: string): void {
    this.#stateCount += states.length;
    for (const { cycles, executions, consumes, produces } of states) {
      this.#busyCycles += cycles * executions;
      this.#tokenCounts += consumes.length + produces.length;
    }
    if (this.#stateCount > graphLimits.states) throw tooLarge('states', graphLimits.states);
    if (this.#tokenCounts > graphLimits.tokenCounts) throw tooLarge('token counts', graphLimits.tokenCounts);
    if (this.#busyCycles > graphLimits.busyCycles)
      throw graphError(
        'ADC3308',
        `The graph is busy for more than ${graphLimits.busyCycles} cycles, most of them up to node ${id}: cycles could not be counted exactly`,
        id,
      );
  }

  #placeGraph(
    node: GraphNode,
    surroundings: Surroundings,
    resources: ReadonlyMap<string, number>,
    inEdges: readonly NamedEdge[],
    outEdges: readonly NamedEdge[],
  ): void {
    const id = surroundings.prefix + node.id;
    const extra = (['steps', 'power', 'energyPerBusyCycle', 'staticPower'] as const).find(
      field => node[field] !== undefined,
    );
    if (extra !== undefined)
      throw graphError('ADC3302', `Node ${id} stands for the sub-graph ${node.graph}, and gives ${extra} as well`, id);
    const graphs = this.#graph.graphs ?? {};
    const body = Object.hasOwn(graphs, node.graph!) ? graphs[node.graph!] : undefined;
    if (body === undefined)
      throw graphError(
        'ADC3304',
        `Node ${id} stands for a sub-graph ${node.graph} that is not there (graphs: ${listNames(Object.keys(graphs))})`,
        id,
      );
    if (surroundings.depth >= graphLimits.graphDepth) {
      throw graphError(
        'ADC3308',
        `Node ${id}: sub-graphs are nested more than ${graphLimits.graphDepth} deep (does ${node.graph} contain itself?)`,
        id,
      );
    }
    const bound = new Map<string, number>();
    for (const [inner, outer] of Object.entries(node.resources ?? {})) {
      const index = resources.get(outer);
      if (index === undefined)
        throw graphError(
          'ADC3304',
          `Node ${id} connects ${inner} to a resource ${outer} that is not there (resources: ${listNames([...resources.keys()])})`,
          id,
        );
      bound.set(inner, index);
    }
    this.#place(body, {
      prefix: `${id}/`,
      depth: surroundings.depth + 1,
      inPorts: portMap(inEdges, id),
      outPorts: portMap(outEdges, id),
      resources: bound,
      clock: this.#clockOfGraph(node, body, surroundings.clock, id),
    });
  }

  /** Clock of a sub-graph in its place: its own, or that of the place, which must agree. */
  #clockOfGraph(node: GraphNode, { clock: own }: GraphBody, around: number, id: string): number {
    const what = `The sub-graph ${id}`;
    const ofPlace = node.clock === undefined ? undefined : this.#clocks.indexOf(node.clock, what, id);
    const ofBody = own === undefined ? undefined : this.#clocks.indexOf(own, what, id);
    if (ofPlace !== undefined && ofBody !== undefined && ofPlace !== ofBody) {
      throw graphError(
        'ADC3306',
        `Node ${id} has a clock of ${node.clock!.value} ${node.clock!.unit}, and the sub-graph ${node.graph} that it stands for one of ${own!.value} ${own!.unit}`,
        id,
      );
    }
    return ofPlace ?? ofBody ?? around;
  }
}

/**
 * Nodes with sub-graphs put in place, so that a small file cannot ask for a huge graph. Nesting is checked elsewhere.
 */
function countNodes(graph: GraphBody, graphs: Readonly<Record<string, GraphBody>>): number {
  let counts = new Map<GraphBody, number>();
  const bodies = [graph, ...Object.values(graphs)];
  for (let depth = graphLimits.graphDepth; depth >= 0; depth--) {
    const inner = counts;
    counts = new Map(
      bodies.map(body => [
        body,
        body.nodes.reduce(
          (sum, node) =>
            sum +
            (node.graph === undefined || !Object.hasOwn(graphs, node.graph) ? 1 : (inner.get(graphs[node.graph]) ?? 1)),
          0,
        ),
      ]),
    );
  }
  return counts.get(graph)!;
}

/** Edges that are connected to a sub-graph, by port: one to each. */
function portMap(edges: readonly NamedEdge[], id: string): ReadonlyMap<string, FlatEdge> {
  const ports = new Map<string, FlatEdge>();
  for (const { name, edge } of edges) {
    const other = ports.get(name);
    if (other !== undefined)
      throw graphError('ADC3303', `Edges ${other.id} and ${edge.id} are both connected to ${name} of ${id}`, id);
    ports.set(name, edge);
  }
  return ports;
}

/** Notes an end of an edge with its node: by the edge's name, or for a sub-graph by the port. */
function attach(
  end: string | undefined,
  port: string | undefined,
  side: 'from' | 'to',
  byNode: Map<string, NamedEdge[]>,
  nodes: ReadonlyMap<string, GraphNode>,
  flat: FlatEdge,
  name: string,
  prefix: string,
): void {
  if (end === undefined) {
    if (port !== undefined) throw graphError('ADC3304', `Edge ${prefix}${name} gives ${side}Port without ${side}`);
    return;
  }
  const node = nodes.get(end);
  if (node === undefined)
    throw graphError(
      'ADC3304',
      `Edge ${prefix}${name} ${side === 'from' ? 'comes from' : 'leads to'} a node ${end} that is not there`,
      end,
    );
  if ((node.graph === undefined) !== (port === undefined)) {
    throw graphError(
      'ADC3304',
      `Edge ${prefix}${name}: ${prefix}${end} is ${node.graph === undefined ? 'no sub-graph: leave out' : 'a sub-graph: give its open edge with'} ${side}Port`,
      end,
    );
  }
  let edges = byNode.get(end);
  if (edges === undefined) byNode.set(end, (edges = []));
  edges.push({ name: port ?? name, edge: flat });
}

/** The name of an edge within its graph. */
export function edgeName(edge: GraphEdge): string {
  return edge.id ?? `${edge.from ?? ''}->${edge.to ?? ''}`;
}

function technologiesOf(body: GraphBody): Technologies {
  const byId = new Map<string, GraphTechnology>();
  for (const technology of body.technologies ?? []) {
    if (byId.has(technology.id)) throw graphError('ADC3303', `Two technologies are called ${technology.id}`);
    byId.set(technology.id, technology);
  }
  return byId;
}

function tooLarge(what: string, limit: number): Error {
  return graphError(
    'ADC3308',
    `The graph has more than ${limit} ${what}, sub-graphs counted as often as they are used`,
  );
}
