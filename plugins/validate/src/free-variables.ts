import { ChipError, type FreeParameter } from '@autodnnchip/core';
import type { Values } from './least-squares.js';

/** An accelerator whose rows a fit predicts: the only one, or one of a family. */
export interface FamilyMember {
  readonly platform: string;
  readonly parameters: Readonly<Record<string, FreeParameter>>;
  /**
   * False: no row of it is fitted on. Its rows take over what others determine, and what is its own alone stays as it
   * is.
   */
  readonly isFitted: boolean;
}

/** A parameter as the fit sees it: one variable for a family, or one for each accelerator. */
export interface FreeVariable {
  /** The parameter's name; with the accelerator where each has a value of its own. */
  readonly key: string;
  readonly name: string;
  /** The accelerator whose value it is; others may take it over. Undefined: all of the family. */
  readonly owner: string | undefined;
  readonly parameter: FreeParameter;
}

/**
 * The variables that measurements of a metric determine. Of a family's parameters the first accelerator's entry stands
 * for all.
 */
export function freeVariables(accelerators: readonly FamilyMember[], metric: string): readonly FreeVariable[] {
  const variables = new Map<string, FreeVariable>();
  for (const { parameters } of accelerators.filter(({ isFitted }) => isFitted)) {
    for (const [name, parameter] of Object.entries(parameters)) {
      if (!parameter.fitted || parameter.metric !== metric) continue;
      const key = keyOf(name, parameter);
      if (!variables.has(key)) variables.set(key, { key, name, owner: parameter.owner, parameter });
    }
  }
  return [...variables.values()];
}

function keyOf(name: string, { owner }: FreeParameter): string {
  return owner === undefined ? name : `${name} of ${owner}`;
}

/** Metrics that parameters are fitted on, in the order in which they build on one another. */
export function fittedMetrics(accelerators: readonly FamilyMember[]): readonly string[] {
  const metrics = new Set(
    accelerators
      .filter(({ isFitted }) => isFitted)
      .flatMap(({ parameters }) =>
        Object.values(parameters)
          .filter(({ fitted }) => fitted)
          .map(({ metric }) => metric),
      ),
  );
  return [...metrics].sort((first, second) => order.indexOf(first) - order.indexOf(second));
}

/** Total latency contains processing latency; power contains latency. */
const order = ['processing_latency', 'latency', 'power'];

/** What `values` of the variables are for one accelerator's parameters. */
export function parametersOf({ parameters }: Pick<FamilyMember, 'parameters'>, values: Values): Values {
  return Object.fromEntries(
    Object.entries(parameters)
      .filter(([name, parameter]) => Object.hasOwn(values, keyOf(name, parameter)))
      .map(([name, parameter]) => [name, values[keyOf(name, parameter)]]),
  );
}

/** Rows that a free parameter needs at least. */
const rowsPerParameter = 2;

/**
 * Throws ADC3405 where there are fewer than two different rows per variable, over all and for the variables of one
 * accelerator alone (with whoever takes them over).
 */
export function checkDetermined(
  variables: readonly FreeVariable[],
  accelerators: readonly FamilyMember[],
  rowsOf: ReadonlyMap<string, number>,
  metric: string,
): void {
  const refuse = (rows: number, some: readonly FreeVariable[]): void => {
    if (rows >= rowsPerParameter * some.length) return;
    throw new ChipError(
      'ADC3405',
      `${rows} measurements of ${metric} cannot determine ${some.length} free parameters (${some.map(({ key }) => key).join(', ')})`,
      {
        hint: `Give ${rowsPerParameter} different measurements per parameter (also of lower tier with --tier AB), or fix parameters in the platform's data file with "fitted": false.`,
      },
    );
  };
  const rowsOfAll = (some: readonly FamilyMember[]): number =>
    some.reduce((sum, { platform }) => sum + (rowsOf.get(platform) ?? 0), 0);
  refuse(rowsOfAll(accelerators), variables);
  for (const owner of new Set(variables.map(variable => variable.owner))) {
    const own = variables.filter(variable => variable.owner === owner);
    if (owner === undefined) continue;
    refuse(
      rowsOfAll(accelerators.filter(({ parameters }) => own.some(({ name }) => parameters[name]?.owner === owner))),
      own,
    );
  }
}
