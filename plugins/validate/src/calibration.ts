import type { Predictable } from './comparison.js';
import { errorPercent, groupBy, statistics, type ErrorStatistics } from './error-statistics.js';
import { checkNoNetworkDecides } from './deciding-networks.js';
import {
  checkDetermined,
  fittedMetrics,
  freeVariables,
  parametersOf,
  type FamilyMember,
  type FreeVariable,
} from './free-variables.js';
import { isTotal, type Measurement } from './measurements.js';
import { leastSquares, leastSquaresNear, slopesAround, type Values } from './least-squares.js';

export interface CalibratedParameter {
  readonly name: string;
  /** The accelerator whose value it is; undefined: all of the family. */
  readonly owner: string | undefined;
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
  /** False for a row that is only an indication: of another tier, or kept out of fits by its note. */
  readonly fittedOn: boolean;
  readonly fitted: number;
  readonly fittedErrorPercent: number;
  readonly heldOut: number;
  readonly heldOutErrorPercent: number;
}

/** Errors of one accelerator, or of all. */
export interface CalibrationErrors {
  readonly fitted: ErrorStatistics;
  readonly heldOut: ErrorStatistics;
  /** Of the rows that were not fitted on, by the fit without their network. */
  readonly indication: ErrorStatistics;
}

/** The result for the parameters of one metric. */
export interface Calibration extends CalibrationErrors {
  readonly metric: string;
  readonly parameters: readonly CalibratedParameter[];
  readonly rows: readonly CalibrationRow[];
  readonly platforms: readonly (CalibrationErrors & { readonly platform: string })[];
}

/**
 * Fits the free parameters of one accelerator, or of a family together, for every metric in turn: what a metric
 * determines is fixed for the next. Rows that `isFitted` denies are an indication: predicted, not fitted on. Throws
 * ADC3405 where the rows are too few for the parameters, ADC3407 where one network decides one of them.
 */
export function calibrate(
  accelerators: readonly FamilyMember[],
  rows: readonly Predictable[],
  isFitted: (measurement: Measurement) => boolean,
  origin: string,
): readonly Calibration[] {
  const fixed = new Map<string, Values>();
  return fittedMetrics(accelerators).map(metric => {
    const variables = freeVariables(accelerators, metric);
    const { calibration, values } = calibrateMetric(
      metric,
      variables,
      accelerators,
      rows.filter(({ measurement }) => measurement.metric === metric),
      isFitted,
      fixed,
      origin,
    );
    for (const accelerator of accelerators)
      fixed.set(accelerator.platform, { ...fixed.get(accelerator.platform), ...parametersOf(accelerator, values) });
    return calibration;
  });
}

