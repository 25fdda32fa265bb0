import type { BundleFile, Platform, TimingPath } from '../chip/index.js';
import { ChipError } from '../errors/index.js';
import type { ResourceEstimate } from '../prediction/index.js';
import type { Engine } from './engine.js';
import type { EngineValues, SizeRequest } from './engine-sizes.js';

/** Version of the contract between chassis and engines: a definition states the one that it was written for. */
export const engineApiVersion = 1;

export interface EngineParameter {
  readonly name: string;
  readonly description: string;
  /** Of the values, for instance `channel` or `row`. */
  readonly unit: string;
  readonly minimum: number;
  readonly maximum: number;
  /** Values worth trying, ascending. */
  readonly candidates: readonly number[];
}

/** An engine that a vendor offers: everything about it in one place. `docs/engines.md` has the rules. */
export interface EngineDefinition {
  readonly id: string;
  readonly title: string;
  readonly engineApiVersion: number;
  /** Chassis that it goes into, with their interface's version: `accel-shared@1`. */
  readonly chassis: readonly string[];
  readonly parameters: readonly EngineParameter[];
  /**
   * What is wrong with values together, as a sentence; each is within its parameter's bounds. Chassis values are among
   * them.
   */
  check?(values: EngineValues): string | undefined;
  /**
   * Sizes worth trying, the best guess first: the first is the default. Each has a value for every parameter. The
   * chassis leaves out what it has no room for, so that a list need not know what else is on the chip.
   */
  sizes(request: SizeRequest): readonly EngineValues[];
  /**
   * An instance. Values are its own and those of the chassis (`channelBlock`: bytes and channels of a word;
   * `busBytes`).
   */
  create(values: EngineValues): Engine;
  /** Predicted resources of an instance, without the buffers that the chassis makes. */
  resources(values: EngineValues, platform: Platform): ResourceEstimate;
  /**
   * Paths that may decide how fast an instance can be clocked; without it the clock of chips that hold the engine is
   * not predicted.
   */
  readonly paths?: (values: EngineValues) => readonly TimingPath[];
  /** SystemVerilog files that an instance needs, paths relative to a bundle's folder. */
  rtl(): readonly BundleFile[];
}

const fields: Readonly<
  Record<keyof Omit<EngineDefinition, 'check' | 'paths'>, 'string' | 'number' | 'list' | 'function'>
> = {
  id: 'string',
  title: 'string',
  engineApiVersion: 'number',
  chassis: 'list',
  parameters: 'list',
  sizes: 'function',
  create: 'function',
  resources: 'function',
  rtl: 'function',
};

/** Checks a definition where it is made: a missing field names itself. Throws ADC2011. */
export function defineEngine(definition: EngineDefinition): EngineDefinition {
  const candidate = definition as Partial<Record<keyof EngineDefinition, unknown>>;
  const name = typeof candidate.id === 'string' && candidate.id !== '' ? candidate.id : 'without an id';
  for (const [field, kind] of Object.entries(fields)) {
    const value = candidate[field as keyof EngineDefinition];
    const fits = kind === 'list' ? Array.isArray(value) : typeof value === kind && value !== '';
    if (!fits) throw wrong(name, `its ${field} is ${value === undefined ? 'missing' : `no ${kind}`}`);
  }
  if (definition.engineApiVersion !== engineApiVersion)
    throw wrong(
      name,
      `it is written for engine interface ${definition.engineApiVersion}; this is version ${engineApiVersion}`,
    );
  const names = new Set<string>();
  for (const { name: parameter, minimum, maximum, candidates } of definition.parameters) {
    if (typeof parameter !== 'string' || !/^[a-z][A-Za-z0-9]*$/.test(parameter))
      throw wrong(
        name,
        `a parameter is named ${JSON.stringify(parameter)}; names are letters and digits, beginning with a small letter`,
      );
    if (names.has(parameter)) throw wrong(name, `its parameter ${parameter} is there twice`);
    if (!Number.isInteger(minimum) || !Number.isInteger(maximum) || minimum > maximum)
      throw wrong(name, `the bounds of its parameter ${parameter} are no whole numbers, the lower one first`);
    if (
      !Array.isArray(candidates) ||
      candidates.some(value => !Number.isInteger(value) || value < minimum || value > maximum)
    )
      throw wrong(name, `a value to try of its parameter ${parameter} is out of bounds`);
    names.add(parameter);
  }
  return Object.freeze(definition);
}

function wrong(name: string, what: string): ChipError {
  return new ChipError('ADC2011', `The definition of the engine ${name} is wrong: ${what}`, {
    hint: 'docs/engines.md has the contract.',
  });
}
