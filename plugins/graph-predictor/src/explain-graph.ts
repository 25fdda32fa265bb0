import {
  ChipError,
  explainedFiguresOf,
  explaining,
  figuresOf,
  resolveChipGraph,
  type ChipGraph,
  type Explained,
  type ExplanationInput,
  type GraphExplanation,
  type GraphNodePrediction,
  type GraphPrediction,
  type ResolvedGraph,
  type ResolvedState,
  type ResolveOptions,
} from '@autodnnchip/core';
import { definition, explainCost, statedCosts, type ExplainedCost } from './explain-costs.js';

/**
 * A graph's prediction with where each number comes from. Sums and products are those of `summarize`; every value is
 * held against the prediction, so that no explanation can differ from what was predicted.
 */
export function explainGraphPrediction(
  graph: ChipGraph,
  prediction: GraphPrediction,
  options: ResolveOptions,
): GraphExplanation {
  const explained = new GraphExplainer(graph, resolveChipGraph(graph, options), prediction, options).explain();
  const told = explainedFiguresOf(explained).byPath;
  for (const [path, value] of figuresOf(prediction).byPath) {
    if (told.get(path)?.value !== value)
      throw new ChipError(
        'ADC9001',
        `The explanation of ${path} gives ${told.get(path)?.value}, predicted are ${value}.`,
      );
  }
  return { prediction, explained };
}

/** A state with what its executions add up to. */
interface StateTerms {
  /** Time in which it is busy: cycles, or ticks where the graph has several clocks. */
  readonly time: ExplanationInput;
  readonly whileBusy: ExplanationInput;
  readonly executions: ExplanationInput;
}

type WholeFigures = Pick<
  Explained<GraphPrediction>,
  | 'latencyCycles'
  | 'latencyUpperBoundCycles'
  | 'clockMegahertz'
  | 'latencySeconds'
  | 'powerMilliwatts'
  | 'energyPicojoules'
  | 'staticEnergyPicojoules'
>;

class GraphExplainer {
  readonly #resolved: ResolvedGraph;
  readonly #prediction: GraphPrediction;
  readonly #clockHertz: ExplanationInput | undefined;
  readonly #costs: readonly ExplainedCost[];
  readonly #ofNode: readonly (readonly StateTerms[])[];
  readonly #ofResource: readonly (readonly StateTerms[])[];

