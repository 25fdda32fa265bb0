import {
  energyUnits,
  explainFigure,
  explaining,
  powerUnits,
  type ChipGraph,
  type ExplanationInput,
  type FigureUse,
  type GraphBody,
  type GraphTechnology,
  type IpCost,
  type ResolvedResource,
  type ResolveOptions,
} from '@autodnnchip/core';

/** What an instance of hardware takes, with where the graph has it from. */
export interface ExplainedCost {
  readonly picojoulesPerBusyCycle: ExplanationInput;
  readonly staticWatts: ExplanationInput;
}

/** A cost as the graph states it, and the technologies that its figures may be of. */
interface StatedCost {
  readonly cost: IpCost;
  readonly technology: string | undefined;
  readonly technologies: ReadonlyMap<string, GraphTechnology>;
}

/** Costs of resources and of nodes with hardware of their own, sub-graphs in place, by identifier. */
export function statedCosts(graph: ChipGraph): ReadonlyMap<string, StatedCost> {
  const costs = new Map<string, StatedCost>();
  const place = (body: GraphBody, prefix: string, around: ReadonlyMap<string, GraphTechnology>): void => {
    const technologies = new Map([
      ...around,
      ...(body.technologies ?? []).map(technology => [technology.id, technology] as const),
    ]);
    for (const resource of body.resources ?? [])
      costs.set(prefix + resource.id, { cost: resource, technology: resource.technology, technologies });
    for (const node of body.nodes) {
      const inner = node.graph === undefined ? undefined : graph.graphs?.[node.graph];
      if (inner === undefined) costs.set(prefix + node.id, { cost: node, technology: node.technology, technologies });
      else place(inner, `${prefix}${node.id}/`, technologies);
    }
  };
  place(graph, '', new Map());
  return costs;
}

/** `clockHertz` is that of the hardware's own clock. */
export function explainCost(
  { id }: ResolvedResource,
  stated: StatedCost | undefined,
  clockHertz: ExplanationInput | undefined,
  { platforms }: ResolveOptions,
): ExplainedCost {
  const none = (figure: string, unit: string): ExplanationInput =>
    explaining.constant(figure, 0, { unit, kind: 'given', source: `the graph gives none for ${id}` });
  const inUnits = (
    title: string,
    cost: NonNullable<IpCost[keyof IpCost]>,
    units: Readonly<Record<string, number>>,
    unit: string,
  ): ExplanationInput => {
    if ('value' in cost) {
      return explaining.apply('product', title, unit, [
        explaining.constant(`${title}, as given`, cost.value, {
          unit: cost.unit,
          kind: 'given',
          source: cost.source ?? `the graph gives it for ${id}`,
        }),
        definition(`${unit} in ${cost.unit}`, units[cost.unit], `${unit}/${cost.unit}`),
      ]);
    }
    const uses: readonly FigureUse[] = 'figure' in cost ? [cost] : cost;
    return explaining.apply(
      'sum',
      title,
      unit,
      uses.map(use => {
        const figure = explainUse(use, stated, platforms);
        const [numerator] = figure.unit.split('/');
        return explaining.apply('product', `${use.figure} of ${id}`, unit, [
          figure,
          definition(`${unit} in ${numerator}`, units[numerator], `${unit}/${numerator}`),
          explaining.constant('count', use.count ?? 1, {
            unit: '1',
            kind: 'given',
            source: `the graph gives it for ${id}`,
          }),
        ]);
      }),
    );
  };
  const { power, energyPerBusyCycle, staticPower } = stated?.cost ?? {};
  const title = `energy of ${id} per busy cycle`;
  let picojoulesPerBusyCycle = none(title, 'pJ/cycle');
  if (power !== undefined && clockHertz !== undefined) {
    const second = explaining.apply('product', `energy of ${id} per busy second`, 'pJ/s', [
      inUnits(`power of ${id} while busy`, power, powerUnits, 'W'),
      definition('picojoules in a joule', 1e12, 'pJ/J'),
    ]);
    picojoulesPerBusyCycle = explaining.apply('quotient', title, 'pJ/cycle', [second, clockHertz]);
  } else if (energyPerBusyCycle !== undefined)
    picojoulesPerBusyCycle = inUnits(title, energyPerBusyCycle, energyUnits, 'pJ');
  const staticTitle = `static power of ${id}`;
  return {
    picojoulesPerBusyCycle,
    staticWatts:
      staticPower === undefined ? none(staticTitle, 'W') : inUnits(staticTitle, staticPower, powerUnits, 'W'),
  };
}

/** A figure of a technology: the graph's own, or that of the platform which the technology stands for. */
function explainUse(
  { figure, technology: named }: FigureUse,
  stated: StatedCost | undefined,
  platforms: ResolveOptions['platforms'],
): ExplanationInput {
  const technology = stated?.technologies.get(named ?? stated.technology ?? '');
  const own = technology?.figures?.[figure];
  if (own !== undefined)
    return explaining.constant(figure, own.value, {
      unit: own.unit,
      kind: 'given',
      source: own.source ?? `technology ${technology?.id} of the graph`,
    });
  const ofPlatform =
    technology?.platform === undefined ? undefined : platforms?.find(technology.platform)?.figures[figure];
  // The graph was resolved before: the figure is there.
  return ofPlatform === undefined ? definition(figure, NaN, '1') : explainFigure(figure, ofPlatform);
}

export function definition(figure: string, value: number, unit: string): ExplanationInput {
  return explaining.constant(figure, value, { unit, kind: 'definition', source: 'definition' });
}