function calibrateMetric(
  metric: string,
  variables: readonly FreeVariable[],
  accelerators: readonly FamilyMember[],
  rows: readonly Predictable[],
  isFitted: (measurement: Measurement) => boolean,
  fixed: ReadonlyMap<string, Values>,
  origin: string,
): { readonly calibration: Calibration; readonly values: Values } {
  const used = groupBy(
    rows.filter(({ measurement }) => isFitted(measurement)),
    platformOf,
  ).flatMap(layersWherePossible);
  const fittedOn = new Set(used);
  const distinct = groupBy(used, platformOf).map((own): [string, number] => [
    platformOf(own[0]),
    new Set(own.map(({ measurement }) => `${measurement.file}\n${measurement.layer}`)).size,
  ]);
  checkDetermined(variables, accelerators, new Map(distinct), metric);
  const bounds = variables.map(({ key, parameter: { minimum, maximum } }) => ({ name: key, minimum, maximum }));
  const byId = new Map(accelerators.map(accelerator => [accelerator.platform, accelerator]));
  const parametersFor = (id: string, values: Values): Values => ({
    ...fixed.get(id),
    ...parametersOf(byId.get(id) ?? { parameters: {} }, values),
  });
  const predict = rememberPredictions(used, parametersFor);
  const predictAll = rememberPredictions(rows, parametersFor);
  const before = Object.fromEntries(variables.map(({ key, parameter: { value } }) => [key, value]));
  const found = leastSquares(bounds, values => used.map(row => residual(row, predict(values))), before);
  const all = found.values;
  const moves = slopesAround(bounds, all, values => used.map(row => Math.log(predict(values)(row))));
  checkNoNetworkDecides(
    variables,
    used.map((row, index) => ({
      network: row.measurement.file,
      name: row.measurement.network,
      byVariable: moves.map(byRow => byRow[index]),
    })),
    metric,
  );
  const networks = new Set(used.map(networkOf));
  const fittedTo = predictAll(all);
  const results = groupBy(rows, networkOf).flatMap(left => {
    const isOther = (row: Predictable): boolean => networkOf(row) !== networkOf(left[0]);
    const others = used.filter(isOther);
    const slopes = found.slopes.map(byRow => byRow.filter((_, index) => isOther(used[index])));
    const without =
      others.length === used.length
        ? fittedTo
        : predictAll(
            leastSquaresNear(bounds, values => others.map(row => residual(row, predict(values))), {
              values: all,
              slopes,
            }),
          );
    return left.map((row): CalibrationRow => {
      const { value } = row.measurement;
      const [fitted, heldOut] = [fittedTo(row), without(row)];
      return {
        measurement: row.measurement,
        fittedOn: fittedOn.has(row),
        fitted,
        fittedErrorPercent: errorPercent(fitted, value),
        heldOut,
        heldOutErrorPercent: errorPercent(heldOut, value),
      };
    });
  });
  const provenance =
    `fitted on ${used.length} rows of ${metric} (${networks.size} network${networks.size === 1 ? '' : 's'}` +
    `${distinct.length > 1 ? `, ${distinct.map(([platform]) => platform).join(' and ')}` : ''}) of ${origin}`;
  const calibration: Calibration = {
    metric,
    rows: results,
    ...errorsOf(results),
    platforms: groupBy(results, ({ measurement }) => measurement.platform).map(own => ({
      platform: own[0].measurement.platform,
      ...errorsOf(own),
    })),
    parameters: variables.map(({ key, name, owner, parameter: { unit, value, minimum, maximum, meaning } }) => ({
      name,
      owner,
      unit,
      value: Number(all[key].toPrecision(4)),
      before: value,
      minimum,
      maximum,
      meaning,
      metric,
      provenance,
    })),
  };
  return { calibration, values: all };
}

function platformOf({ accelerator }: Predictable): string {
  return accelerator;
}

function networkOf({ measurement }: Predictable): string {
  return measurement.file;
}

/** Rows of layers say more than those of whole networks. */
function layersWherePossible(rows: readonly Predictable[]): readonly Predictable[] {
  const layers = rows.filter(({ measurement }) => !isTotal(measurement));
  return layers.length > 0 ? layers : rows;
}

function errorsOf(rows: readonly CalibrationRow[]): CalibrationErrors {
  const [fitted, others] = [true, false].map(fittedOn => rows.filter(row => row.fittedOn === fittedOn));
  return {
    fitted: statistics(fitted.map(({ fittedErrorPercent }) => fittedErrorPercent)),
    heldOut: statistics(fitted.map(({ heldOutErrorPercent }) => heldOutErrorPercent)),
    indication: statistics(others.map(({ heldOutErrorPercent }) => heldOutErrorPercent)),
  };
}

/**
 * Predictions of all rows for values of the variables. A change of what one accelerator has of its own leaves the
 * others' predictions as they are, and fits without a row look at the same values again and again: each is computed
 * once.
 */
function rememberPredictions(
  rows: readonly Predictable[],
  parametersFor: (platform: string, values: Values) => Values,
): (values: Values) => (row: Predictable) => number {
  const known = new Map<string, ReadonlyMap<Predictable, number>>();
  const byPlatform = groupBy(rows, platformOf);
  return values => {
    const predictions = new Map(
      byPlatform.map(own => {
        const platform = platformOf(own[0]);
        const parameters = parametersFor(platform, values);
        const key = `${platform} ${JSON.stringify(parameters)}`;
        const found = known.get(key) ?? new Map(own.map(row => [row, row.predict(parameters)]));
        known.set(key, found);
        return [platform, found];
      }),
    );
    return row => predictions.get(platformOf(row))?.get(row) ?? Number.NaN;
  };
}

/**
 * Errors well below 10 % count little, those near it much, and larger ones in proportion, so that a row that the model
 * cannot explain does not bend all others: half the square of the residual is (1 + e^4)^(1/4) - 1, e the error in units
 * of 10 %.
 */
function residual(row: Predictable, predict: (row: Predictable) => number): number {
  const bar = 0.1;
  const error = Math.log(predict(row) / row.measurement.value) / bar;
  return Math.sign(error) * Math.sqrt(2 * ((1 + error ** 4) ** 0.25 - 1));
}
