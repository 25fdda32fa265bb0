import type { ChipGraph, GraphPrediction, IpClass, ResolvedGraph, ResolvedState } from '@autodnnchip/core';
import { commonName, type ContainerGroup, type Groups } from './groups.js';
import { programText } from './program-text.js';
import { cut, formatBits, formatNumber, formatPercent, formatQuantity } from './text.js';

/** Parts of the latency. What is left of 1 comes after the end of the node. */
export interface Shares {
  readonly busy: number;
  /** Coarse mode knows none of the three. */
  readonly waitInput: number;
  readonly waitOutput: number;
  readonly waitResource: number;
  /** With several clocks. */
  readonly waitClock: number;
}

export interface DrawnNode {
  readonly container: number;
  readonly title: string;
  readonly class: IpClass;
  /** The state machine. */
  readonly program: string;
  /** Resources that several nodes may use, as indices into the drawing's. */
  readonly resources: readonly number[];
  readonly shares: Shares | undefined;
  readonly isBottleneck: boolean;
  /** All that there is to say. */
  readonly tooltip: string;
}

export interface DrawnEdge {
  /** Index of a node, or -1: outside. */
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
  readonly tooltip: string;
}

export interface DrawnResource {
  readonly title: string;
  readonly class: IpClass;
  readonly facts: readonly string[];
  readonly isBottleneck: boolean;
}

export interface Drawing {
  readonly title: string;
  readonly subtitle: string | undefined;
  readonly facts: readonly string[];
  readonly containers: readonly ContainerGroup[];
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
  readonly resources: readonly DrawnResource[];
  readonly hasSeveralClocks: boolean;
  /** Mode of the prediction that is shown. */
  readonly mode: GraphPrediction['mode'] | undefined;
}

/** What is to be drawn, as text and numbers. */
export function describeDrawing(
  graph: ChipGraph,
  resolved: ResolvedGraph,
  grouped: Groups,
  prediction: GraphPrediction | undefined,
): Drawing {
  const resources = describeResources(resolved, grouped.groups.length < resolved.nodes.length, prediction);
  return {
    title: graph.name,
    subtitle: graph.title,
    facts: describeFacts(resolved, grouped, prediction),
    containers: grouped.containers,
    nodes: describeNodes(resolved, grouped, resources.indexOf, prediction),
    edges: describeEdges(resolved, grouped),
    resources: resources.drawn,
    hasSeveralClocks: resolved.hyperperiodTicks > 1,
    mode: prediction?.mode,
  };
}

function describeFacts(
  resolved: ResolvedGraph,
  { groups }: Groups,
  prediction: GraphPrediction | undefined,
): readonly string[] {
  const { nodes, edges, clockHertz } = resolved;
  const folded =
    groups.length === nodes.length
      ? ''
      : `, those of equal structure in one box (${formatNumber(groups.length)} boxes)`;
  const facts = [`${formatNumber(nodes.length)} nodes, ${formatNumber(edges.length)} edges${folded}`];
  if (clockHertz !== undefined) facts.push(`clock ${formatNumber(clockHertz / 1e6)} MHz`);
  if (prediction === undefined) return facts;
  const { mode, latencyCycles, latencyUpperBoundCycles, latencySeconds, energyPicojoules } = prediction;
  const bound = latencyUpperBoundCycles === undefined ? '' : ` to ${formatNumber(latencyUpperBoundCycles)}`;
  const seconds = latencySeconds === undefined ? '' : ` = ${formatQuantity(latencySeconds, 's')}`;
  facts.push(`${mode} mode: ${formatNumber(latencyCycles)}${bound} cycles${seconds}`);
  if (energyPicojoules > 0) facts.push(`energy ${formatQuantity(energyPicojoules * 1e-12, 'J')}`);
  return facts;
}

interface Resources {
  readonly drawn: readonly DrawnResource[];
  /** By resource of the graph; -1: the own hardware of a node. */
  readonly indexOf: Int32Array;
}

