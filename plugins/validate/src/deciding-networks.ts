import { ChipError } from '@autodnnchip/core';
import type { FreeVariable } from './free-variables.js';

/**
 * How the prediction of a row moves with each variable: change of its logarithm over the whole range between the
 * bounds.
 */
export interface RowSensitivity {
  /** The network of the row. */
  readonly network: string;
  readonly name: string;
  readonly byVariable: readonly number[];
}

/** A network that holds more than this of what determines a variable decides it. */
const largestShare = 0.9;

/**
 * Throws ADC3407 where a variable's value hangs on one network (or one row) alone: without it, the other rows say next
 * to nothing about the variable that changes of the others could not explain as well.
 *
 * What rows say of a variable is its sensitivity over all of them, less what the other variables can imitate (the Schur
 * complement of the normal equations): sum of the squared residuals of its column regressed on the other columns.
 */
export function checkNoNetworkDecides(
  variables: readonly FreeVariable[],
  rows: readonly RowSensitivity[],
  metric: string,
): void {
  const names = new Map(rows.map(({ network, name }) => [network, name]));
  variables.forEach(({ key }, index) => {
    const all = information(rows, index);
    if (!(all > negligible)) throw refusal(`No measurement of ${metric} tells ${key} apart from other free parameters`);
    for (const [network, name] of names) {
      const others = rows.filter(row => row.network !== network);
      const without = information(others, index);
      if (without >= (1 - largestShare) * all) continue;
      const own = rows.length - others.length;
      throw refusal(
        `One network alone (${name}, ${own} row${own === 1 ? '' : 's'}) decides ${key}: without it the other ${others.length} rows of ${metric} hold ${((100 * without) / all).toFixed(1)} % of what determines it`,
      );
    }
  });
}

/** Sensitivities below 0.1 % over the whole range in every row. */
const negligible = 1e-6;

function refusal(message: string): ChipError {
  return new ChipError('ADC3407', message, {
    hint: 'Give rows of other networks that depend on it (also of lower tier with --tier AB), or fix it in the platform\'s data file with "fitted": false.',
  });
}

/** Sum of the squared residuals of one column regressed on all others (Gram-Schmidt, twice for accuracy). */
function information(rows: readonly RowSensitivity[], index: number): number {
  const column = (at: number): Float64Array => Float64Array.from(rows, ({ byVariable }) => byVariable[at]);
  const basis: Float64Array[] = [];
  const count = rows.length === 0 ? 0 : rows[0].byVariable.length;
  for (let other = 0; other < count; other += 1) {
    if (other === index) continue;
    const vector = column(other);
    const before = dot(vector, vector);
    orthogonalise(vector, basis);
    const length = dot(vector, vector);
    if (length > 1e-12 * before && length > 0) basis.push(vector.map(value => value / Math.sqrt(length)));
  }
  const residual = column(index);
  orthogonalise(residual, basis);
  return dot(residual, residual);
}

function orthogonalise(vector: Float64Array, basis: readonly Float64Array[]): void {
  for (let pass = 0; pass < 2; pass += 1) {
    for (const unit of basis) {
      const along = dot(vector, unit);
      for (let row = 0; row < vector.length; row += 1) vector[row] -= along * unit[row];
    }
  }
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < left.length; row += 1) sum += left[row] * right[row];
  return sum;
}
