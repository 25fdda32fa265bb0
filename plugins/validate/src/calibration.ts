import { ChipError, type FreeParameter } from '@autodnnchip/core';
import type { Predictable } from './comparison.js';
import { errorPercent, statistics, type ErrorStatistics } from './error-statistics.js';
import { isTotal, type Measurement } from './measurements.js';
import { minimise } from './minimise.js';

export interface CalibratedParameter {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly before: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly meaning: string;
  readonly metric: string;
  readonly provenance: string;
}

/** A measurement, with what the fit on all rows and the fit without its network make of it. */
export interface CalibrationRow {
  readonly measurement: Measurement;
  readonly fitted: number;
  readonly fittedErrorPercent: number;
  readonly heldOut: number;
  readonly heldOutErrorPercent: number;
}

/** The result for the parameters of one metric. */
export interface Calibration {
  readonly metric: string;
  readonly parameters: readonly CalibratedParameter[];
  readonly rows: readonly CalibrationRow[];
  /** What was left out at a time: a network, or a layer where there is one network only. */
  readonly leftOut: 'network' | 'layer';
  readonly fitted: ErrorStatistics;
  readonly heldOut: ErrorStatistics;
}

/** Rows that a free parameter needs at least. */
const rowsPerParameter = 2;

/** Fits the free parameters of every metric in turn: what a metric determines is fixed for the next. */
export function calibrate(platform: string, parameters: Readonly<Record<string, FreeParameter>>, rows: readonly Predictable[], origin: string): readonly Calibration[] {
  const free = Object.entries(parameters).filter(([, { fitted }]) => fitted);
  const metrics = [...new Set(free.map(([, { metric }]) => metric))]
    .sort((first, second) => order.indexOf(first) - order.indexOf(second));
  let fixed: Readonly<Record<string, number>> = {};
  const calibrations: Calibration[] = [];
  for (const metric of metrics) {
    const own = free.filter(([, parameter]) => parameter.metric === metric);
    const calibration = calibrateMetric(platform, metric, own, rows.filter(({ measurement }) => measurement.metric === metric), fixed, origin);
    fixed = { ...fixed, ...Object.fromEntries(calibration.parameters.map(({ name, value }) => [name, value])) };
    calibrations.push(calibration);
  }
  return calibrations;
}

/** Total latency contains processing latency; power contains latency. */
const order = ['processing_latency', 'latency', 'power'];

function calibrateMetric(
  platform: string, metric: string, free: readonly (readonly [string, FreeParameter])[], rows: readonly Predictable[],
  fixed: Readonly<Record<string, number>>, origin: string,
): Calibration {
  const layered = rows.filter(({ measurement }) => !isTotal(measurement));
  const used = layered.length > 0 ? layered : rows;
  const distinct = new Set(used.map(({ measurement }) => `${measurement.file}\n${measurement.layer}`)).size;
  if (distinct < rowsPerParameter * free.length) {
    throw new ChipError('ADC3405', `${distinct} measurements of ${metric} cannot determine ${free.length} free parameters of ${platform} (${free.map(([name]) => name).join(', ')})`, {
      hint: `Give ${rowsPerParameter} different measurements per parameter (also of lower tier with --tier AB), or fix parameters in the platform's data file with "fitted": false.`,
    });
  }
  const fit = (on: readonly Predictable[]): Readonly<Record<string, number>> => ({
    ...fixed,
    ...minimise(free.map(([name, { minimum, maximum }]) => ({ name, minimum, maximum })), (values) => cost(on, { ...fixed, ...values })),
  });
  const all = fit(used);
  const networks = new Set(used.map(({ measurement }) => measurement.file));
  const leftOut = networks.size > 1 ? 'network' : 'layer';
  const keyOf = ({ measurement }: Predictable): string => (leftOut === 'network' ? measurement.file : measurement.layer);
  const without = new Map<string, Readonly<Record<string, number>>>();
  for (const key of new Set(used.map(keyOf))) without.set(key, fit(used.filter((row) => keyOf(row) !== key)));
  const results = used.map((row): CalibrationRow => {
    const fitted = row.predict(all);
    const heldOut = row.predict(without.get(keyOf(row)) ?? all);
    const { value } = row.measurement;
    return { measurement: row.measurement, fitted, fittedErrorPercent: errorPercent(fitted, value), heldOut, heldOutErrorPercent: errorPercent(heldOut, value) };
  });
  const provenance = `fitted on ${used.length} rows of ${metric} (${networks.size} network${networks.size === 1 ? '' : 's'}) of ${origin}`;
  return {
    metric, leftOut, rows: results,
    parameters: free.map(([name, { unit, value, minimum, maximum, meaning }]) => ({
      name, unit, value: Number(all[name].toPrecision(4)), before: value, minimum, maximum, meaning, metric, provenance,
    })),
    fitted: statistics(results.map(({ fittedErrorPercent }) => fittedErrorPercent)),
    heldOut: statistics(results.map(({ heldOutErrorPercent }) => heldOutErrorPercent)),
  };
}

/** Errors well below 10 % count little, those near it much, and larger ones in proportion, so that a row that the model cannot explain does not bend all others. */
function cost(rows: readonly Predictable[], parameters: Readonly<Record<string, number>>): number {
  const bar = 0.1;
  return rows.reduce((sum, row) => {
    const error = Math.log(row.predict(parameters) / row.measurement.value) / bar;
    return sum + (1 + error ** 4) ** 0.25 - 1;
  }, 0);
}
