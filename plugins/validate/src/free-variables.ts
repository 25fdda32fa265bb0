import { ChipError, type FreeParameter } from '@autodnnchip/core';
import type { Values } from './minimise.js';

/** An accelerator whose parameters are fitted: the only one, or one of a family. */
export interface FittedAccelerator {
  readonly platform: string;
  readonly parameters: Readonly<Record<string, FreeParameter>>;
}

/** A parameter as the fit sees it: one variable for a family, or one for each accelerator. */
export interface FreeVariable {
  /** The parameter's name; with the accelerator where each has a value of its own. */
  readonly key: string;
  readonly name: string;
  /** The accelerator that it belongs to; undefined: all of the family. */
  readonly platform: string | undefined;
  readonly parameter: FreeParameter;
}

/** The variables that measurements of a metric determine. Of a family's parameters the first accelerator's entry stands for all. */
export function freeVariables(accelerators: readonly FittedAccelerator[], metric: string): readonly FreeVariable[] {
  const variables = new Map<string, FreeVariable>();
  for (const { platform, parameters } of accelerators) {
    for (const [name, parameter] of Object.entries(parameters)) {
      if (!parameter.fitted || parameter.metric !== metric) continue;
      const own = parameter.scope === 'family' ? undefined : platform;
      const key = own === undefined ? name : `${name} of ${own}`;
      if (!variables.has(key)) variables.set(key, { key, name, platform: own, parameter });
    }
  }
  return [...variables.values()];
}

/** Metrics that parameters are fitted on, in the order in which they build on one another. */
export function fittedMetrics(accelerators: readonly FittedAccelerator[]): readonly string[] {
  const metrics = new Set(accelerators.flatMap(({ parameters }) => Object.values(parameters).filter(({ fitted }) => fitted).map(({ metric }) => metric)));
  return [...metrics].sort((first, second) => order.indexOf(first) - order.indexOf(second));
}

/** Total latency contains processing latency; power contains latency. */
const order = ['processing_latency', 'latency', 'power'];

/** What `values` of the variables are for one accelerator's parameters. */
export function parametersOf(platform: string, variables: readonly FreeVariable[], values: Values): Values {
  return Object.fromEntries(variables.filter((variable) => variable.platform === undefined || variable.platform === platform).map(({ key, name }) => [name, values[key]]));
}

/** Rows that a free parameter needs at least. */
const rowsPerParameter = 2;

/** Throws ADC3405 where there are fewer than two different rows per variable, over all and for what belongs to one accelerator alone. */
export function checkDetermined(variables: readonly FreeVariable[], rowsOf: ReadonlyMap<string, number>, metric: string): void {
  const refuse = (rows: number, some: readonly FreeVariable[]): void => {
    if (rows >= rowsPerParameter * some.length) return;
    throw new ChipError('ADC3405', `${rows} measurements of ${metric} cannot determine ${some.length} free parameters (${some.map(({ key }) => key).join(', ')})`, {
      hint: `Give ${rowsPerParameter} different measurements per parameter (also of lower tier with --tier AB), or fix parameters in the platform's data file with "fitted": false.`,
    });
  };
  refuse([...rowsOf.values()].reduce((sum, rows) => sum + rows, 0), variables);
  for (const [platform, rows] of rowsOf) refuse(rows, variables.filter((variable) => variable.platform === platform));
}
