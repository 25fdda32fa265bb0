import type { AcceleratorModelDefinition, Platform, TemplateDefinition } from '../chip/index.js';
import type { EngineDefinition } from '../engine/index.js';
import { ChipError } from '../errors/index.js';
import type { Network } from '../network/index.js';
import { serviceToken } from '../services/service-token.js';
import type { CommandDefinition } from './command-definition.js';
import {
  createHookFactory,
  type AsyncBailHookPoint,
  type AsyncHookPoint,
  type AsyncWaterfallHookPoint,
  type HookOwner,
  type SyncBailHookPoint,
  type SyncHookPoint,
  type TapRecord,
} from './hook-point.js';
import type {
  CommandReport,
  EmittedBundle,
  Exploration,
  HostPlacement,
  NetworkFile,
  NetworkTransformation,
  OperatorToMap,
  PredictedDesign,
  SimulateRequest,
  SimulationRun,
  SynthesizeRequest,
  SynthesizeResponse,
} from './payloads.js';
import type { Registry } from './registry.js';

/** Every extension point, in the order in which data flows. `docs/hooks.md` has a table for each. */
export interface Hooks {
  readonly loadNetwork: AsyncBailHookPoint<NetworkFile, Network>;
  readonly transformNetwork: AsyncWaterfallHookPoint<NetworkTransformation>;
  readonly defineEngines: SyncHookPoint<Registry<EngineDefinition>>;
  readonly defineTemplates: SyncHookPoint<Registry<TemplateDefinition>>;
  readonly defineAcceleratorModels: SyncHookPoint<Registry<AcceleratorModelDefinition>>;
  readonly definePlatforms: SyncHookPoint<Registry<Platform>>;
  readonly mapOperator: SyncBailHookPoint<OperatorToMap, HostPlacement>;
  readonly predict: AsyncWaterfallHookPoint<PredictedDesign>;
  readonly explore: SyncHookPoint<Exploration>;
  readonly emitRtl: AsyncWaterfallHookPoint<EmittedBundle>;
  readonly simulate: AsyncBailHookPoint<SimulateRequest, SimulationRun>;
  readonly synthesize: AsyncBailHookPoint<SynthesizeRequest, SynthesizeResponse>;
  readonly report: AsyncHookPoint<CommandReport>;
  readonly defineCommands: SyncHookPoint<Registry<CommandDefinition>>;
}

/** Token for services that call hooks. */
export const Hooks = serviceToken<Hooks>('Hooks');

export type HookName = keyof Hooks;

/** The hooks of one framework instance and the taps on them. */
export interface HookSet {
  /** Frozen; asking for a hook that does not exist throws an error that lists the ones that do. */
  readonly hooks: Hooks;
  readonly taps: readonly TapRecord[];
}

export function createHooks(owner: HookOwner): HookSet {
  const make = createHookFactory(owner);
  const hooks: Hooks = Object.freeze({
    loadNetwork: make.asyncBail<NetworkFile, Network>('loadNetwork'),
    transformNetwork: make.asyncWaterfall<NetworkTransformation>('transformNetwork'),
    defineEngines: make.sync<Registry<EngineDefinition>>('defineEngines'),
    defineTemplates: make.sync<Registry<TemplateDefinition>>('defineTemplates'),
    defineAcceleratorModels: make.sync<Registry<AcceleratorModelDefinition>>('defineAcceleratorModels'),
    definePlatforms: make.sync<Registry<Platform>>('definePlatforms'),
    mapOperator: make.syncBail<OperatorToMap, HostPlacement>('mapOperator'),
    predict: make.asyncWaterfall<PredictedDesign>('predict'),
    explore: make.sync<Exploration>('explore'),
    emitRtl: make.asyncWaterfall<EmittedBundle>('emitRtl'),
    simulate: make.asyncBail<SimulateRequest, SimulationRun>('simulate'),
    synthesize: make.asyncBail<SynthesizeRequest, SynthesizeResponse>('synthesize'),
    report: make.asyncSeries<CommandReport>('report'),
    defineCommands: make.sync<Registry<CommandDefinition>>('defineCommands'),
  });
  return { hooks: refuseUnknown(hooks), taps: make.records };
}

function refuseUnknown(hooks: Hooks): Hooks {
  return new Proxy(hooks, {
    get(target, property, receiver) {
      if (typeof property === 'string' && !(property in target) && property !== 'then' && property !== 'toJSON') {
        throw new ChipError('ADC2004', `There is no hook named ${property}`, {
          hint: `Hooks: ${Object.keys(target).join(', ')}.`,
        });
      }
      return Reflect.get(target, property, receiver) as unknown;
    },
  });
}
