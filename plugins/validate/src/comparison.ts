import { dirname, join, normalize, sep } from 'node:path';
import {
  AcceleratorPredictor,
  ChipError,
  Definitions,
  NetworkLoader,
  type AcceleratorConditions,
  type AcceleratorPrediction,
  type CommandInvocation,
  type GivenAccelerator,
  type LayerMapping,
  type Network,
  type Platform,
  type PreparedAccelerator,
} from '@autodnnchip/core';
import { decimalNumber } from './decimal-number.js';
import { groupBy } from './error-statistics.js';
import type { Measurement } from './measurements.js';
import { figureOf, layersOf } from './row-figures.js';
import { changedFacts, conditionProblem } from './run-conditions.js';
import { acceleratorUnderRelease } from './software-releases.js';
import { figure } from './table.js';
import { inUnit } from './units.js';

/** Answers a measurement for any values of the free parameters, in the unit of the measurement. */
export interface Predictable {
  readonly measurement: Measurement;
  /** The accelerator that the row is of: its platform, or the variant of it that has the conditions of the row. */
  readonly accelerator: string;
  predict(parameters: Readonly<Record<string, number>>): number;
}

export interface NotPredictable {
  readonly measurement: Measurement;
  readonly reason: string;
}

/** A layer that takes time by the model, of a network that was measured layer by layer, and that no row is about. */
export interface UnmatchedLayer {
  readonly platform: string;
  readonly network: string;
  readonly layer: string;
  readonly predictedMilliseconds: number;
}

export interface Preparation {
  readonly predictable: readonly Predictable[];
  readonly notCosted: readonly NotPredictable[];
  readonly unmatched: readonly UnmatchedLayer[];
}

type Predict = (parameters: Readonly<Record<string, number>>) => AcceleratorPrediction;

/** A network on an accelerator under the conditions of some rows. */
interface Run {
  readonly platform: string;
  readonly network: string;
  readonly predict: Predict;
  /** Layers that rows about its time are of. */
  readonly measuredLayers: Set<string>;
}

/**
 * Finds platform, network and model of every measurement, each network once. Networks are in `networks/` beside the
 * file of a row.
 */
