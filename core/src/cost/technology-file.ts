import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { SourcedFigure, Technology } from '../chip/index.js';
import { ChipError } from '../errors/index.js';
import { readInputJsonSync } from '../files/index.js';
import { explaining, isExplanation, type ExplanationInput } from '../prediction/index.js';
import { scaleEntry } from './scaling-rules.js';
import {
  publishedEntriesSchema,
  technologyFileSchema,
  type FigureDescription,
  type FigureFormula,
  type TechnologyEntry,
  type TechnologyFile,
} from './technology-schema.js';

type Entries = Readonly<Record<string, TechnologyEntry>>;
type Figures = Readonly<Record<string, FigureDescription | undefined>>;

/** Entries and formulas of a technology file and of those that it extends. */
interface FigureTable {
  readonly entries: Entries;
  readonly figures: Figures;
}

/** A technology as a platform file gives it, before formulas are worked out. */
export interface TechnologyDescription extends FigureTable {
  readonly title: string;
  readonly processNanometres: number;
  readonly voltage: number;
}

const folder = fileURLToPath(new URL('../../technologies/', import.meta.url));
/** Deepest chain of technologies that extend one another. */
const extendDepth = 10;
const defaultDigits = 3;
let published: Entries | undefined;

/** The entries of `core/technologies/published.json`. */
export function publishedEntries(): Entries {
  return (published ??= readChecked(`${folder}published.json`, publishedEntriesSchema).entries);
}

/**
 * A technology by name (a file in `core/technologies`), or by the path of a file of one's own, which is taken relative
 * to `origin`, the file that names it. Throws ADC4010 naming file and field.
 */
export function describeTechnology(name: string, origin: string): TechnologyDescription {
  const { file, path, ...table } = readTable(name, origin, 0);
  const { title, processNanometres, voltage } = file;
  if (processNanometres !== undefined && voltage !== undefined) return { title, processNanometres, voltage, ...table };
  throw new ChipError('ADC4010', `${path} is no technology: it gives no process and voltage`, {
    location: { file: path },
    hint: 'Kinds of external memory go into externalMemory.',
  });
}

/** Figures of a kind of external memory, by the same names. Throws ADC4010 naming file and field. */
export function describeExternalMemory(name: string, origin: string): FigureTable {
  const { entries, figures } = readTable(name, origin, 0);
  return { entries, figures };
}

function readTable(
  name: string,
  origin: string,
  depth: number,
): FigureTable & { readonly file: TechnologyFile; readonly path: string } {
  if (depth > extendDepth)
    throw new ChipError('ADC4010', `Technologies extend one another without end, ${name} among them`, {
      location: { file: origin },
    });
  const path = name.endsWith('.json') ? resolve(dirname(origin), name) : `${folder}${name}.json`;
  const file = readChecked(path, technologyFileSchema);
  const base = file.extends === undefined ? undefined : readTable(file.extends, path, depth + 1);
  return {
    file,
    path,
    entries: { ...(base?.entries ?? publishedEntries()), ...file.entries },
    figures: { ...base?.figures, ...file.figures },
  };
}

/** A technology by name with its formulas worked out. */
export function readTechnology(name: string): Technology {
  return resolveTechnology(describeTechnology(name, name), name);
}

/** Figures of a kind of external memory by name, for `PlatformOverrides.figures`. */
export function readExternalMemory(name: string): Technology['figures'] {
  // Its formulas scale nothing by process or voltage: these figures are for whole devices.
  return resolveTechnology(
    { title: name, processNanometres: NaN, voltage: NaN, ...describeExternalMemory(name, name) },
    name,
  ).figures;
}

function readChecked<Output>(path: string, schema: z.ZodType<Output>): Output {
  const document = readInputJsonSync(path, 'technology');
  const checked = schema.safeParse(document);
  if (checked.success) return checked.data;
  throw new ChipError('ADC4010', `The technology file ${path} is not valid:\n${z.prettifyError(checked.error)}`, {
    location: { file: path },
    hint: 'docs/technology-tables.md lists the figures, their meaning and their units.',
  });
}