/** Folded, resources that are equal but for numbers in their names are one. */
function describeResources(
  resolved: ResolvedGraph,
  isFolded: boolean,
  prediction: GraphPrediction | undefined,
): Resources {
  const ownHardware = new Set(resolved.nodes.map(({ id }) => id));
  const indexOf = new Int32Array(resolved.resources.length).fill(-1);
  const groups: number[][] = [];
  const groupIndex = new Map<string, number>();
  for (const [
    index,
    { id, class: ipClass, picojoulesPerBusyCycle, staticWatts, periodTicks },
  ] of resolved.resources.entries()) {
    if (ownHardware.has(id)) continue;
    const key = isFolded
      ? `${ipClass} ${picojoulesPerBusyCycle} ${staticWatts} ${periodTicks} ${id.replace(/\d+/g, '#')}`
      : id;
    let group = groupIndex.get(key);
    if (group === undefined) groupIndex.set(key, (group = groups.push([]) - 1));
    groups[group].push(index);
    indexOf[index] = group;
  }
  const users = countUsers(resolved);
  return { indexOf, drawn: groups.map(members => describeResource(members, resolved, users, prediction)) };
}

function describeResource(
  members: readonly number[],
  { resources, ticksPerCycle }: ResolvedGraph,
  users: Int32Array,
  prediction: GraphPrediction | undefined,
): DrawnResource {
  const { class: ipClass, picojoulesPerBusyCycle, staticWatts, periodTicks, clockHertz = 0 } = resources[members[0]];
  const each = members.length === 1 ? '' : ' each';
  const name = commonName(members.map(member => resources[member].id));
  const using = members.reduce((sum, member) => sum + users[member], 0);
  const facts = [
    using === 1 ? '1 node uses it' : `${formatNumber(using)} nodes use ${members.length === 1 ? 'it' : 'them'}`,
  ];
  if (periodTicks !== ticksPerCycle) facts.push(`at ${formatNumber(clockHertz / 1e6)} MHz`);
  if (picojoulesPerBusyCycle > 0)
    facts.push(`${formatQuantity(picojoulesPerBusyCycle * 1e-12, 'J')} a busy cycle${each}`);
  if (staticWatts > 0) facts.push(`${formatQuantity(staticWatts, 'W')} static${each}`);
  if (prediction !== undefined) {
    const busy = members.reduce((sum, member) => sum + prediction.resources[member].busyCycles, 0);
    facts.push(`busy ${formatPercent(busy / members.length / prediction.latencyCycles)}${each}`);
  }
  return {
    title: members.length === 1 ? name : `${formatNumber(members.length)} × ${name}`,
    class: ipClass,
    facts,
    isBottleneck: members.some(member => prediction?.bottleneckResource === resources[member].id),
  };
}

function countUsers({ nodes, resources }: ResolvedGraph): Int32Array {
  const users = new Int32Array(resources.length);
  for (const { states } of nodes)
    for (const resource of new Set(states.map(state => state.resource))) users[resource]++;
  return users;
}

function describeNodes(
  resolved: ResolvedGraph,
  { groups }: Groups,
  drawnResource: Int32Array,
  prediction: GraphPrediction | undefined,
): readonly DrawnNode[] {
  return groups.map(({ container, members }): DrawnNode => {
    const first = resolved.nodes[members[0]];
    const names = members.map(member => resolved.nodes[member].id);
    const name = commonName(members.length === 1 ? names : names.map(id => id.slice(id.lastIndexOf('/') + 1)));
    const title =
      members.length === 1
        ? first.id.slice(first.id.lastIndexOf('/') + 1)
        : `${formatNumber(members.length)} × ${name}`;
    const resourceName = (state: ResolvedState): string | undefined => {
      if (drawnResource[state.resource] < 0) return undefined;
      const position = first.states.indexOf(state);
      return commonName(members.map(member => resolved.resources[resolved.nodes[member].states[position].resource].id));
    };
    const own = first.states.find(({ resource }) => drawnResource[resource] < 0)?.resource;
    const { clockHertz = 0, periodTicks } = resolved.resources[own ?? first.states[0].resource];
    const atClock =
      own === undefined || periodTicks === resolved.ticksPerCycle ? '' : ` at ${formatNumber(clockHertz / 1e6)} MHz`;
    const program = programText(first, resourceName) + atClock;
    const used = new Set(
      members
        .flatMap(member => resolved.nodes[member].states.map(({ resource }) => drawnResource[resource]))
        .filter(resource => resource >= 0),
    );
    const shares = prediction === undefined ? undefined : averageShares(members, prediction);
    return {
      container,
      title,
      class: first.class,
      program,
      resources: [...used],
      shares,
      isBottleneck: prediction !== undefined && names.includes(prediction.bottleneck),
      tooltip: [
        `${members.length === 1 ? first.id : title} (${first.class})`,
        program,
        ...(shares === undefined ? [] : [describeShares(shares)]),
      ].join('\n'),
    };
  });
}