export async function prepareMeasurements(
  invocation: CommandInvocation,
  measurements: readonly Measurement[],
): Promise<Preparation> {
  const { platforms, acceleratorModels } = invocation.get(Definitions);
  const loader = invocation.get(NetworkLoader);
  const predictor = invocation.get(AcceleratorPredictor);
  const networks = new Map<string, Network | string>();
  const runs = new Map<string, Run>();
  const predictable: Predictable[] = [];
  const notCosted: NotPredictable[] = [];
  const rowsOfNetworks = new Map(
    groupBy(measurements, networkOnPlatform).map(rows => [networkOnPlatform(rows[0]), rows]),
  );
  const statementsOf = new Map<string, LayerStatements>();
  for (const measurement of measurements) {
    const found = acceleratorOf(measurement, platforms.find(measurement.platform), platforms.list());
    const platform = typeof found === 'string' ? undefined : found;
    const accelerator = platform?.accelerator;
    const problem = typeof found === 'string' ? found : problemOf(measurement, platform);
    if (problem !== undefined || platform === undefined || accelerator === undefined) {
      notCosted.push({ measurement, reason: problem ?? '' });
      continue;
    }
    const path = join(dirname(measurement.data), 'networks', measurement.file);
    const network = networks.get(path) ?? (await readNetwork(loader, path));
    networks.set(path, network);
    if (typeof network === 'string') {
      notCosted.push({ measurement, reason: network });
      continue;
    }
    const sizes = Object.keys(acceleratorModels.find(accelerator.model)?.mappingSizes ?? {});
    const own = networkOnPlatform(measurement);
    const statements = statementsOf.get(own) ?? layerStatements(rowsOfNetworks.get(own) ?? [], sizes);
    statementsOf.set(own, statements);
    const conditions = conditionsOf(measurement, statements, accelerator);
    const key = JSON.stringify([
      platform.id,
      path,
      measurement.batch,
      conditions.memoryBytesPerSecond,
      conditions.facts,
    ]);
    const run = runs.get(key) ?? {
      platform: platform.id,
      network: measurement.network,
      predict: rememberLast(predictor.prepare(network, platform), conditions),
      measuredLayers: new Set<string>(),
    };
    runs.set(key, run);
    const factor = factorOf(measurement, accelerator, conditions);
    const layers = valueOrReason(() => layersOf(measurement, run.predict(asDescribed), network));
    const value =
      typeof layers === 'string'
        ? layers
        : valueOrReason(() => figureOf(run.predict(asDescribed), measurement, layers));
    if (typeof layers === 'string' || typeof value === 'string') notCosted.push({ measurement, reason: String(value) });
    else if (factor === undefined)
      notCosted.push({
        measurement,
        reason: `${measurement.unit === '' ? 'a number without unit' : measurement.unit} is no unit of ${measurement.metric} that is known here`,
      });
    else if (!isComparable(Number(value) / factor, measurement.value)) {
      notCosted.push({
        measurement,
        reason: `the value ${measurement.value} ${measurement.unit} is more than ${mostRatio.toLocaleString('en')} times off what the model gives, ${figure(Number(value) / factor)}: value or unit is wrong, or the row is of something else`,
      });
    } else {
      predictable.push({
        measurement,
        accelerator: platform.id,
        predict: parameters => Number(figureOf(run.predict(parameters), measurement, layers)) / factor,
      });
      if (measurement.metric === 'latency') for (const layer of layers ?? []) run.measuredLayers.add(layer);
    }
  }
  return { predictable, notCosted, unmatched: unmatchedLayers([...runs.values()]) };
}

/**
 * A model and a measurement of the same thing are never further apart: a row beyond says nothing of the model, and
 * alone would decide a mean or a fit.
 */
const mostRatio = 10_000;

function isComparable(predicted: number, measured: number): boolean {
  const ratio = predicted / measured;
  return ratio <= mostRatio && ratio >= 1 / mostRatio;
}

/**
 * The variant of the row's platform that runs as the row states; the platform where there is none, or why it is none.
 */
function acceleratorOf(
  measurement: Measurement,
  platform: Platform | undefined,
  all: readonly Platform[],
): Platform | string | undefined {
  const variant = variantOf(platform, measurement, all);
  const release = measurement.conditions['release'];
  return variant === undefined || release === undefined ? variant : acceleratorUnderRelease(variant, release, all);
}

/** The variant of the row's platform whose own conditions the row states; the platform where there is none. */
function variantOf(
  platform: Platform | undefined,
  { conditions }: Measurement,
  all: readonly Platform[],
): Platform | undefined {
  return (
    all.find(({ accelerator }) => {
      if (platform === undefined || accelerator?.variantOf !== platform.id) return false;
      const own = Object.entries(accelerator.conditions).filter(
        ([name, value]) => platform.accelerator?.conditions[name] !== value,
      );
      return own.length > 0 && own.every(([name, value]) => conditions[name] === value);
    }) ?? platform
  );
}

/** Of networks that have rows about single layers. Layers of the same network in several runs are compared in each. */
function unmatchedLayers(runs: readonly Run[]): readonly UnmatchedLayer[] {
  return runs
    .filter(({ measuredLayers }) => measuredLayers.size > 0)
    .flatMap(({ platform, network, predict, measuredLayers }) =>
      [...predict(asDescribed).layers]
        .filter(([layer, { latency = 0 }]) => latency > 0 && !measuredLayers.has(layer))
        .map(([layer, { latency }]) => ({ platform, network, layer, predictedMilliseconds: 1e3 * latency })),
    );
}

