import {
  ChipError,
  type AcceleratorMetrics, type AcceleratorPrediction, type AcceleratorPredictor, type GivenAccelerator, type LayerPrediction,
  type NotCosted, type Platform, type Prediction,
} from '@autodnnchip/core';
import { networkWork, type LayerWork, type NetworkWork } from './layer-work.js';
import type { AcceleratorModel, Facts, LayerCost, ModelResult, Parameters } from './model.js';

/** Predicts by the models that are given by name. */
export function createAcceleratorPredictor(models: Readonly<Record<string, AcceleratorModel>>): AcceleratorPredictor {
  return {
    prepare(network, platform) {
      const accelerator = acceleratorOf(platform);
      if (!Object.hasOwn(models, accelerator.model)) {
        throw new ChipError('ADC3403', `The platform ${platform.id} wants the model ${accelerator.model}`, { hint: `Models: ${Object.keys(models).join(', ')}.` });
      }
      const model = models[accelerator.model];
      const work = networkWork(network);
      const facts: Facts = Object.fromEntries(Object.entries(accelerator.facts).map(([name, { value }]) => [name, value]));
      const defaults: Parameters = Object.fromEntries(Object.entries(accelerator.parameters).map(([name, { value }]) => [name, value]));
      return (changed, conditions = {}) => {
        const parameters = withChanges(platform.id, accelerator, defaults, changed);
        const batch = conditions.batch ?? facts['usualBatch'] ?? 1;
        const inputZeroShare = (layer: LayerWork): number => conditions.inputZeroShare?.[layer.name] ?? (layer.producers.includes(-1) ? 0 : facts['assumedInputZeroShare'] ?? 0);
        const result = model({ work, facts, parameters, batch, inputZeroShare });
        return assemble(platform, facts, work, result, parameters, batch);
      };
    },
  };
}

function acceleratorOf(platform: Platform): GivenAccelerator {
  if (platform.accelerator !== undefined) return platform.accelerator;
  throw new ChipError('ADC3406', `${platform.id} is a platform to build chips for, not an accelerator that exists`, {
    hint: 'Give one of the accelerators that `autodnnchip plugins` lists, for instance eyeriss.',
  });
}

function withChanges(platform: string, { parameters }: GivenAccelerator, defaults: Parameters, changed: Parameters): Parameters {
  for (const [name, value] of Object.entries(changed)) {
    if (!Object.hasOwn(parameters, name)) {
      throw new ChipError('ADC3003', `${platform} has no free parameter ${name}`, { hint: `Free parameters: ${Object.keys(parameters).join(', ')}.` });
    }
    const { minimum, maximum, unit } = parameters[name];
    if (!(value >= minimum && value <= maximum)) {
      throw new ChipError('ADC3003', `${name} of ${platform} cannot be ${value} ${unit}`, { hint: `Give ${minimum} to ${maximum}.` });
    }
  }
  return { ...defaults, ...changed };
}

