import {
  accountForNodes,
  ChipError,
  energyNotCosted,
  requireExactFigures,
  type AcceleratorConditions,
  type AcceleratorMetrics,
  type AcceleratorPrediction,
  type AcceleratorPredictor,
  type Fate,
  type GivenAccelerator,
  type AcceleratorModelDefinition,
  type GraphPredictor,
  type LayerPrediction,
  type Network,
  type NotCosted,
  type Platform,
  type Prediction,
  type Registry,
} from '@autodnnchip/core';
import { checkedMappings } from './given-mappings.js';
import { networkWork, type NetworkWork } from './layer-work.js';
import type { AcceleratorPlan, Facts, LayerPlan, ModelRequest, Parameters } from './model.js';
import { timePlan, type LayerTiming, type PlanTiming } from './time-plan.js';

/** Predicts by the models that are given by name: each makes a chip graph, and `graphs` runs it. */
export function createAcceleratorPredictor(
  models: Registry<AcceleratorModelDefinition>,
  graphs: GraphPredictor,
): AcceleratorPredictor {
  return {
    prepare(network, platform) {
      const accelerator = acceleratorOf(platform);
      const definition = models.find(accelerator.model);
      if (definition === undefined) {
        throw new ChipError('ADC3403', `The platform ${platform.id} wants the model ${accelerator.model}`, {
          hint: `Models: ${models
            .list()
            .map(({ id }) => id)
            .join(', ')}.`,
        });
      }
      const model = definition.plan;
      const work = networkWork(network, definition.places);
      const facts: Facts = Object.fromEntries(
        Object.entries(accelerator.facts).map(([name, { value }]) => [name, value]),
      );
      const defaults: Parameters = Object.fromEntries(
        Object.entries(accelerator.parameters).map(([name, { value }]) => [name, value]),
      );
      const requestOf = (changed: Parameters, conditions: AcceleratorConditions): ModelRequest => ({
        work,
        facts: { ...facts, ...checkedFacts(conditions.facts ?? {}) },
        parameters: withChanges(platform.id, accelerator, defaults, changed),
        batch: batchOf(work, conditions.batch, facts['usualBatch'] ?? 1),
        inputZeroShare: layer =>
          conditions.inputZeroShare?.[layer.name] ??
          (layer.producers.includes(-1) ? 0 : (facts['assumedInputZeroShare'] ?? 0)),
        mappings: checkedMappings(platform.id, definition, work, conditions.mappings ?? {}),
        ...(conditions.memoryBytesPerSecond === undefined
          ? {}
          : { memoryBytesPerSecond: checkedRate(conditions.memoryBytesPerSecond) }),
      });
      return {
        graph: (changed, conditions = {}) => model(requestOf(changed, conditions)).graph,
        predict: (changed, conditions = {}) => {
          const request = requestOf(changed, conditions);
          const plan = model(request);
          const timing = timePlan(plan, graphs);
          const others = Object.entries(plan.otherTimings ?? {}).map(
            ([metric, other]) => [metric, timePlan(other, graphs)] as const,
          );
          return assemble({ platform, network, request, work, plan, timing, others });
        },
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

function withChanges(
  platform: string,
  { parameters }: GivenAccelerator,
  defaults: Parameters,
  changed: Parameters,
): Parameters {
  for (const [name, value] of Object.entries(changed)) {
    if (!Object.hasOwn(parameters, name)) {
      throw new ChipError('ADC3003', `${platform} has no free parameter ${name}`, {
        hint: `Free parameters: ${Object.keys(parameters).join(', ')}.`,
      });
    }
    const { minimum, maximum, unit } = parameters[name];
    if (!(value >= minimum && value <= maximum)) {
      throw new ChipError('ADC3003', `${name} of ${platform} cannot be ${value} ${unit}`, {
        hint: `Give ${minimum} to ${maximum}.`,
      });
    }
  }
  return { ...defaults, ...changed };
}

/** Inputs that any accelerator computes together; mappings are searched over them. */
const largestBatch = 4096;

/**
 * Inputs by which the sizes of layers are multiplied. A network that has a batch of its own is predicted with that one.
 */
function batchOf({ batch, batchInLayers }: NetworkWork, given: number | undefined, usual: number): number {
  if (batch === 1) return checkedBatch(given ?? usual);
  if (given !== undefined && given !== batch) {
    throw new ChipError(
      'ADC3003',
      `The batch cannot be ${given}: the network's own inputs and outputs are a batch of ${batch}`,
      {
        hint: `Leave out --set batch, or export the network for one input to predict other batches.`,
      },
    );
  }
  return batchInLayers ? 1 : checkedBatch(batch);
}

function checkedBatch(batch: number): number {
  if (Number.isInteger(batch) && batch >= 1 && batch <= largestBatch) return batch;
  throw new ChipError('ADC3003', `The batch cannot be ${batch}`, {
    hint: `Give a whole number from 1 to ${largestBatch}.`,
  });
}

function checkedRate(bytesPerSecond: number): number {
  if (bytesPerSecond > 0 && Number.isFinite(bytesPerSecond)) return bytesPerSecond;
  throw new ChipError('ADC3003', `External memory cannot deliver ${bytesPerSecond} B/s`, {
    hint: 'Give a rate above 0.',
  });
}

function checkedFacts(facts: Facts): Facts {
  const wrong = Object.entries(facts).find(([, value]) => !(value >= 0 && Number.isFinite(value)));
  if (wrong === undefined && (facts['clockMegahertz'] ?? 1) > 0) return facts;
  const [name, value] = wrong ?? ['clockMegahertz', facts['clockMegahertz']];
  throw new ChipError('ADC3003', `The condition ${name} cannot be ${value}`, { hint: 'Give a finite number above 0.' });
}

/** A run of a plan, with all that its figures follow from. */
interface Run {
  readonly platform: Platform;
  readonly network: Network;
  readonly request: ModelRequest;
  readonly work: NetworkWork;
  readonly plan: AcceleratorPlan;
  readonly timing: PlanTiming;
  readonly others: readonly (readonly [string, PlanTiming])[];
}

/** A layer with its figures in base units. */
interface CostedLayer {
  readonly plan: LayerPlan;
  readonly timing: LayerTiming;
  readonly seconds: number;
  readonly energyPicojoules: number;
  readonly otherSeconds: Readonly<Record<string, number>>;
}

function assemble({ platform, network, request, work, plan, timing, others }: Run): AcceleratorPrediction {
  const { facts, batch, parameters } = request;
  /** Inputs that are computed together, and those of them that the file itself has. */
  const inputs = work.batchInLayers ? work.batch : batch;
  const inputsOfFile = work.batchInLayers ? 1 : work.batch;
  const { clockMegahertz } = facts;
  const hertz = clockMegahertz * 1e6;
  const staticPerCycle = timing.latencyCycles === 0 ? 0 : timing.staticPicojoules / timing.latencyCycles;
  const costed = plan.layers.flatMap((layerPlan, index): readonly CostedLayer[] => {
    if (layerPlan.refused !== undefined) return [];
    const layerTiming = timing.layers[index];
    return [
      {
        plan: layerPlan,
        timing: layerTiming,
        seconds: layerTiming.cycles / hertz,
        energyPicojoules: layerTiming.busyPicojoules + staticPerCycle * layerTiming.cycles,
        otherSeconds: Object.fromEntries(others.map(([metric, { layers }]) => [metric, layers[index].cycles / hertz])),
      },
    ];
  });
  const multipliers = facts['multipliers'] ?? 0;
  const layers = costed.map(
    ({
      plan: { layer, readBytes, writtenBytes, multiplicationShare = 1 },
      timing: { cycles, limitedBy },
      energyPicojoules,
    }): LayerPrediction => ({
      name: layer.name,
      operator: layer.operator,
      latencyCycles: cycles,
      energyPicojoules: energyPicojoules / inputs,
      limitedBy,
      multiplyAccumulates: inputsOfFile * layer.multiplyAccumulates,
      utilization:
        cycles === 0 || multipliers === 0
          ? 0
          : (batch * layer.multiplyAccumulates * multiplicationShare) / (multipliers * cycles),
      readBytes: Math.round(readBytes),
      writtenBytes: Math.round(writtenBytes),
    }),
  );
  const startPicojoules = timing.start.busyPicojoules + staticPerCycle * timing.start.cycles;
  if (plan.start.length > 0) {
    layers.unshift({
      name: 'start',
      operator: 'dispatch of the network',
      latencyCycles: timing.start.cycles,
      energyPicojoules: startPicojoules / inputs,
      limitedBy: 'latency',
      multiplyAccumulates: 0,
      utilization: 0,
      readBytes: 0,
      writtenBytes: 0,
    });
  }
  const { latencyCycles } = timing;
  const latencySeconds = latencyCycles / hertz;
  const energyPicojoules = layers.reduce((sum, layer) => sum + layer.energyPicojoules, 0);
  const area = facts['areaSquareMillimetres'];
  const resources = { multipliers, ...(area === undefined ? {} : { areaSquareMillimetres: area }) };
  const prediction: Prediction = {
    mode: 'fine',
    platform: platform.id,
    batch: inputs,
    clockMegahertz,
    latencyCycles,
    latencySeconds,
    throughputPerSecond: latencySeconds === 0 ? 0 : inputs / latencySeconds,
    energyPicojoules,
    powerMilliwatts: latencySeconds === 0 ? 0 : (inputs * energyPicojoules * 1e-9) / latencySeconds,
    resources,
    blocks: [{ id: platform.id, resources, energyPicojoules }],
    layers,
    notCosted: notCostedOf(platform, plan),
  };
  const totals = {
    latency: latencySeconds,
    energy: inputs * energyPicojoules * 1e-12,
    other: Object.fromEntries(others.map(([metric, { latencyCycles: cycles }]) => [metric, cycles / hertz])),
  };
  const perLayer = new Map(
    costed.map(layer => [
      layer.plan.layer.name,
      metricsOf(
        [layer],
        { latency: layer.seconds, energy: layer.energyPicojoules * 1e-12, other: layer.otherSeconds },
        plan.energyKnown,
      ),
    ]),
  );
  return {
    prediction: requireExactFigures(prediction),
    layers: perLayer,
    total: metricsOf(costed, totals, plan.energyKnown),
    parameters,
    nodes: accountForNodes(network, fatesOf(work, plan)),
  };
}

/** What became of every operator, now that the model has said which layers it refuses. */
function fatesOf(work: NetworkWork, plan: AcceleratorPlan): ReadonlyMap<string, Fate> {
  const refused = new Map(
    plan.layers.flatMap(({ layer, refused: reason }) => (reason === undefined ? [] : [[layer.name, reason] as const])),
  );
  return new Map(
    [...work.fates].map(([name, fate]): readonly [string, Fate] => {
      if (fate.fate !== 'costed' && fate.fate !== 'merged') return [name, fate];
      const reason = refused.get(fate.layer);
      return [
        name,
        reason === undefined
          ? fate
          : { fate: 'notCosted', reason: fate.fate === 'costed' ? reason : `it goes with ${fate.layer}: ${reason}` },
      ];
    }),
  );
}

function notCostedOf(platform: Platform, plan: AcceleratorPlan): readonly NotCosted[] {
  const refused = plan.layers.flatMap(({ layer, refused: reason }) =>
    reason === undefined ? [] : [{ name: layer.name, operator: layer.operator, reason }],
  );
  const energy = plan.energyKnown
    ? []
    : [{ ...energyNotCosted, reason: `no power of ${platform.title} alone is published` }];
  return [...refused, ...(plan.notCosted ?? []), ...energy];
}

/** Figures by the names of measurements. A figure that a model does not give is absent. */
function metricsOf(
  layers: readonly CostedLayer[],
  {
    latency,
    energy,
    other,
  }: { readonly latency: number; readonly energy: number; readonly other: Readonly<Record<string, number>> },
  energyKnown: boolean,
): AcceleratorMetrics {
  const sum = (pick: (plan: LayerPlan) => number | undefined): number | undefined =>
    layers.some(({ plan }) => pick(plan) === undefined)
      ? undefined
      : layers.reduce((total, { plan }) => total + (pick(plan) ?? 0), 0);
  const figures: Readonly<Record<string, number | undefined>> = {
    latency,
    ...other,
    energy: energyKnown ? energy : undefined,
    power: energyKnown && latency > 0 ? energy / latency : undefined,
    glb_traffic: sum(({ bufferBytes }) => bufferBytes),
    dram_traffic: sum(({ readBytes, writtenBytes }) => readBytes + writtenBytes),
    active_pes: activeElements(layers),
  };
  return Object.fromEntries(
    Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
}

/** Elements of the array that work, averaged over the time of the layers. */
function activeElements(layers: readonly CostedLayer[]): number | undefined {
  const seconds = layers.reduce((sum, layer) => sum + layer.seconds, 0);
  if (seconds === 0 || layers.some(({ plan }) => plan.activeElements === undefined)) return undefined;
  return layers.reduce((sum, { plan, seconds: own }) => sum + (plan.activeElements ?? 0) * own, 0) / seconds;
}
