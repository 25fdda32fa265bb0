import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { FpgaResources, Platform, SourcedFigure, Technology } from '../chip/index.js';
import { ChipError } from '../errors/index.js';
import { readInputJsonSync } from '../files/index.js';
import type { Arithmetic } from '../prediction/index.js';
import { platformFileSchema, type PlatformFile } from './platform-schema.js';
import { describeExternalMemory, describeTechnology, publishedEntries, resolveTechnology } from './technology-file.js';
import { technologyFigures } from './technology-figures.js';

/** Reads a platform's data file and checks it. Throws ADC4010 naming file and field. */
export function readPlatform(file: URL | string): Platform {
  const path = typeof file === 'string' ? file : fileURLToPath(file);
  const document = readInputJsonSync(path, 'platform');
  return parsePlatform(document, path);
}

/** Checks the content of a platform file; `origin` is its name in messages. */
export function parsePlatform(document: unknown, origin = 'platform'): Platform {
  const checked = platformFileSchema.safeParse(document);
  if (!checked.success) {
    throw new ChipError('ADC4010', `The platform ${origin} is not valid:\n${z.prettifyError(checked.error)}`, {
      location: { file: origin },
      hint: 'docs/technology-tables.md lists the figures, their meaning and their units.',
    });
  }
  return toPlatform(checked.data, technologyOf(checked.data, origin));
}

/** The technology with the platform's own figures in it; throws ADC4010 naming a figure that is missing. */
function technologyOf({ technology: given, kind }: PlatformFile, origin: string): Technology {
  let technology: Technology;
  if ('base' in given) {
    const base = describeTechnology(given.base, origin);
    const memory =
      given.externalMemory === undefined ? undefined : describeExternalMemory(given.externalMemory, origin);
    technology = resolveTechnology(
      {
        ...base,
        entries: { ...base.entries, ...memory?.entries, ...given.entries },
        figures: { ...base.figures, ...memory?.figures, ...given.figures },
      },
      origin,
    );
  } else {
    const { name, processNanometres, voltage, figures } = given;
    technology = resolveTechnology(
      { title: name, processNanometres, voltage, entries: publishedEntries(), figures },
      origin,
    );
  }
  const missing = Object.entries(technologyFigures).filter(
    ([name, { needed }]) => (needed === 'all' || needed === kind) && technology.figures[name] === undefined,
  );
  if (missing.length === 0) return technology;
  throw new ChipError(
    'ADC4010',
    `The platform ${origin} is not valid: technology.figures lacks ${missing.map(([name]) => name).join(', ')}`,
    {
      location: { file: origin },
      hint: 'docs/technology-tables.md lists the figures, their meaning and their units.',
    },
  );
}

function toPlatform(file: PlatformFile, technology: Technology): Platform {
  const cited: string[] = [];
  const value = (path: string, figure: SourcedFigure): number => {
    cited.push(citation(path, figure.value, figure.unit, figure.source));
    return figure.value;
  };
  const optional = <Name extends keyof Platform['limits']>(
    name: Name,
    figure: SourcedFigure | undefined,
  ): { [Key in Name]?: number } =>
    (figure === undefined ? {} : { [name]: value(`limits.${name}`, figure) }) as { [Key in Name]?: number };
  const { limits, memory } = file;
  const fpga: FpgaResources | undefined =
    limits.fpga === undefined
      ? undefined
      : {
          lut: value('limits.fpga.lut', limits.fpga.lut),
          ff: value('limits.fpga.ff', limits.fpga.ff),
          dsp: value('limits.fpga.dsp', limits.fpga.dsp),
          bram: value('limits.fpga.bram', limits.fpga.bram),
        };
  const shared = sharedBytesPerKilocycle(memory.peakBytesPerSecond.value, file.clockMegahertz.value);
  return {
    id: file.id,
    title: file.title,
    kind: file.kind,
    family: file.family,
    limits: {
      ...(fpga === undefined ? {} : { fpga }),
      ...optional('areaSquareMillimetres', limits.areaSquareMillimetres),
      ...optional('sramBytes', limits.sramBytes),
      ...optional('powerMilliwatts', limits.powerMilliwatts),
      ...optional('multipliers', limits.multipliers),
    },
    clockMegahertz: value('clockMegahertz', file.clockMegahertz),
    memory: {
      title: memory.title,
      readLatencyCycles: value('memory.readLatencyCycles', memory.readLatencyCycles),
      writeLatencyCycles: value('memory.writeLatencyCycles', memory.writeLatencyCycles),
      beatIntervalCycles: value('memory.beatIntervalCycles', memory.beatIntervalCycles),
      burstGapCycles: value('memory.burstGapCycles', memory.burstGapCycles),
      busBytes: value('memory.busBytes', memory.busBytes),
      peakBytesPerSecond: value('memory.peakBytesPerSecond', memory.peakBytesPerSecond),
      sharedBytesPerKilocycle: shared,
    },
    technology,
    sources: [...file.sources, ...cited, citation(sharedPath, shared, sharedUnit, sharedSource)],
  };
}

const sharedPath = 'memory.sharedBytesPerKilocycle';
const sharedUnit = 'byte/(1000 cycle)';
const sharedSource =
  'memory.peakBytesPerSecond over the clock, rounded down: reads and writes share what the memory itself gives';