function averageShares(members: readonly number[], { nodes, latencyCycles }: GraphPrediction): Shares {
  const total = latencyCycles * members.length;
  const share = (cyclesOf: (node: GraphPrediction['nodes'][number]) => number): number =>
    members.reduce((sum, member) => sum + cyclesOf(nodes[member]), 0) / total;
  return {
    busy: share(({ busyCycles }) => busyCycles),
    waitInput: share(({ waitInputCycles = 0 }) => waitInputCycles),
    waitOutput: share(({ waitOutputCycles = 0 }) => waitOutputCycles),
    waitResource: share(({ waitResourceCycles = 0 }) => waitResourceCycles),
    waitClock: share(({ waitClockCycles = 0 }) => waitClockCycles),
  };
}

/** Shares in words, the zero ones left out. */
export function describeShares({ busy, waitInput, waitOutput, waitResource, waitClock }: Shares): string {
  const waits = (
    [
      ['input', waitInput],
      ['room', waitOutput],
      ['resource', waitResource],
      ['clock', waitClock],
    ] as const
  )
    .filter(([, share]) => share > 0)
    .map(([what, share]) => `${what} ${formatPercent(share)}`);
  return [`busy ${formatPercent(busy)}`, ...waits].join(', ');
}

function describeEdges({ edges, nodes }: ResolvedGraph, { groups, groupOf }: Groups): readonly DrawnEdge[] {
  const isFolded = groups.length < nodes.length;
  const bundles = new Map<string, number[]>();
  for (const [index, { from, to, capacityTokens, precisionBits, initialTokens }] of edges.entries()) {
    const ends = [from, to].map(node => (node < 0 ? -1 : groupOf[node]));
    const key = isFolded ? `${ends.join(' ')} ${capacityTokens} ${precisionBits} ${initialTokens}` : String(index);
    const bundle = bundles.get(key);
    if (bundle === undefined) bundles.set(key, [index]);
    else bundle.push(index);
  }
  const nameOf = (node: number): string => (node < 0 ? 'outside' : nodes[node].id);
  return [...bundles.values()].map((members): DrawnEdge => {
    const { id, from, to, capacityTokens, precisionBits, initialTokens, producedTokens, consumedTokens } =
      edges[members[0]];
    const tokens = members.reduce(
      (sum, member) => sum + Math.max(edges[member].producedTokens, edges[member].consumedTokens),
      0,
    );
    const volumes = members.map(member => edges[member].volumeBits);
    const bits = volumes.includes(undefined) ? undefined : volumes.reduce((sum: number, volume) => sum + volume!, 0);
    const carried =
      bits === undefined ? `${formatNumber(tokens)} ${tokens === 1 ? 'token' : 'tokens'}` : formatBits(bits);
    const isPlain = members.length === 1 && bits === undefined && Math.max(producedTokens, consumedTokens) === 1;
    const lines = [
      ...(members.length > 1 ? [`${formatNumber(members.length)} edges`] : []),
      ...(isPlain ? [] : [precisionBits === undefined ? carried : `${carried}, ${precisionBits}-bit`]),
      ...(capacityTokens === Infinity ? [] : [`room for ${formatNumber(capacityTokens)}`]),
      ...(initialTokens === 0 ? [] : [`${formatNumber(initialTokens)} at the start`]),
    ];
    const called = members.length > 1 ? `${members.length} edges, ${id} …` : id;
    return {
      from: from < 0 ? -1 : groupOf[from],
      to: to < 0 ? -1 : groupOf[to],
      lines,
      tooltip: [
        `${cut(called, 200)}: ${nameOf(from)} to ${nameOf(to)}`,
        `${formatNumber(tokens)} tokens`,
        ...lines,
      ].join('\n'),
    };
  });
}