  constructor(graph: ChipGraph, resolved: ResolvedGraph, prediction: GraphPrediction, options: ResolveOptions) {
    this.#resolved = resolved;
    this.#prediction = prediction;
    const clock = (figure: string, hertz: number | undefined, source: string): ExplanationInput | undefined =>
      hertz === undefined ? undefined : explaining.constant(figure, hertz, { unit: 'Hz', kind: 'given', source });
    this.#clockHertz = clock(
      'clock of the graph',
      resolved.clockHertz,
      graph.clock?.source ?? `the graph ${graph.name}`,
    );
    const costs = statedCosts(graph);
    this.#costs = resolved.resources.map(resource =>
      explainCost(
        resource,
        costs.get(resource.id),
        resource.clockHertz === resolved.clockHertz
          ? this.#clockHertz
          : clock(`clock of ${resource.id}`, resource.clockHertz, `the graph ${graph.name}`),
        options,
      ),
    );
    const ofResource: StateTerms[][] = resolved.resources.map(() => []);
    this.#ofNode = resolved.nodes.map(({ id, states }) =>
      states.map((state, index) => {
        const terms = this.#terms(state, `${state.name ?? `state ${index + 1}`} of ${id}`);
        ofResource[state.resource].push(terms);
        return terms;
      }),
    );
    this.#ofResource = ofResource;
  }

  explain(): Explained<GraphPrediction> {
    const { nodes, resources, simulation, graph, mode, bottleneck, bottleneckResource } = this.#prediction;
    const latency = this.#latency();
    const latencyCycles = this.#cycles('latencyCycles', latency);
    const counted = (figure: string, value: number, source: string): ExplanationInput =>
      explaining.constant(figure, value, { unit: '1', kind: 'counted', source });
    return {
      graph,
      mode,
      ...this.#whole(latencyCycles),
      nodes: nodes.map((node, index) => this.#node(node, this.#ofNode[index], latency)),
      resources: resources.map(({ id, class: ipClass, clockMegahertz }, index) => ({
        id,
        class: ipClass,
        ...(clockMegahertz === undefined
          ? {}
          : {
              clockMegahertz: explaining.apply('quotient', 'clockMegahertz', 'MHz', [
                explaining.constant(`clock of ${id}`, this.#resolved.resources[index].clockHertz ?? 0, {
                  unit: 'Hz',
                  kind: 'given',
                  source: `the graph ${graph}`,
                }),
                definition('hertz in a megahertz', 1e6, 'Hz/MHz'),
              ]),
            }),
        ...this.#busyAndIdle(this.#ofResource[index], latency),
        energyPicojoules: this.#resourceEnergy(index),
      })),
      bottleneck,
      bottleneckResource,
      ...(simulation === undefined
        ? {}
        : {
            simulation: {
              states: counted('states', simulation.states, 'states of all nodes'),
              simulatedExecutions: counted(
                'simulatedExecutions',
                simulation.simulatedExecutions,
                'executions that the fine mode stepped through',
              ),
              totalExecutions: counted('totalExecutions', simulation.totalExecutions, 'executions of all states'),
            },
          }),
    };
  }

  #terms({ cycles, executions, picojoules, resource }: ResolvedState, state: string): StateTerms {
    const given = (figure: string, value: number, unit: string): ExplanationInput =>
      explaining.constant(figure, value, { unit, kind: 'given', source: 'state machine of the graph' });
    const times = given(`executions of ${state}`, executions, 'execution');
    const busy = explaining.apply('product', `busy cycles of ${state}`, 'cycle', [
      given(`cycles of ${state}`, cycles, 'cycle'),
      times,
    ]);
    const { periodTicks } = this.#resolved.resources[resource];
    return {
      time:
        periodTicks === 1
          ? busy
          : explaining.apply('product', `busy ticks of ${state}`, 'tick', [
              busy,
              definition('ticks of a cycle of its clock', periodTicks, 'tick/cycle'),
            ]),
      whileBusy: explaining.apply('product', `energy while busy with ${state}`, 'pJ', [
        busy,
        this.#costs[resource].picojoulesPerBusyCycle,
      ]),
      executions: explaining.apply('product', `energy of executions of ${state}`, 'pJ', [
        given(`energy of ${state}`, picojoules, 'pJ'),
        times,
      ]),
    };
  }

  /** Cycles of the graph's clock: the time itself, or ticks over those of a cycle. */
  #cycles(figure: string, time: ExplanationInput): ExplanationInput {
    const { ticksPerCycle } = this.#resolved;
    return ticksPerCycle === 1
      ? explaining.named(figure, time)
      : explaining.apply('quotient', figure, 'cycle', [
          time,
          definition("ticks of a cycle of the graph's clock", ticksPerCycle, 'tick/cycle'),
        ]);
  }

  #busyAndIdle(
    states: readonly StateTerms[],
    latency: ExplanationInput,
  ): { readonly busyCycles: ExplanationInput; readonly idleCycles: ExplanationInput } {
    const time = busyTime(states);
    return {
      busyCycles: this.#cycles('busyCycles', time),
      idleCycles: this.#cycles('idleCycles', explaining.apply('difference', 'idle time', time.unit, [latency, time])),
    };
  }

  /** In ticks; they are cycles where there is one clock. */
  #latency(): ExplanationInput {
    const { mode, latencyCycles, nodes, bottleneckResource } = this.#prediction;
    const { ticksPerCycle, resources } = this.#resolved;
    const [figure, ticks, unit] =
      ticksPerCycle === 1
        ? (['latencyCycles', latencyCycles, 'cycle'] as const)
        : (['latency', Math.round(latencyCycles * ticksPerCycle), 'tick'] as const);
    if (mode === 'fine') {
      const last = nodes.findIndex(({ finishCycle }) => finishCycle === latencyCycles);
      const inputs = last < 0 ? [] : [explaining.named(`busy time of ${nodes[last].id}`, busyTime(this.#ofNode[last]))];
      return explaining.procedure(
        figure,
        ticks,
        unit,
        `event-driven run of all state machines (docs/chip-graph.md)${last < 0 ? '' : `; ${nodes[last].id} ends last`}`,
        inputs,
      );
    }
    const busiest = resources.findIndex(({ id }) => id === bottleneckResource);
    const formula =
      'longest of the critical path over first and last tokens, and of what each resource has to do between its earliest start and what follows (docs/chip-graph.md)';
    return explaining.procedure(figure, ticks, unit, formula, [
      explaining.named(`busy time of ${bottleneckResource}`, busyTime(this.#ofResource[busiest])),
    ]);
  }

  #whole(latencyCycles: ExplanationInput): WholeFigures {
    const { nodes, resources } = this.#resolved;
    const hertz = this.#clockHertz;
    const seconds =
      hertz === undefined
        ? definition('seconds of a graph without a clock', 0, 's')
        : explaining.apply('quotient', 'latencySeconds', 's', [latencyCycles, hertz]);
    const watts = explaining.apply(
      'sum',
      'static power',
      'W',
      this.#costs.map(({ staticWatts }) => staticWatts),
    );
    const staticEnergyPicojoules = explaining.apply('product', 'staticEnergyPicojoules', 'pJ', [
      watts,
      seconds,
      definition('picojoules in a joule', 1e12, 'pJ/J'),
    ]);
    const busy = explaining.apply(
      'sum',
      'energy while busy',
      'pJ',
      resources.map(({ id }, index) => explaining.named(`energy of ${id}`, this.#resourceEnergy(index))),
    );
    const energyPicojoules = explaining.apply('sum', 'energyPicojoules', 'pJ', [busy, staticEnergyPicojoules]);
    const bound = this.#prediction.latencyUpperBoundCycles;
    const upperBound = (): ExplanationInput => {
      const all = this.#cycles(
        'latencyUpperBoundCycles',
        explaining.apply(
          'sum',
          'busy time of all nodes',
          'cycle',
          nodes.map(({ id }, index) => explaining.named(`busy time of ${id}`, busyTime(this.#ofNode[index]))),
        ),
      );
      return all.value === bound
        ? all
        : explaining.procedure(
            'latencyUpperBoundCycles',
            bound ?? 0,
            'cycle',
            'one thing after another, each after the longest wait for an edge of its clock (docs/chip-graph.md)',
            [explaining.named('busy time of all nodes', all)],
          );
    };
    return {
      latencyCycles,
      energyPicojoules,
      staticEnergyPicojoules,
      ...(bound === undefined ? {} : { latencyUpperBoundCycles: upperBound() }),
      ...(hertz === undefined
        ? {}
        : {
            clockMegahertz: explaining.apply('quotient', 'clockMegahertz', 'MHz', [
              hertz,
              definition('hertz in a megahertz', 1e6, 'Hz/MHz'),
            ]),
            latencySeconds: seconds,
            powerMilliwatts: explaining.apply('quotient', 'powerMilliwatts', 'mW', [
              explaining.apply('product', 'energy in millijoules', 'mJ', [
                energyPicojoules,
                definition('millijoules in a picojoule', 1e-9, 'mJ/pJ'),
              ]),
              seconds,
            ]),
          }),
    };
  }

  #resourceEnergy(resource: number): ExplanationInput {
    const states = this.#ofResource[resource];
    return explaining.apply('sum', 'energyPicojoules', 'pJ', [
      explaining.apply('product', 'energy while busy', 'pJ', [
        this.#ownCycles(resource),
        this.#costs[resource].picojoulesPerBusyCycle,
      ]),
      explaining.apply(
        'sum',
        'energy of executions',
        'pJ',
        states.map(({ executions }) => executions),
      ),
    ]);
  }

  /** Busy cycles of the resource's own clock. */
  #ownCycles(resource: number): ExplanationInput {
    const { periodTicks, id } = this.#resolved.resources[resource];
    const time = busyTime(this.#ofResource[resource]);
    return periodTicks === 1
      ? time
      : explaining.apply('quotient', `busy cycles of ${id}`, 'cycle', [
          time,
          definition('ticks of a cycle of its clock', periodTicks, 'tick/cycle'),
        ]);
  }

  #node(
    node: GraphNodePrediction,
    states: readonly StateTerms[],
    latency: ExplanationInput,
  ): Explained<GraphNodePrediction> {
    const {
      id,
      class: ipClass,
      waitInputCycles,
      waitOutputCycles,
      waitResourceCycles,
      waitClockCycles,
      finishCycle,
    } = node;
    const ran = (figure: string, value: number | undefined, what: string): Record<string, ExplanationInput> =>
      value === undefined
        ? {}
        : {
            [figure]: explaining.procedure(
              figure,
              value,
              'cycle',
              `${what}: from the run of all state machines (docs/chip-graph.md)`,
              [],
            ),
          };
    return {
      id,
      class: ipClass,
      ...this.#busyAndIdle(states, latency),
      ...ran('waitInputCycles', waitInputCycles, 'cycles before its end in which tokens were missing'),
      ...ran('waitOutputCycles', waitOutputCycles, 'cycles in which its tokens were there and an out-edge had no room'),
      ...ran(
        'waitResourceCycles',
        waitResourceCycles,
        'cycles in which tokens and room were there and another node held the resource',
      ),
      ...ran('waitClockCycles', waitClockCycles, 'cycles in which all was there and its clock had no edge'),
      ...ran('finishCycle', finishCycle, 'cycle at the start of which it had finished'),
      energyPicojoules: explaining.apply(
        'sum',
        'energyPicojoules',
        'pJ',
        states.map(({ whileBusy, executions }) =>
          explaining.apply('sum', 'energy of a state', 'pJ', [whileBusy, executions]),
        ),
      ),
    };
  }
}

function busyTime(states: readonly StateTerms[]): ExplanationInput {
  return explaining.apply(
    'sum',
    'busy time',
    states[0]?.time.unit ?? 'cycle',
    states.map(({ time }) => time),
  );
}
