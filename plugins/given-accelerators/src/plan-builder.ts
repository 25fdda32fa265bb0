import {
  buildChipGraph,
  quantity,
  type ChipGraph,
  type GraphEdge,
  type GraphNode,
  type GraphResource,
  type IpClass,
  type LayerLimit,
} from '@autodnnchip/core';
import type { LayerWork } from './layer-work.js';
import type { AcceleratorPlan, LayerPlan, PlannedNode } from './model.js';
import { nodeNamer } from './node-names.js';
import { stageSteps } from './stage-program.js';

/** A part of a layer's work that one resource does, tile by tile. */
export interface Stage {
  readonly id: string;
  readonly resource: string;
  readonly class: IpClass;
  /** Of all tiles together; a stage takes at least a cycle per tile. */
  readonly cycles: number;
  /** How often it runs: as often as the stages that it depends on, or one of the two only once. */
  readonly tiles: number;
  readonly limit: LayerLimit;
  readonly energyPicojoules?: number;
  /** Stages of the layer whose tile it needs; absent: the one before it in the list. */
  readonly after?: readonly string[];
  /**
   * What must be done before its first tile: the layers that make its feature maps (usual for the first stage), the
   * whole layer before, or nothing (usual for others).
   */
  readonly waitsFor?: 'producers' | 'previousLayer' | 'nothing';
  /** Tiles of its output that there is room for; absent: 2, a double buffer. */
  readonly room?: number;
  /** Data that it hands on, bytes; a note for whoever reads the graph. */
  readonly outputBytes?: number;
}

/** Executions of a stage that do the same: a stage that goes through several kinds of tiles has a phase for each. */
export interface Phase {
  readonly tiles: number;
  /** Of all tiles together, at least one each. */
  readonly cycles: number;
  readonly energyPicojoules?: number;
  /** Flows that it takes a token from, at its first tile or at each. */
  readonly takes?: Readonly<Record<string, 'first' | 'each'>>;
  /** Flows that it gives a token to, at each tile or at its last. */
  readonly gives?: Readonly<Record<string, 'each' | 'last'>>;
}

/**
 * A stage that runs through phases in turn. Of stages that want a resource at the same time, the one that comes first
 * in the list gets it.
 */
export interface PhasedStage extends Pick<Stage, 'id' | 'resource' | 'class' | 'limit' | 'waitsFor'> {
  readonly phases: readonly Phase[];
}

/** Tokens from one phased stage to another, by the name that phases use. */
export interface PhaseFlow {
  readonly from: string;
  readonly to: string;
  /** Tokens that there is room for; absent: 2, a double buffer. */
  readonly room?: number;
}

/** What is known of a layer beside its stages. */
export type LayerFigures = Pick<
  LayerPlan,
  'readBytes' | 'writtenBytes' | 'bufferBytes' | 'multiplicationShare' | 'activeElements'
>;

/**
 * Collects layers in execution order and makes the graph of them. A layer that runs elsewhere is refused, whatever it
 * is given.
 */
export interface PlanBuilder {
  /** Work that comes before all layers. */
  start(stage: Pick<Stage, 'id' | 'resource' | 'class' | 'cycles' | 'limit' | 'energyPicojoules'>): void;
  /** A layer in stages; the last one ends it. */
  layer(layer: LayerWork, stages: readonly Stage[], figures: LayerFigures): void;
  /**
   * A layer in stages that go through phases; the last stage ends it. Phases name flows, and every flow is given as
   * many tokens as are taken.
   */
  phasedLayer(
    layer: LayerWork,
    stages: readonly PhasedStage[],
    flows: Readonly<Record<string, PhaseFlow>>,
    figures: LayerFigures,
  ): void;
  /** A layer that takes no time: readers of its output wait for its producers. */
  free(layer: LayerWork): void;
  /** A layer that the accelerator does not run. */
  refuse(layer: LayerWork, reason: string): void;
  plan(rest: Pick<AcceleratorPlan, 'energyKnown'>): AcceleratorPlan;
}

export interface PlanOptions {
  readonly name: string;
  readonly clockMegahertz: number;
  /**
   * Hardware that stages run on. Stages of the same name on the same hardware run in the order in which layers were
   * added; others share it tile by tile.
   */
  readonly resources: readonly GraphResource[];
}

