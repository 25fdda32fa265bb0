import { operate, type ConstantKind, type ExplanationInput, type Operation } from './explanation.js';

/** What a constant is, beside its value. */
export interface ConstantFacts {
  readonly unit: string;
  readonly kind: ConstantKind;
  readonly source: string;
  readonly conditions?: string;
}

/**
 * Arithmetic that formulas are written in once: `numbers` computes with it, `explaining` records the same steps. So
 * what is explained is what was computed.
 */
export interface Arithmetic<Value> {
  constant(figure: string, value: number, facts: ConstantFacts): Value;
  /** A figure that another part has explained already, such as a technology's. */
  known(figure: string, value: number, explanation: ExplanationInput): Value;
  apply(operation: Operation, figure: string, unit: string, inputs: readonly Value[]): Value;
  /** A value that a procedure gave which is no formula, such as a simulation, with what it read. */
  procedure(figure: string, value: number, unit: string, formula: string, inputs: readonly Value[]): Value;
  /** The same value under another name. */
  named(figure: string, value: Value): Value;
  valueOf(value: Value): number;
}

/** Computes, and keeps no record. */
export const numbers: Arithmetic<number> = {
  constant: (_figure, value) => value,
  known: (_figure, value) => value,
  apply: (operation, _figure, _unit, inputs) => operate(operation, inputs),
  procedure: (_figure, value) => value,
  named: (_figure, value) => value,
  valueOf: value => value,
};

/** Computes, and keeps what it did. */
export const explaining: Arithmetic<ExplanationInput> = {
  constant: (figure, value, facts) => ({ figure, value, ...facts }),
  known: (figure, _value, explanation) => ({ ...explanation, figure }),
  apply(operation, figure, unit, all) {
    const inputs = operation === 'sum' ? withoutZeros(all) : all;
    return {
      figure,
      value: operate(
        operation,
        inputs.map(({ value }) => value),
      ),
      unit,
      formula: formulaText(operation, inputs),
      operation,
      inputs,
    };
  },
  procedure: (figure, value, unit, formula, inputs) => ({ figure, value, unit, formula, inputs }),
  named: (figure, value) => ({ ...value, figure }),
  valueOf: ({ value }) => value,
};

/** Terms of 0 change no sum and explain nothing; one stays where all are 0. */
function withoutZeros(terms: readonly ExplanationInput[]): readonly ExplanationInput[] {
  const kept = terms.filter(({ value }) => value !== 0);
  return kept.length > 0 ? kept : terms.slice(0, 1);
}

const shownInputs = 6;

function formulaText(operation: Operation, inputs: readonly ExplanationInput[]): string {
  const names = inputs.map(({ figure }) => figure);
  switch (operation) {
    case 'sum':
      return listed(names, ' + ');
    case 'product':
      return listed(names, ' x ');
    case 'difference':
      return names.join(' - ');
    case 'quotient':
      return names.join(' / ');
    case 'power':
      return names.join(' ^ ');
    case 'maximum':
      return `the largest of ${listed(names, ', ')}`;
    case 'roundUp':
      return `${names[0]}, rounded up`;
    case 'round':
      return `${names[0]}, rounded`;
    case 'significantDigits':
      return `${names[0]}, to ${inputs[1].value} digits`;
  }
}

function listed(names: readonly string[], separator: string): string {
  if (names.length === 0) return 'nothing';
  if (names.length <= shownInputs) return names.join(separator);
  return `${names.slice(0, 2).join(separator)}${separator}...${separator}${names.at(-1) ?? ''} (${names.length} in all)`;
}
