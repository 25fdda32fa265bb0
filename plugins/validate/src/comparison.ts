import { join } from 'node:path';
import {
  AcceleratorPredictor, ChipError, Definitions, NetworkLoader,
  type AcceleratorConditions, type AcceleratorPrediction, type CommandInvocation, type Network, type Platform, type PreparedAccelerator,
} from '@autodnnchip/core';
import { isTotal, type Measurement } from './measurements.js';
import { inUnit } from './units.js';

/** Answers a measurement for any values of the free parameters, in the unit of the measurement. */
export interface Predictable {
  readonly measurement: Measurement;
  predict(parameters: Readonly<Record<string, number>>): number;
}

export interface NotPredictable {
  readonly measurement: Measurement;
  readonly reason: string;
}

export interface Preparation {
  readonly predictable: readonly Predictable[];
  readonly notCosted: readonly NotPredictable[];
}

type Run = (parameters: Readonly<Record<string, number>>) => AcceleratorPrediction;

/** Finds platform, network and model of every measurement, each network once. `directory` is the folder of the data. */
export async function prepareMeasurements(invocation: CommandInvocation, measurements: readonly Measurement[], directory: string): Promise<Preparation> {
  const { platforms } = invocation.get(Definitions);
  const loader = invocation.get(NetworkLoader);
  const predictor = invocation.get(AcceleratorPredictor);
  const networks = new Map<string, Network | string>();
  const runs = new Map<string, Run>();
  const predictable: Predictable[] = [];
  const notCosted: NotPredictable[] = [];
  for (const measurement of measurements) {
    const platform = platforms.find(measurement.platform);
    const problem = problemOf(measurement, platform);
    if (problem !== undefined || platform === undefined) {
      notCosted.push({ measurement, reason: problem ?? '' });
      continue;
    }
    const network = networks.get(measurement.file) ?? await readNetwork(loader, join(directory, 'networks', measurement.file));
    networks.set(measurement.file, network);
    if (typeof network === 'string') {
      notCosted.push({ measurement, reason: network });
      continue;
    }
    const conditions = conditionsOf(measurement, measurements, platform);
    const key = [measurement.platform, measurement.file, measurement.batch, conditions.memoryBytesPerSecond].join('\n');
    const run = runs.get(key) ?? rememberLast(predictor.prepare(network, platform), conditions);
    runs.set(key, run);
    const factor = factorOf(measurement, platform);
    const value = valueOrReason(() => valueOf(run({}), measurement, network));
    if (typeof value === 'string') notCosted.push({ measurement, reason: value });
    else if (factor === undefined) notCosted.push({ measurement, reason: `${measurement.unit === '' ? 'a number without unit' : measurement.unit} is no unit of ${measurement.metric} that is known here` });
    else predictable.push({ measurement, predict: (parameters) => Number(valueOf(run(parameters), measurement, network)) / factor });
  }
  return { predictable, notCosted };
}

/** What the model refuses concerns its row alone. */
function valueOrReason(value: () => number | string): number | string {
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
  if (platform.accelerator === undefined) return `${measurement.platform} is a platform to build chips for: build one, then use \`predict\` and \`simulate\` on its bundle`;
  return measurement.file === '' ? 'the row names no network file' : undefined;
}

async function readNetwork(loader: NetworkLoader, path: string): Promise<Network | string> {
  try {
    return await loader.read(path, 'predict');
  } catch (error) {
    if (error instanceof ChipError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** Batch of the row; where notes state them, the zeros in feature maps and what DDR memory delivered in the row's run. */
function conditionsOf(measurement: Measurement, measurements: readonly Measurement[], platform: Platform): AcceleratorConditions {
  const inputZeroShare: Record<string, number> = {};
  for (const { platform, file, layer, note } of measurements) {
    const stated = /input zeros ([\d.]+) %/.exec(note);
    if (platform === measurement.platform && file === measurement.file && stated !== null) inputZeroShare[layer] = Number(stated[1]) / 100;
  }
  const memory = /DDR about ([\d.]+) GB\/s/.exec(measurement.note);
  const gigabyte = 1000 * (platform.accelerator?.facts['megabyteBytes']?.value ?? 1e6);
  return { batch: measurement.batch, inputZeroShare, ...(memory === null ? {} : { memoryBytesPerSecond: Number(memory[1]) * gigabyte }) };
}

/** The rows of a network ask for the same prediction one after another. */
function rememberLast({ predict }: PreparedAccelerator, conditions: AcceleratorConditions): Run {
  let last: { readonly parameters: Readonly<Record<string, number>>; readonly prediction: AcceleratorPrediction } | undefined;
  return (parameters) => {
    if (last?.parameters !== parameters) last = { parameters, prediction: predict(parameters, conditions) };
    return last.prediction;
  };
}

/** Base units (s, W, J, B) in one unit of the row. */
function factorOf({ metric, unit }: Measurement, platform: Platform): number | undefined {
  return inUnit(metric, unit, platform.clockMegahertz, platform.accelerator?.facts['megabyteBytes']?.value);
}

/** In base units, or why there is none. */
function valueOf(prediction: AcceleratorPrediction, measurement: Measurement, network: Network): number | string {
  const { layer, metric, platform } = measurement;
  const metrics = isTotal(measurement) ? prediction.total : prediction.layers.get(layer);
  if (metrics === undefined) {
    return prediction.prediction.notCosted.find(({ name }) => name === layer)?.reason
      ?? (network.operators.some(({ name }) => name === layer)
        ? `${layer} is computed together with another layer and has no ${metric} of its own here` : `the network has no layer ${layer}`);
  }
  const value = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
  if (value === undefined) return `the model of ${platform} gives no ${metric}`;
  return Number.isFinite(value) && value >= 0 ? value : `the model of ${platform} gives ${value} as ${metric}`;
}