interface MutablePhase extends Pick<Phase, 'tiles' | 'cycles' | 'energyPicojoules'> {
  /** Tokens by edge, where they are others than one to the node's first execution or one from its last. */
  consumesFirst?: Record<string, number>;
  consumesEach?: Record<string, number>;
  producesEach?: Record<string, number>;
  producesLast?: Record<string, number>;
}

type NodeStage = Pick<Stage, 'id' | 'resource' | 'class'>;

interface MutableNode {
  readonly id: string;
  readonly stage: NodeStage;
  readonly first: MutablePhase;
  readonly last: MutablePhase;
  readonly phases: readonly MutablePhase[];
}

export function buildPlan({ name, clockMegahertz, resources }: PlanOptions): PlanBuilder {
  const nodes: MutableNode[] = [];
  const edges = new Map<string, GraphEdge>();
  const layers: LayerPlan[] = [];
  const start: PlannedNode[] = [];
  /** By layer: the nodes whose end is the end of the layer. */
  const ends: (readonly MutableNode[])[] = [];
  const lastOn = new Map<string, MutableNode>();
  const uniqueName = nodeNamer();
  let startEnd: readonly MutableNode[] = [];
  let previousEnd: readonly MutableNode[] = [];

  /**
   * One token, when the first node ends, that the second needs to begin: what a graph does with an edge that no state
   * names.
   */
  const order = (from: MutableNode, to: MutableNode): void => {
    const id = `${from.id} > ${to.id}`;
    if (from === to || edges.has(id)) return;
    edges.set(id, { id, from: from.id, to: to.id });
  };

  /** A token per tile; where one side runs once, it moves the tokens of all tiles. */
  const flow = (
    from: MutableNode,
    to: MutableNode,
    { room = 2, outputBytes }: Pick<Stage, 'room' | 'outputBytes'>,
  ): void => {
    const id = `${from.id} => ${to.id}`;
    const [produced, consumed] = [from.first.tiles, to.first.tiles];
    const volume =
      outputBytes === undefined || outputBytes < 1
        ? {}
        : { volume: quantity(Math.round(outputBytes), 'byte'), precisionBits: 8 };
    if (produced === consumed) {
      edges.set(id, { id, from: from.id, to: to.id, capacity: quantity(room, 'token'), ...volume });
      if (produced === 1) return;
      (from.first.producesEach ??= {})[id] = 1;
      (to.first.consumesEach ??= {})[id] = 1;
    } else if (produced === 1 || consumed === 1) {
      edges.set(id, { id, from: from.id, to: to.id, ...volume });
      if (produced === 1) return;
      (from.first.producesEach ??= {})[id] = 1;
      (to.first.consumesFirst ??= {})[id] = produced;
    } else {
      throw new Error(`Stage ${to.id} runs ${consumed} times and depends on ${from.id}, which runs ${produced} times`);
    }
  };

  const addNode = (
    id: string,
    stage: NodeStage,
    [first, ...rest]: readonly [MutablePhase, ...MutablePhase[]],
  ): MutableNode => {
    const node: MutableNode = { id, stage, first, last: rest.at(-1) ?? first, phases: [first, ...rest] };
    const engine = `${stage.resource}\n${stage.id}`;
    const before = lastOn.get(engine);
    if (before !== undefined) order(before, node);
    lastOn.set(engine, node);
    nodes.push(node);
    return node;
  };

  const endsOf = (producers: readonly number[]): readonly MutableNode[] => [
    ...new Set(producers.flatMap(producer => (producer < 0 ? startEnd : ends[producer]))),
  ];

  const wait = (layer: LayerWork, node: MutableNode, waitsFor: NonNullable<Stage['waitsFor']>): void => {
    if (waitsFor === 'producers') for (const end of endsOf(layer.producers)) order(end, node);
    if (waitsFor === 'previousLayer') for (const end of previousEnd) order(end, node);
  };

  const refuse = (layer: LayerWork, reason: string): void => {
    ends.push(endsOf(layer.producers));
    layers.push({ layer, nodes: [], refused: reason, readBytes: 0, writtenBytes: 0 });
  };

  const finish = (
    layer: LayerWork,
    stages: readonly Pick<Stage, 'limit'>[],
    own: readonly MutableNode[],
    figures: LayerFigures,
  ): void => {
    const end = own.slice(-1);
    previousEnd = end.length === 0 ? previousEnd : end;
    ends.push(end.length === 0 ? endsOf(layer.producers) : end);
    layers.push({ layer, nodes: own.map(({ id }, index) => ({ id, limit: stages[index].limit })), ...figures });
  };

  return {
    start(stage) {
      const node = addNode(uniqueName(stage.id), stage, [toPhase({ ...stage, tiles: 1 })]);
      startEnd = [node];
      previousEnd = startEnd;
      start.push({ id: node.id, limit: stage.limit });
    },
    layer(layer, stages, figures) {
      if (layer.elsewhere !== undefined) {
        refuse(layer, layer.elsewhere);
        return;
      }
      const prefix = uniqueName(layer.name);
      const own = new Map<string, MutableNode>();
      stages.forEach((stage, index) => {
        const node = addNode(`${prefix}: ${stage.id}`, stage, [toPhase(stage)]);
        wait(layer, node, stage.waitsFor ?? (index === 0 ? 'producers' : 'nothing'));
        for (const id of stage.after ?? stages.slice(index - 1, index).map(before => before.id)) {
          const source = own.get(id);
          if (source === undefined) throw new Error(`Stage ${node.id} depends on ${id}, which does not come before it`);
          flow(source, node, stages.find(before => before.id === id) ?? {});
        }
        own.set(stage.id, node);
      });
      finish(layer, stages, [...own.values()], figures);
    },
    phasedLayer(layer, stages, flows, figures) {
      if (layer.elsewhere !== undefined) {
        refuse(layer, layer.elsewhere);
        return;
      }
      const prefix = uniqueName(layer.name);
      const flowId = (name: string): string => `${prefix}: ${name}`;
      const own = stages.map((stage, index) => {
        const [first, ...rest] = stage.phases.map(phase => toPhase(phase, flowId));
        const node = addNode(`${prefix}: ${stage.id}`, stage, [first, ...rest]);
        wait(layer, node, stage.waitsFor ?? (index === 0 ? 'producers' : 'nothing'));
        return node;
      });
      for (const [name, { from, to, room = 2 }] of Object.entries(flows)) {
        edges.set(flowId(name), {
          id: flowId(name),
          from: `${prefix}: ${from}`,
          to: `${prefix}: ${to}`,
          capacity: quantity(room, 'token'),
        });
      }
      finish(layer, stages, own, figures);
    },
    free(layer) {
      if (layer.elsewhere !== undefined) {
        refuse(layer, layer.elsewhere);
        return;
      }
      ends.push(endsOf(layer.producers));
      layers.push({ layer, nodes: [], readBytes: 0, writtenBytes: 0 });
    },
    refuse,
    plan: rest => ({ graph: assemble(), layers, start, ...rest }),
  };

  function assemble(): ChipGraph {
    const graph = buildChipGraph({ name, clock: quantity(clockMegahertz, 'MHz') });
    for (const resource of resources) graph.resource(resource);
    for (const node of nodes) graph.node(toGraphNode(node));
    for (const edge of edges.values()) graph.edge(edge);
    return graph.graph();
  }
}

function toPhase(
  { tiles, cycles, energyPicojoules, takes, gives }: Phase,
  flowId = (name: string): string => name,
): MutablePhase {
  const at = (uses: Readonly<Record<string, string>>, when: string): Record<string, number> =>
    Object.fromEntries(
      Object.entries(uses)
        .filter(([, used]) => used === when)
        .map(([name]) => [flowId(name), 1]),
    );
  return {
    tiles,
    cycles,
    ...(energyPicojoules === undefined ? {} : { energyPicojoules }),
    ...(takes === undefined ? {} : { consumesFirst: at(takes, 'first'), consumesEach: at(takes, 'each') }),
    ...(gives === undefined ? {} : { producesEach: at(gives, 'each'), producesLast: at(gives, 'last') }),
  };
}

function toGraphNode({ id, stage, phases }: MutableNode): GraphNode {
  const { resource } = stage;
  return {
    id,
    class: stage.class,
    steps: phases.flatMap(phase => stageSteps({ resource, ...phase, energyPicojoules: phase.energyPicojoules ?? 0 })),
  };
}
