import type { z } from 'zod';
import { ChipError } from '../../errors/index.js';
import { readInputJsonSync } from '../../files/index.js';
import type { ChipGraph } from './chip-graph.js';
import { graphLimits } from './limits.js';
import { chipGraphSchema } from './schema.js';

const formatHint = 'docs/chip-graph.md describes the format; core/schemas/chip-graph.schema.json is its schema.';

/**
 * Reads a `*.chip.json` file and checks its form. Throws ADC3301, ADC3302, ADC3306 or ADC3308 naming file and place.
 */
export function readChipGraph(path: string): ChipGraph {
  return parseChipGraph(readInputJsonSync(path, 'graph'), path);
}

/** Checks the form of a graph; `origin` is its name in messages. */
export function parseChipGraph(document: unknown, origin = 'graph'): ChipGraph {
  let checked: z.ZodSafeParseResult<ChipGraph>;
  try {
    checked = chipGraphSchema.safeParse(document);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ChipError('ADC3308', `The graph ${origin} nests loops too deeply`, {
      location: { file: origin },
      cause: error,
      hint: `The limit is ${graphLimits.loopDepth} loops within one another.`,
    });
  }
  if (checked.success) return checked.data;
  const issues = checked.error.issues.flatMap(innermost);
  const units = issues.filter(({ code, path }) => code === 'invalid_value' && path[path.length - 1] === 'unit');
  const listed = issues.slice(0, 10).map(issue => `  ${describePlace(document, issue.path)}: ${issue.message}`);
  const more = issues.length > listed.length ? `\n  and ${issues.length - listed.length} more` : '';
  throw new ChipError(
    units.length === issues.length ? 'ADC3306' : 'ADC3302',
    `The graph ${origin} is not valid:\n${listed.join('\n')}${more}`,
    {
      location: { file: origin },
      hint: formatHint,
    },
  );
}

interface PlacedIssue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/**
 * Where several forms are possible, for instance a step that is a state or a loop: the problems of the form that it
 * comes closest to.
 */
function innermost(issue: z.core.$ZodIssue): readonly PlacedIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const alternatives = issue.errors.map(inner =>
    inner.flatMap(innermost).map(({ code, path, message }) => ({ code, path: [...issue.path, ...path], message })),
  );
  const distance = (problems: readonly PlacedIssue[]): number => {
    // A list where an object should be, or the other way round, is not of that form at all.
    if (problems.some(({ code, path }) => code === 'invalid_type' && path.length === issue.path.length))
      return Infinity;
    return problems.filter(({ path }) => path.length <= issue.path.length + 1).length;
  };
  return alternatives.reduce((best, other) => (distance(other) < distance(best) ? other : best));
}

/** A path with the identifiers of what it leads through, for instance `node "conv" (nodes[3]).steps[0].cycles`. */
function describePlace(document: unknown, path: readonly PropertyKey[]): string {
  let value: unknown = document;
  let text = '';
  let named = '';
  const kinds: Readonly<Record<string, string>> = {
    nodes: 'node',
    edges: 'edge',
    resources: 'resource',
    technologies: 'technology',
  };
  for (const [index, key] of path.entries()) {
    value =
      typeof value === 'object' && value !== null ? (value as Readonly<Record<PropertyKey, unknown>>)[key] : undefined;
    text += typeof key === 'number' ? `[${key}]` : `${text === '' ? '' : '.'}${String(key)}`;
    const kind = typeof key === 'number' ? kinds[String(path[index - 1])] : undefined;
    const identity = kind === undefined ? undefined : identifier(value);
    if (identity !== undefined) named = `${kind} "${identity}"`;
  }
  if (named !== '') return `${named} (${text})`;
  return text === '' ? 'the file' : text;
}

function identifier(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, from, to } = value as Readonly<Record<string, unknown>>;
  if (typeof id === 'string') return id;
  return typeof from === 'string' || typeof to === 'string' ? `${String(from ?? '')}->${String(to ?? '')}` : undefined;
}

/** The graph as the text of a `*.chip.json` file: one line for each node, edge and resource. */
export function formatChipGraph(graph: ChipGraph): string {
  return `${formatObject(graph as unknown as Readonly<Record<string, unknown>>, '')}\n`;
}

function formatObject(value: Readonly<Record<string, unknown>>, indent: string): string {
  const inner = `${indent}  `;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([key, field]) => {
      if (Array.isArray(field) && field.length > 0) {
        return `${inner}${JSON.stringify(key)}: [\n${field.map(item => `${inner}  ${JSON.stringify(item)}`).join(',\n')}\n${inner}]`;
      }
      if (key === 'graphs') {
        const bodies = Object.entries(field as Readonly<Record<string, Readonly<Record<string, unknown>>>>);
        return `${inner}"graphs": {\n${bodies.map(([name, body]) => `${inner}  ${JSON.stringify(name)}: ${formatObject(body, `${inner}  `)}`).join(',\n')}\n${inner}}`;
      }
      return `${inner}${JSON.stringify(key)}: ${JSON.stringify(field)}`;
    });
  return `{\n${fields.join(',\n')}\n${indent}}`;
}
