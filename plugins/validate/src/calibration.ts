import type { Predictable } from './comparison.js';
import { errorPercent, groupBy, statistics, type ErrorStatistics } from './error-statistics.js';
import { checkDetermined, fittedMetrics, freeVariables, parametersOf, type FittedAccelerator, type FreeVariable } from './free-variables.js';
import { isTotal, type Measurement } from './measurements.js';
import { minimise, minimiseNear, type Values } from './minimise.js';

export interface CalibratedParameter {
  readonly name: string;
  /** The accelerator that it belongs to; undefined: all of the family. */
  readonly platform: string | undefined;
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

/** Errors of one accelerator, or of all. */
export interface CalibrationErrors {
  readonly fitted: ErrorStatistics;
  readonly heldOut: ErrorStatistics;
}

/** The result for the parameters of one metric. */
export interface Calibration extends CalibrationErrors {
  readonly metric: string;
  readonly parameters: readonly CalibratedParameter[];
  readonly rows: readonly CalibrationRow[];
  /** What was left out at a time, on all accelerators of a family: a network, or a layer where there is one network only. */
  readonly leftOut: 'network' | 'layer';
  readonly platforms: readonly (CalibrationErrors & { readonly platform: string })[];
}

/**
 * Fits the free parameters of one accelerator, or of a family together, for every metric in turn: what a metric determines
 * is fixed for the next. Throws ADC3405 where the rows cannot determine the parameters.
 */
export function calibrate(accelerators: readonly FittedAccelerator[], rows: readonly Predictable[], origin: string): readonly Calibration[] {
  const fixed = new Map<string, Values>();
  return fittedMetrics(accelerators).map((metric) => {
    const variables = freeVariables(accelerators, metric);
    const { calibration, values } = calibrateMetric(metric, variables, rows.filter(({ measurement }) => measurement.metric === metric), fixed, origin);
    for (const { platform } of accelerators) fixed.set(platform, { ...fixed.get(platform), ...parametersOf(platform, variables, values) });
    return calibration;
  });
}

function calibrateMetric(
  metric: string, variables: readonly FreeVariable[], rows: readonly Predictable[], fixed: ReadonlyMap<string, Values>, origin: string,
): { readonly calibration: Calibration; readonly values: Values } {
  const used = groupBy(rows, platformOf).flatMap(layersWherePossible);
  const distinct = groupBy(used, platformOf).map((own): [string, number] => [
    platformOf(own[0]), new Set(own.map(({ measurement }) => `${measurement.file}\n${measurement.layer}`)).size,
  ]);
  checkDetermined(variables, new Map(distinct), metric);
  const bounds = variables.map(({ key, parameter: { minimum, maximum } }) => ({ name: key, minimum, maximum }));
  const predict = rememberPredictions(used, (platform, values) => ({ ...fixed.get(platform), ...parametersOf(platform, variables, values) }));
  const all = minimise(bounds, (values) => cost(used, predict(values)));
  const networks = new Set(used.map(({ measurement }) => measurement.file));
  const leftOut = networks.size > 1 ? 'network' : 'layer';
  const keyOf = ({ measurement }: Predictable): string => (leftOut === 'network' ? measurement.file : measurement.layer);
  const fittedTo = predict(all);
  const results = groupBy(used, keyOf).flatMap((left) => {
    const key = keyOf(left[0]);
    const others = used.filter((row) => keyOf(row) !== key);
    const without = predict(minimiseNear(bounds, (values) => cost(others, predict(values)), all));
    return left.map((row): CalibrationRow => {
      const { value } = row.measurement;
      const [fitted, heldOut] = [fittedTo(row), without(row)];
      return { measurement: row.measurement, fitted, fittedErrorPercent: errorPercent(fitted, value), heldOut, heldOutErrorPercent: errorPercent(heldOut, value) };
    });
  });
  const provenance = `fitted on ${used.length} rows of ${metric} (${networks.size} network${networks.size === 1 ? '' : 's'}`
    + `${distinct.length > 1 ? `, ${distinct.map(([platform]) => platform).join(' and ')}` : ''}) of ${origin}`;
  const calibration: Calibration = {
    metric, leftOut, rows: results, ...errorsOf(results),
    platforms: groupBy(results, ({ measurement }) => measurement.platform).map((own) => ({ platform: own[0].measurement.platform, ...errorsOf(own) })),
    parameters: variables.map(({ key, name, platform, parameter: { unit, value, minimum, maximum, meaning } }) => ({
      name, platform, unit, value: Number(all[key].toPrecision(4)), before: value, minimum, maximum, meaning, metric, provenance,
    })),
  };
  return { calibration, values: all };
}

function platformOf({ measurement }: Predictable): string {
  return measurement.platform;
}

/** Rows of layers say more than those of whole networks. */
function layersWherePossible(rows: readonly Predictable[]): readonly Predictable[] {
  const layers = rows.filter(({ measurement }) => !isTotal(measurement));
  return layers.length > 0 ? layers : rows;
}

function errorsOf(rows: readonly CalibrationRow[]): CalibrationErrors {
  return {
    fitted: statistics(rows.map(({ fittedErrorPercent }) => fittedErrorPercent)),
    heldOut: statistics(rows.map(({ heldOutErrorPercent }) => heldOutErrorPercent)),
  };
}

/**
 * Predictions of all rows for values of the variables. A change of what one accelerator has of its own leaves the others'
 * predictions as they are, and fits without a row look at the same values again and again: each is computed once.
 */
function rememberPredictions(rows: readonly Predictable[], parametersFor: (platform: string, values: Values) => Values): (values: Values) => (row: Predictable) => number {
  const known = new Map<string, ReadonlyMap<Predictable, number>>();
  const byPlatform = groupBy(rows, platformOf);
  return (values) => {
    const predictions = new Map(byPlatform.map((own) => {
      const platform = platformOf(own[0]);
      const parameters = parametersFor(platform, values);
      const key = `${platform} ${JSON.stringify(parameters)}`;
      const found = known.get(key) ?? new Map(own.map((row) => [row, row.predict(parameters)]));
      known.set(key, found);
      return [platform, found];
    }));
    return (row) => predictions.get(platformOf(row))?.get(row) ?? Number.NaN;
  };
}

/** Errors well below 10 % count little, those near it much, and larger ones in proportion, so that a row that the model cannot explain does not bend all others. */
function cost(rows: readonly Predictable[], predict: (row: Predictable) => number): number {
  const bar = 0.1;
  return rows.reduce((sum, row) => {
    const error = Math.log(predict(row) / row.measurement.value) / bar;
    return sum + (1 + error ** 4) ** 0.25 - 1;
  }, 0);
}
