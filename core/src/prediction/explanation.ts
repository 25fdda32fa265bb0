/** How a number came to be known that nothing here computes. */
export type ConstantKind =
  /** Printed in a paper or a book. */
  | 'published'
  /** Printed in a maker's data sheet or standard. */
  | 'dataSheet'
  /** Read from a run of a tool or from silicon; the source says which. */
  | 'measured'
  /** Reasoned; the source gives the reasoning. */
  | 'estimate'
  /** Fitted to measurements; the source says to which. */
  | 'fitted'
  /** Counted from a network or a program; the source says what. */
  | 'counted'
  /** Given by the user, the configuration of a chip or a file. */
  | 'given'
  /** True by definition: units, counts of a shape. */
  | 'definition';

/** A number with its source: where an explanation ends. */
export interface SourcedConstant {
  readonly figure: string;
  readonly value: number;
  /** `1` for a number without unit. */
  readonly unit: string;
  readonly kind: ConstantKind;
  readonly source: string;
  /** What the value is for: process, voltage, width. */
  readonly conditions?: string;
}

/** Arithmetic that an explanation can do again. All take their inputs in order. */
export const operations = [
  'sum',
  'difference',
  'product',
  'quotient',
  'maximum',
  'power',
  'roundUp',
  'round',
  'significantDigits',
] as const;
export type Operation = (typeof operations)[number];

/**
 * Where a figure comes from: a formula over inputs that are explained in turn. With `operation`, the value is that
 * operation on the values of the inputs, bit for bit; without, `formula` says which procedure gave it and `inputs` what
 * it read.
 */
export interface Explanation {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly formula: string;
  readonly operation?: Operation;
  readonly inputs: readonly ExplanationInput[];
}

export type ExplanationInput = Explanation | SourcedConstant;

export function isExplanation(input: ExplanationInput): input is Explanation {
  return 'inputs' in input;
}

/** The same structure with an explanation in place of each number. */
export type Explained<Structure> = ValuesOf<Structure, ExplanationInput>;

/** The same structure with `Value` in place of each number. */
export type ValuesOf<Structure, Value> = Structure extends number
  ? Value
  : Structure extends readonly (infer Item)[]
    ? readonly ValuesOf<Item, Value>[]
    : Structure extends object
      ? { readonly [Key in keyof Structure]: ValuesOf<Structure[Key], Value> }
      : Structure;

/** The operation on numbers. Sums and products go from left to right, as floating point needs it said. */
export function operate(operation: Operation, values: readonly number[]): number {
  switch (operation) {
    case 'sum': {
      let sum = 0;
      for (const value of values) sum += value;
      return sum;
    }
    case 'product': {
      let product = values[0];
      for (let index = 1; index < values.length; index++) product *= values[index];
      return product;
    }
    case 'difference':
      return values[0] - values[1];
    case 'quotient':
      return values[0] / values[1];
    case 'maximum':
      return Math.max(...values);
    case 'power':
      return values[0] ** values[1];
    case 'roundUp':
      return Math.ceil(values[0]);
    case 'round':
      return Math.round(values[0]);
    case 'significantDigits':
      return Number(values[0].toPrecision(values[1]));
  }
}

/**
 * Computes an explained value again from the constants and procedures at the ends of its tree. `known`: parts that were
 * computed before.
 */
export function evaluate(input: ExplanationInput, known = new Map<ExplanationInput, number>()): number {
  if (!isExplanation(input) || input.operation === undefined) return input.value;
  let value = known.get(input);
  if (value === undefined)
    known.set(
      input,
      (value = operate(
        input.operation,
        input.inputs.map(inner => evaluate(inner, known)),
      )),
    );
  return value;
}