function assemble(
  platform: Platform, facts: Facts, work: NetworkWork, result: ModelResult, parameters: Parameters, batch: number,
): AcceleratorPrediction {
  const costed = result.layers.filter(({ seconds }) => !Number.isNaN(seconds));
  const hertz = platform.clockMegahertz * 1e6;
  const rated = facts['powerMilliwatts'];
  const notCosted: NotCosted[] = [
    ...work.notCosted,
    ...result.layers.filter(({ seconds }) => Number.isNaN(seconds)).map(({ layer }) => ({
      name: layer.name, operator: layer.operator, reason: `${platform.title} does not run it, or nothing is published about how`,
    })),
  ];
  const energyOf = (cost: LayerCost): number => cost.energyJoules ?? (rated ?? 0) * 1e-3 * cost.seconds;
  if (rated === undefined && costed.some(({ energyJoules }) => energyJoules === undefined)) {
    notCosted.push({ name: 'energy', operator: 'power', reason: `no power of ${platform.title} alone is published: energy and power are 0 here` });
  }
  const multipliers = facts['multipliers'] ?? 0;
  const layers: LayerPrediction[] = costed.map((cost) => ({
    name: cost.layer.name, operator: cost.layer.operator,
    latencyCycles: Math.round(cost.seconds * hertz), energyPicojoules: energyOf(cost) * 1e12, limitedBy: cost.limitedBy,
    multiplyAccumulates: batch * cost.layer.multiplyAccumulates,
    utilization: cost.seconds === 0 || multipliers === 0 ? 0 : batch * cost.layer.multiplyAccumulates / (multipliers * cost.seconds * hertz),
    readBytes: Math.round(cost.readBytes), writtenBytes: Math.round(cost.writtenBytes),
  }));
  if (result.startSeconds > 0) {
    layers.unshift({
      name: 'start', operator: 'dispatch of the network', latencyCycles: Math.round(result.startSeconds * hertz),
      energyPicojoules: (rated ?? 0) * 1e9 * result.startSeconds, limitedBy: 'latency', multiplyAccumulates: 0, utilization: 0, readBytes: 0, writtenBytes: 0,
    });
  }
  const latencyCycles = layers.reduce((sum, layer) => sum + layer.latencyCycles, 0);
  const energyPicojoules = layers.reduce((sum, layer) => sum + layer.energyPicojoules, 0);
  const latencySeconds = latencyCycles / hertz;
  const resources = { multipliers };
  const prediction: Prediction = {
    mode: 'coarse', platform: platform.id, clockMegahertz: platform.clockMegahertz, latencyCycles, latencySeconds,
    throughputPerSecond: latencySeconds === 0 ? 0 : batch / latencySeconds,
    energyPicojoules, powerMilliwatts: latencySeconds === 0 ? 0 : energyPicojoules * 1e-9 / latencySeconds,
    resources, blocks: [{ id: platform.id, resources, energyPicojoules }], layers, notCosted,
  };
  const perLayer = new Map(costed.map((cost) => [cost.layer.name, metricsOf([cost], cost.seconds, energyOf, rated)]));
  const seconds = result.startSeconds + costed.reduce((sum, cost) => sum + cost.seconds, 0);
  return { prediction, layers: perLayer, total: metricsOf(costed, seconds, energyOf, rated), parameters };
}

/** Figures by the names of measurements. A figure that a model does not give is absent. */
function metricsOf(costs: readonly LayerCost[], seconds: number, energyOf: (cost: LayerCost) => number, rated: number | undefined): AcceleratorMetrics {
  const sum = (pick: (cost: LayerCost) => number | undefined): number | undefined =>
    (costs.some((cost) => pick(cost) === undefined) ? undefined : costs.reduce((total, cost) => total + (pick(cost) ?? 0), 0));
  const energy = rated === undefined && costs.some(({ energyJoules }) => energyJoules === undefined) ? undefined : sum(energyOf);
  const active = sum(({ activeElements }) => activeElements);
  const figures: Readonly<Record<string, number | undefined>> = {
    latency: seconds,
    processing_latency: sum(({ processingSeconds }) => processingSeconds),
    energy,
    power: energy === undefined || seconds === 0 ? undefined : energy / seconds,
    glb_traffic: sum(({ bufferBytes }) => bufferBytes),
    dram_traffic: sum(({ readBytes, writtenBytes }) => readBytes + writtenBytes),
    active_pes: active === undefined || costs.length === 0 ? undefined : weighted(costs),
  };
  return Object.fromEntries(Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== undefined));
}

/** Active elements, averaged over the time of the layers. */
function weighted(costs: readonly LayerCost[]): number {
  const time = costs.reduce((sum, { seconds }) => sum + seconds, 0);
  return costs.reduce((sum, { activeElements, seconds }) => sum + (activeElements ?? 0) * seconds, 0) / time;
}
