import { ChipError, type ErrorCode } from '../../errors/index.js';

const hints: Partial<Record<ErrorCode, string>> = {
  ADC3302: 'docs/chip-graph.md describes the format; core/schemas/chip-graph.schema.json is its schema.',
  ADC3303: 'Give each node, edge, resource and technology a name of its own; edges without id are called from->to.',
  ADC3304: 'Correct the name, or add what is missing. docs/chip-graph.md describes the format.',
  ADC3305: 'Raise the capacity, or leave it out for a channel without limit.',
  ADC3306: 'docs/chip-graph.md lists the units of each field and what must fit together.',
  ADC3307: 'Put initialTokens on an edge of the cycle, or let a state before the one that waits produce the token.',
  ADC3308: 'Fold repeated states into loops, or split the graph.',
  ADC3310:
    'Every token that is produced must be consumed: multiply tokens by the executions of their states on both sides.',
  ADC3312: 'Round frequencies so that their ratios are those of small whole numbers.',
};

/** An error about a graph, with the usual advice for its code. */
export function graphError(code: ErrorCode, message: string, node?: string): ChipError {
  const hint = hints[code];
  return new ChipError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(node === undefined ? {} : { location: { node } }),
  });
}

/** Names for a message, at most ten of them. */
export function listNames(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return `${names.slice(0, 10).join(', ')}${names.length > 10 ? `, … (${names.length})` : ''}`;
}