/** What the model refuses concerns its row alone. */
function valueOrReason<Value>(value: () => Value): Value | string {
  try {
    return value();
  } catch (error) {
    if (error instanceof ChipError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

function problemOf(measurement: Measurement, platform: Platform | undefined): string | undefined {
  if (measurement.problem !== undefined) return measurement.problem;
  if (platform === undefined) return `no platform ${measurement.platform} is defined`;
  if (platform.accelerator === undefined)
    return `${measurement.platform} is a platform to build chips for: build one, then use \`predict\` and \`simulate\` on its bundle`;
  if (measurement.file === '') return 'the row names no network file';
  if (normalize(join('networks', measurement.file)).split(sep)[0] !== 'networks')
    return `the network file ${measurement.file} is not in networks/ beside the table`;
  return conditionProblem(measurement.conditions, platform.id, platform.accelerator);
}

async function readNetwork(loader: NetworkLoader, path: string): Promise<Network | string> {
  try {
    return await loader.read(path, 'predict');
  } catch (error) {
    if (error instanceof ChipError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** What the rows of a network on a platform say of its layers, whichever row says it. */
type LayerStatements = Required<Pick<AcceleratorConditions, 'inputZeroShare' | 'mappings'>>;

function networkOnPlatform({ platform, file }: Measurement): string {
  return JSON.stringify([platform, file]);
}

/** Zeros in feature maps and mappings by layer, gathered once: a table has many rows of one network. */
function layerStatements(rows: readonly Measurement[], sizes: readonly string[]): LayerStatements {
  const inputZeroShare: Record<string, number> = {};
  const mappings: Record<string, LayerMapping> = {};
  for (const { layer, note, conditions } of rows) {
    const stated = /input zeros ([\d.]+) %/.exec(note);
    if (stated !== null) inputZeroShare[layer] = Number(stated[1]) / 100;
    if (conditions['mapping'] !== undefined) mappings[layer] = mappingOf(conditions['mapping'], sizes);
  }
  return { inputZeroShare, mappings };
}

/**
 * Batch of the row, the figures that its run had other than the accelerator usually has, and what its network's rows
 * say of layers.
 */
function conditionsOf(
  measurement: Measurement,
  statements: LayerStatements,
  accelerator: GivenAccelerator,
): AcceleratorConditions {
  const memory = measurement.conditions['ddrGigabytesPerSecond'];
  const gigabyte = 1000 * (accelerator.facts['megabyteBytes']?.value ?? 1e6);
  return {
    batch: measurement.batch,
    ...statements,
    facts: changedFacts(measurement.conditions, accelerator),
    ...(memory === undefined ? {} : { memoryBytesPerSecond: decimalNumber(memory) * gigabyte }),
  };
}

/** Sizes in the order of the model's; those that are missing or too many are refused by the model's own check. */
function mappingOf(text: string, sizes: readonly string[]): LayerMapping {
  return Object.fromEntries(
    text.split(',').map((size, index) => [sizes[index] ?? `size ${index + 1}`, decimalNumber(size.trim())]),
  );
}

/** No parameter is changed: one object, by which a prediction that is there already is known again. */
const asDescribed: Readonly<Record<string, number>> = {};

/** The rows of a network ask for the same prediction one after another. */
function rememberLast({ predict }: PreparedAccelerator, conditions: AcceleratorConditions): Predict {
  let last:
    { readonly parameters: Readonly<Record<string, number>>; readonly prediction: AcceleratorPrediction } | undefined;
  return parameters => {
    if (last?.parameters !== parameters) last = { parameters, prediction: predict(parameters, conditions) };
    return last.prediction;
  };
}

/** Base units (s, W, J, B) in one unit of the row. */
function factorOf(
  { metric, unit }: Measurement,
  { facts }: GivenAccelerator,
  conditions: AcceleratorConditions,
): number | undefined {
  return inUnit(
    metric,
    unit,
    conditions.facts?.['clockMegahertz'] ?? facts['clockMegahertz'].value,
    facts['megabyteBytes']?.value,
  );
}
