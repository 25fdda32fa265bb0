import {
  chipGraphSchemaVersion,
  isLoop,
  quantity,
  type ChipGraph,
  type GraphEdge,
  type GraphNode,
  type GraphStep,
} from '@autodnnchip/core';
import fc from 'fast-check';

interface StateSketch {
  readonly cycles: number;
  /** 0: the node's own hardware. */
  readonly resource: number;
}

interface LoopSketch {
  readonly repeat: number;
  readonly steps: readonly StepSketch[];
}

type StepSketch = StateSketch | LoopSketch;

interface EdgeSketch {
  readonly from: number;
  readonly to: number;
  readonly producer: number;
  readonly consumer: number;
  readonly initial: number;
  readonly capacity: number | undefined;
}

export interface GraphSizes {
  readonly nodes: number;
  readonly edges: number;
  readonly largestRepeat: number;
  /** Megahertz that the graph, its nodes and its resources may have. Absent: no clocks. */
  readonly clocks?: readonly number[];
}

/** Random graphs whose tokens add up: nested loops, shared resources, feedback, bounded channels. Many deadlock. */
export function randomGraph(sizes: GraphSizes): fc.Arbitrary<ChipGraph> {
  const state = fc.record({
    cycles: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 7 })),
    resource: fc.integer({ min: 0, max: 3 }),
  });
  const step: fc.Arbitrary<StepSketch> = fc.letrec<{ step: StepSketch; loop: LoopSketch }>(tie => ({
    step: fc.oneof({ depthSize: 'small', maxDepth: 3 }, state, tie('loop')),
    loop: fc.record({
      repeat: fc.integer({ min: 1, max: sizes.largestRepeat }),
      steps: fc.array(tie('step'), { minLength: 1, maxLength: 3 }),
    }),
  })).step;
  const position = fc.nat({ max: 1000 });
  const edge: fc.Arbitrary<EdgeSketch> = fc.record({
    from: position,
    to: position,
    producer: position,
    consumer: position,
    initial: fc.integer({ min: 0, max: 3 }),
    capacity: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
  });
  const { clocks } = sizes;
  const clock: fc.Arbitrary<Clock> =
    clocks === undefined ? fc.constant(undefined) : fc.option(fc.constantFrom(...clocks), { nil: undefined });
  return fc
    .record({
      clock: clocks === undefined ? fc.constant(undefined) : fc.constantFrom(...clocks),
      nodeClocks: fc.array(clock, { minLength: sizes.nodes, maxLength: sizes.nodes }),
      resourceClocks: fc.tuple(clock, clock, clock),
      nodes: fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: sizes.nodes }),
      edges: fc.array(edge, { maxLength: sizes.edges }),
    })
    .map(({ nodes, edges, clock: ofGraph, nodeClocks, resourceClocks }) =>
      withClocks(assemble(nodes, edges), ofGraph, nodeClocks, resourceClocks),
    );
}

type Clock = number | undefined;

/** Nodes that run on resources only have no hardware that a clock could be for. */
function withClocks(
  graph: ChipGraph,
  ofGraph: Clock,
  nodeClocks: readonly Clock[],
  resourceClocks: readonly Clock[],
): ChipGraph {
  const clocked = <Item>(item: Item, megahertz: Clock): Item =>
    megahertz === undefined ? item : { ...item, clock: quantity(megahertz, 'MHz') };
  const hasOwnHardware = (steps: readonly GraphStep[]): boolean =>
    steps.some(step => (isLoop(step) ? hasOwnHardware(step.steps) : step.resource === undefined));
  return {
    ...clocked(graph, ofGraph),
    nodes: graph.nodes.map((node, index) => clocked(node, hasOwnHardware(node.steps!) ? nodeClocks[index] : undefined)),
    resources: graph.resources!.map((resource, index) => clocked(resource, resourceClocks[index])),
  };
}

interface MutableState {
  cycles: number;
  resource?: string;
  consumes: Record<string, number>;
  produces: Record<string, number>;
}

function assemble(programs: readonly (readonly StepSketch[])[], edgeSketches: readonly EdgeSketch[]): ChipGraph {
  const executions: number[][] = [];
  const states: MutableState[][] = [];
  const nodes: GraphNode[] = programs.map((program, index) => {
    executions.push([]);
    states.push([]);
    const build = (steps: readonly StepSketch[], times: number): GraphStep[] =>
      steps.map(step => {
        if ('repeat' in step) return { repeat: step.repeat, steps: build(step.steps, times * step.repeat) };
        const state: MutableState = {
          cycles: step.cycles,
          consumes: {},
          produces: {},
          ...(step.resource === 0 ? {} : { resource: `r${step.resource}` }),
        };
        executions[index].push(times);
        states[index].push(state);
        return state;
      });
    return { id: `n${index}`, class: 'compute', steps: build(program, 1) };
  });
  const edges: GraphEdge[] = edgeSketches.map((sketch, index) => {
    const id = `e${index}`;
    const from = sketch.from % nodes.length;
    const to = sketch.to % nodes.length;
    const producer = sketch.producer % states[from].length;
    const consumer = sketch.consumer % states[to].length;
    const divisor = greatestCommonDivisor(executions[from][producer], executions[to][consumer]);
    const produced = executions[to][consumer] / divisor;
    const consumed = executions[from][producer] / divisor;
    states[from][producer].produces[id] = produced;
    states[to][consumer].consumes[id] = consumed;
    const initialTokens = from < to ? (sketch.initial === 3 ? 1 : 0) : sketch.initial * consumed;
    return {
      id,
      from: `n${from}`,
      to: `n${to}`,
      initialTokens,
      ...(sketch.capacity === undefined
        ? {}
        : { capacity: quantity(Math.max(produced, consumed, initialTokens) + sketch.capacity, 'token') }),
    };
  });
  return {
    schemaVersion: chipGraphSchemaVersion,
    name: 'random',
    nodes,
    edges,
    resources: [1, 2, 3].map(number => ({ id: `r${number}`, class: 'memory' })),
  };
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

/** Seed of a property test: `RANDOM_SEED`, or another one every time, which is printed. */
export function printedSeed(what: string): number {
  const seed = Number(process.env['RANDOM_SEED'] ?? Date.now() % 2 ** 31);
  process.stdout.write(`${what}: RANDOM_SEED=${seed}\n`);
  return seed;
}