/** More than any bus takes both ways; the simulators' memory counts no further. */
const mostSharedBytesPerKilocycle = 2 ** 20;

/** Bytes that the memory of a platform moves in 1000 cycles of its clock. */
function sharedBytesPerKilocycle(peakBytesPerSecond: number, clockMegahertz: number): number {
  return Math.min(mostSharedBytesPerKilocycle, Math.max(1, Math.floor(peakBytesPerSecond / (clockMegahertz * 1000))));
}

/** Changes to a platform: another clock, another memory model, a part of the device, calibrated figures. */
export interface PlatformOverrides {
  /** Defines the changed platform beside the original one; the same identifier when absent. */
  readonly id?: string;
  readonly clockMegahertz?: number;
  readonly memory?: Partial<Platform['memory']>;
  readonly limits?: Platform['limits'];
  readonly figures?: Readonly<Record<string, SourcedFigure>>;
  /** Where the changed values come from, for `explain`. */
  readonly source?: string;
}

/** The platform with some values replaced; every replaced value is cited as such in `sources`. Throws ADC4010. */
export function overridePlatform(platform: Platform, overrides: PlatformOverrides): Platform {
  const source = overrides.source ?? 'set by the user';
  const changed: [string, number][] = [];
  const note = (path: string, replaced: number | undefined): void => {
    if (replaced === undefined) return;
    checkNumber(path, replaced);
    changed.push([path, replaced]);
  };
  note('clockMegahertz', overrides.clockMegahertz);
  for (const [name, replaced] of Object.entries(overrides.memory ?? {})) {
    if (typeof replaced === 'number') note(`memory.${name}`, replaced);
  }
  const clockMegahertz = overrides.clockMegahertz ?? platform.clockMegahertz;
  const memory = { ...platform.memory, ...overrides.memory };
  if (
    overrides.memory?.sharedBytesPerKilocycle === undefined &&
    (overrides.clockMegahertz ?? overrides.memory?.peakBytesPerSecond) !== undefined
  ) {
    memory.sharedBytesPerKilocycle = sharedBytesPerKilocycle(memory.peakBytesPerSecond, clockMegahertz);
  }
  const sharedLine =
    memory.sharedBytesPerKilocycle === platform.memory.sharedBytesPerKilocycle ||
    overrides.memory?.sharedBytesPerKilocycle !== undefined
      ? []
      : [citation(sharedPath, memory.sharedBytesPerKilocycle, sharedUnit, sharedSource)];
  const { fpga, ...otherLimits } = overrides.limits ?? {};
  for (const [name, replaced] of Object.entries(otherLimits)) note(`limits.${name}`, replaced);
  for (const [name, replaced] of Object.entries(fpga ?? {})) note(`limits.fpga.${name}`, replaced as number);
  return {
    ...platform,
    id: overrides.id ?? platform.id,
    clockMegahertz,
    memory,
    limits: { ...platform.limits, ...overrides.limits },
    technology:
      overrides.figures === undefined
        ? platform.technology
        : { ...platform.technology, figures: { ...platform.technology.figures, ...overrides.figures } },
    sources: [
      ...platform.sources.filter(
        line =>
          !changed.some(([path]) => line.startsWith(`${path}: `)) &&
          !(sharedLine.length > 0 && line.startsWith(`${sharedPath}: `)),
      ),
      ...sharedLine,
      ...changed.map(([path, replaced]) => citation(path, replaced, '', source)),
    ],
  };
}

const wholeNumbers = /Cycles$|Bytes$|Kilocycle$|^limits\.fpga|multipliers$/;
const busWidths = [1, 2, 4, 8, 16, 32, 64, 128];

function checkNumber(path: string, replaced: number): void {
  if (path === 'memory.busBytes' && !busWidths.includes(replaced)) {
    throw new ChipError('ADC4010', `${path} cannot be ${replaced}`, { hint: `Give one of ${busWidths.join(', ')}.` });
  }
  const minimum =
    path === 'memory.burstGapCycles' || path === sharedPath || path.startsWith('limits.fpga') ? 0 : Number.MIN_VALUE;
  if (Number.isFinite(replaced) && replaced >= minimum && (!wholeNumbers.test(path) || Number.isInteger(replaced)))
    return;
  throw new ChipError('ADC4010', `${path} cannot be ${replaced}`, {
    hint: `Give a ${wholeNumbers.test(path) ? 'whole number' : 'number'}${minimum === 0 ? ' of 0 or more' : ' above 0'}.`,
  });
}

/**
 * A number of a platform (`clockMegahertz`, `memory.readLatencyCycles`) with the source that the platform cites for it.
 */
export function platformConstant<Value>(
  math: Arithmetic<Value>,
  platform: Platform,
  path: string,
  value: number,
  unit: string,
): Value {
  const cited = platform.sources.find(line => line.startsWith(`${path}: `))?.slice(path.length + 2);
  // After the path: the value with its unit, where it has one, and the source.
  const source = cited === undefined ? `the platform ${platform.id}` : cited.slice(cited.indexOf(': ') + 2);
  return math.constant(path, value, { unit, kind: source.startsWith('estimate') ? 'estimate' : 'given', source });
}

function citation(path: string, value: number, unit: string, source: string): string {
  return `${path}: ${value}${unit === '' ? '' : ` ${unit}`}: ${source}`;
}
