import { isLoop, type Costed, type GraphNode, type GraphStep, type TokenCounts } from './chip-graph.js';
import type { FlatEdge } from './flat-edge.js';
import { graphError, listNames } from './graph-errors.js';
import { graphLimits } from './limits.js';
import type { EnergyUnit } from './quantity.js';
import type { ResolvedState, ResolvedStep, TokenFlow } from './resolved-graph.js';

/** What a node's state machine can refer to. */
export interface ProgramScope {
  /** Flat identifier of the node, for messages. */
  readonly nodeId: string;
  /** Index of a resource by the name that it has in the node's graph; undefined: there is none. */
  readonly resource: (name: string) => number | undefined;
  readonly resourceNames: () => readonly string[];
  /** Index of the node's own hardware; asked for only when a state uses it. */
  readonly ownResource: () => number;
  /** Picojoules of the node's technology. */
  readonly picojoules: (energy: Costed<EnergyUnit>) => number;
  readonly inEdges: readonly NamedEdge[];
  readonly outEdges: readonly NamedEdge[];
}

/** An edge with the name that it has in the graph of a node: its own, or the port that it is connected to. */
export interface NamedEdge {
  readonly name: string;
  readonly edge: FlatEdge;
}

export interface ResolvedProgram {
  readonly steps: readonly ResolvedStep[];
  readonly states: readonly ResolvedState[];
}

const noFlow: readonly TokenFlow[] = [];

/** Looks up the names in a node's state machine, and counts the tokens that its edges carry in the whole run. */
export function resolveProgram(node: GraphNode, scope: ProgramScope, firstState: number): ResolvedProgram {
  const steps = node.steps ?? [];
  const named = new Set<string>();
  const stateCount = collectNames(steps, named, scope.nodeId);
  const unnamedIn = unnamed(scope.inEdges, named, '< ');
  const unnamedOut = unnamed(scope.outEdges, named, '> ');
  const inEdges = byName(scope.inEdges, named);
  const outEdges = byName(scope.outEdges, named);
  const states: ResolvedState[] = [];

  const flow = (
    counts: TokenCounts | undefined,
    edges: ReadonlyMap<string, FlatEdge>,
    byDefault: readonly NamedEdge[],
    verb: 'consumes' | 'produces',
    executions: number,
  ): readonly TokenFlow[] => {
    if (counts === undefined && byDefault.length === 0) return noFlow;
    const flows: TokenFlow[] = [];
    const add = (edge: FlatEdge, tokens: number): void => {
      flows.push({ edge: edge.index, tokens });
      if (verb === 'consumes') edge.noteConsumption(firstState + states.length, tokens, executions);
      else edge.noteProduction(firstState + states.length, tokens, executions);
    };
    for (const [name, tokens] of Object.entries(counts ?? {})) {
      const edge = edges.get(name);
      if (edge === undefined) {
        const kind = verb === 'consumes' ? 'in-edge' : 'out-edge';
        throw graphError(
          'ADC3304',
          `Node ${scope.nodeId} ${verb} tokens of ${name}, which is no ${kind} of it (${kind}s: ${listNames([...edges.keys()])})`,
          scope.nodeId,
        );
      }
      add(edge, tokens);
    }
    for (const { edge } of byDefault) add(edge, 1);
    return flows;
  };

  const resolveSteps = (inner: readonly GraphStep[], executions: number): readonly ResolvedStep[] =>
    inner.map(step => {
      if (isLoop(step)) return { repeat: step.repeat, steps: resolveSteps(step.steps, executions * step.repeat) };
      const position = states.length;
      const state: ResolvedState = {
        name: step.name,
        resource: step.resource === undefined ? scope.ownResource() : findResource(step.resource, scope),
        cycles: step.cycles,
        picojoules: step.energy === undefined ? 0 : scope.picojoules(step.energy),
        executions,
        consumes: flow(step.consumes, inEdges, position === 0 ? unnamedIn : [], 'consumes', executions),
        produces: flow(step.produces, outEdges, position === stateCount - 1 ? unnamedOut : [], 'produces', executions),
      };
      states.push(state);
      return state;
    });

  return { steps: resolveSteps(steps, 1), states };
}

function findResource(name: string, scope: ProgramScope): number {
  const index = scope.resource(name);
  if (index !== undefined) return index;
  throw graphError(
    'ADC3304',
    `Node ${scope.nodeId} uses a resource ${name} that is not there (resources: ${listNames(scope.resourceNames())})`,
    scope.nodeId,
  );
}

/** Adds the edges that states name, and returns the number of states. */
function collectNames(steps: readonly GraphStep[], named: Set<string>, nodeId: string, depth = 0): number {
  if (depth > graphLimits.loopDepth)
    throw graphError(
      'ADC3308',
      `Node ${nodeId} has more than ${graphLimits.loopDepth} loops within one another`,
      nodeId,
    );
  let count = 0;
  for (const step of steps) {
    if (isLoop(step)) {
      count += collectNames(step.steps, named, nodeId, depth + 1);
      continue;
    }
    count++;
    for (const name in step.consumes) named.add(`< ${name}`);
    for (const name in step.produces) named.add(`> ${name}`);
  }
  return count;
}

function unnamed(edges: readonly NamedEdge[], named: ReadonlySet<string>, prefix: '< ' | '> '): readonly NamedEdge[] {
  return named.size === 0 ? edges : edges.filter(({ name }) => !named.has(prefix + name));
}

const noEdges: ReadonlyMap<string, FlatEdge> = new Map();

function byName(edges: readonly NamedEdge[], named: ReadonlySet<string>): ReadonlyMap<string, FlatEdge> {
  return named.size === 0 ? noEdges : new Map(edges.map(({ name, edge }) => [name, edge]));
}