/** Works all formulas out; every derived figure keeps its derivation. Throws ADC4010 naming figure and entry. */
export function resolveTechnology(description: TechnologyDescription, origin: string): Technology {
  const resolved = new Map<string, SourcedFigure>();
  for (const name of Object.keys(description.figures)) resolveFigure(name, description, resolved, [], origin);
  const { title, processNanometres, voltage } = description;
  return { name: title, processNanometres, voltage, figures: Object.fromEntries(resolved) };
}

function resolveFigure(
  name: string,
  description: TechnologyDescription,
  resolved: Map<string, SourcedFigure>,
  path: readonly string[],
  origin: string,
): SourcedFigure {
  const known = resolved.get(name);
  if (known !== undefined) return known;
  const refuse = (message: string): never => {
    throw new ChipError('ADC4010', message, { location: { file: origin } });
  };
  if (path.includes(name)) return refuse(`The figures ${[...path, name].join(' -> ')} are derived from one another`);
  const figure =
    description.figures[name] ??
    refuse(`The formula of ${path.at(-1)} takes ${name}, and the technology ${description.title} gives no such figure`);
  const result = 'value' in figure ? figure : derive(figure.derived, figure.digits ?? defaultDigits);
  resolved.set(name, result);
  return result;

  function derive(formula: FigureFormula, digits: number): SourcedFigure {
    const { unit } = figure;
    const exact = work(formula, `${name}, exact`);
    const kept = explaining.constant('digits', digits, {
      unit: 'digit',
      kind: 'definition',
      source: 'as many as the sources bear',
    });
    const derivation = explaining.apply('significantDigits', name, unit, [exact, kept]);
    return {
      value: derivation.value,
      unit,
      source: `derived: ${expression(exact)}; from ${sourcesOf(exact).join('; ')}`,
      derivation,
    };
  }

  function work(formula: FigureFormula, title: string): ExplanationInput {
    if ('entry' in formula) {
      const entry =
        description.entries[formula.entry] ??
        refuse(`The formula of ${name} takes ${formula.entry}, and there is no such entry`);
      return scaleEntry(explaining, formula.entry, entry, formula, description);
    }
    if ('figure' in formula) {
      const other = resolveFigure(formula.figure, description, resolved, [...path, name], origin);
      return explainFigure(formula.figure, other);
    }
    if ('constant' in formula) {
      const { constant, meaning, unit, source } = formula;
      return explaining.constant(meaning, constant, { unit, kind: 'published', source });
    }
    const [operation, parts] = operationOf(formula);
    return explaining.apply(
      operation,
      title,
      figure.unit,
      parts.map((part, index) => work(part, `part ${index + 1} of ${title}`)),
    );
  }
}

function operationOf(
  formula: Extract<FigureFormula, object>,
): ['sum' | 'product' | 'difference' | 'quotient', readonly FigureFormula[]] {
  if ('sum' in formula) return ['sum', formula.sum];
  if ('product' in formula) return ['product', formula.product];
  if ('difference' in formula) return ['difference', formula.difference];
  if ('quotient' in formula) return ['quotient', formula.quotient];
  throw new ChipError('ADC9001', 'A formula of a technology has no operation.');
}

/** Where a figure of a technology comes from. */
export function explainFigure(name: string, { value, unit, source, derivation }: SourcedFigure): ExplanationInput {
  return (
    derivation ?? { figure: name, value, unit, kind: source.startsWith('estimate') ? 'estimate' : 'published', source }
  );
}

const signs = { sum: ' + ', product: ' x ', difference: ' - ', quotient: ' / ' } as const;

/** The derivation on one line: entries by value, scaling factors worked out. */
function expression(input: ExplanationInput): string {
  const shown = `${Number(input.value.toPrecision(4))}${input.unit === '1' ? '' : ` ${input.unit}`}`;
  if (!isExplanation(input)) return input.unit === '1' ? shown : `${input.figure} ${shown}`;
  const sign =
    input.operation === undefined || !(input.operation in signs)
      ? undefined
      : signs[input.operation as keyof typeof signs];
  if (sign === undefined || input.figure.endsWith('ratio'))
    return input.unit === '1' ? `${input.figure} ${shown}` : shown;
  return `(${input.inputs.map(expression).join(sign)})`;
}

function sourcesOf(input: ExplanationInput): string[] {
  if (isExplanation(input)) return [...new Set(input.inputs.flatMap(sourcesOf))];
  return input.kind === 'given' || input.kind === 'definition' ? [] : [input.source];
}
