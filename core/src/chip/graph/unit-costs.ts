import type { Platform, SourcedFigure, Technology } from '../platform.js';
import type { Costed, FigureUse, GraphTechnology, IpCost } from './chip-graph.js';
import { graphError, listNames } from './graph-errors.js';
import { energyUnits, powerUnits, type EnergyUnit, type PowerUnit } from './quantity.js';
import type { ResolvedResource } from './resolved-graph.js';

/** Technologies of platforms that a graph's technologies may stand for: the core knows none itself. */
export interface PlatformTechnologies {
  /** Undefined: there is no such platform. */
  find(platform: string): Technology | undefined;
  ids(): readonly string[];
}

/** The technologies of platforms that plugins define. */
export function technologiesOfPlatforms(platforms: {
  find(id: string): Platform | undefined;
  list(): readonly Platform[];
}): PlatformTechnologies {
  return { find: id => platforms.find(id)?.technology, ids: () => platforms.list().map(({ id }) => id) };
}

/** Where a cost stands. */
export interface CostPlace {
  /** For messages, for instance `Node MACs`. */
  readonly what: string;
  readonly id: string;
  /** Technology of the node or resource. */
  readonly technology: string | undefined;
  /** Technologies that can be named there. */
  readonly technologies: ReadonlyMap<string, GraphTechnology>;
  readonly platforms: PlatformTechnologies | undefined;
}

/** Picojoules: a typed number, or figures of technologies times how many. Throws ADC3304 or ADC3306. */
export function costInPicojoules(cost: Costed<EnergyUnit>, place: CostPlace): number {
  return resolveCost(cost, energyUnits, 'energy', place);
}

/** Watts, in the same way. */
function costInWatts(cost: Costed<PowerUnit>, place: CostPlace): number {
  return resolveCost(cost, powerUnits, 'power', place);
}

/** What hardware takes; `clockHertz` is that of its own clock. */
export function resolveIpCost(
  { power, energyPerBusyCycle, staticPower }: IpCost,
  clockHertz: number | undefined,
  place: CostPlace,
): Pick<ResolvedResource, 'picojoulesPerBusyCycle' | 'staticWatts'> {
  if (power !== undefined && energyPerBusyCycle !== undefined)
    throw graphError('ADC3302', `${place.what} gives both power and energyPerBusyCycle`, place.id);
  const given = power ?? staticPower;
  if (given !== undefined && clockHertz === undefined) {
    throw graphError(
      'ADC3306',
      `${place.what} gives power${'unit' in given ? ` in ${given.unit}` : ''}, and the graph has no clock that makes it energy per cycle`,
      place.id,
    );
  }
  return {
    picojoulesPerBusyCycle:
      power !== undefined
        ? (costInWatts(power, place) * 1e12) / clockHertz!
        : energyPerBusyCycle === undefined
          ? 0
          : costInPicojoules(energyPerBusyCycle, place),
    staticWatts: staticPower === undefined ? 0 : costInWatts(staticPower, place),
  };
}

function resolveCost<Unit extends string>(
  cost: Costed<Unit>,
  units: Readonly<Record<Unit, number>>,
  dimension: string,
  place: CostPlace,
): number {
  if ('value' in cost) return cost.value * units[cost.unit];
  const uses: readonly FigureUse[] = 'figure' in cost ? [cost] : cost;
  return uses.reduce((sum, use) => {
    const { value, unit } = findFigure(use, place);
    // What it is per, bytes for instance, is what the count counts.
    const [numerator] = unit.split('/');
    if (!Object.hasOwn(units, numerator)) {
      throw graphError(
        'ADC3306',
        `${place.what} takes ${dimension} from the figure ${use.figure}, which is given in ${unit} (${dimension} is in ${listNames(Object.keys(units))}, or one of these per something)`,
        place.id,
      );
    }
    return sum + value * units[numerator as Unit] * (use.count ?? 1);
  }, 0);
}

function findFigure(
  { figure, technology: named }: FigureUse,
  { what, id, technology, technologies, platforms }: CostPlace,
): Pick<SourcedFigure, 'value' | 'unit'> {
  const name = named ?? technology;
  if (name === undefined) {
    throw graphError(
      'ADC3304',
      `${what} takes the figure ${figure} from a technology, and names none (technologies: ${listNames([...technologies.keys()])})`,
      id,
    );
  }
  const own = technologies.get(name);
  if (own === undefined)
    throw graphError(
      'ADC3304',
      `${what} takes the figure ${figure} from a technology ${name} that is not there (technologies: ${listNames([...technologies.keys()])})`,
      id,
    );
  const given = own.figures !== undefined && Object.hasOwn(own.figures, figure) ? own.figures[figure] : undefined;
  if (given !== undefined) return given;
  const ofPlatform =
    own.platform === undefined ? undefined : findPlatform(own, own.platform, platforms, what, id).figures;
  if (ofPlatform !== undefined && Object.hasOwn(ofPlatform, figure)) return ofPlatform[figure];
  const known = [...Object.keys(own.figures ?? {}), ...Object.keys(ofPlatform ?? {})];
  throw graphError(
    'ADC3304',
    `${what} takes the figure ${figure}, which the technology ${name} does not give (figures: ${listNames(known)})`,
    id,
  );
}

function findPlatform(
  { id: name, processNanometres }: GraphTechnology,
  platform: string,
  platforms: PlatformTechnologies | undefined,
  what: string,
  id: string,
): Technology {
  const technology = platforms?.find(platform);
  if (technology === undefined) {
    throw graphError(
      'ADC3304',
      `${what} takes figures of the technology ${name}, which stands for that of a platform ${platform} that is not there (platforms: ${listNames(platforms?.ids() ?? [])})`,
      id,
    );
  }
  if (processNanometres !== undefined && processNanometres !== technology.processNanometres) {
    throw graphError(
      'ADC3306',
      `The technology ${name} is one of ${processNanometres} nm, and that of the platform ${platform} which it stands for one of ${technology.processNanometres} nm`,
      id,
    );
  }
  return technology;
}
