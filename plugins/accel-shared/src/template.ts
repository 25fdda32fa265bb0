import {
  ChipError,
  type Configuration,
  type Design,
  type Network,
  type Platform,
  type TemplateDefinition,
} from '@autodnnchip/core';
import type { EngineDefinition } from '@autodnnchip/core/engine';

import { openBundle } from './built-chip.js';
import { enginesOf } from './chip/chip.js';
import { numbersOf, type AccelSharedConfiguration } from './configuration.js';
import { withHighestClock } from './cost/fmax.js';
import { accelSharedResources } from './cost/resources.js';
import { emitBundle } from './emit/emit-bundle.js';
import { chipGraphOfProgram } from './graph/chip-graph-of-program.js';
import { lowerNetwork, type LoweredNetwork } from './lowering/index.js';
import { absentEngines, completeConfiguration, hasDepthwise, plainConfiguration } from './default-chip.js';
import { absences, presentEngines } from './engine-presence.js';
import { engineLists, enumerateChips } from './enumerate-chips.js';
import { checkConfiguration, checkMemoryPort, templateParameters } from './parameters.js';
import { coarseLatencyCycles } from './prediction/coarse-layers.js';
import { explainLowered, predictLowered } from './prediction/coarse-prediction.js';
import {
  explainProgram,
  predictProgram,
  type ChipResources,
  type PredictedProgram,
} from './prediction/fine-prediction.js';
import { RememberedReads } from './remembered-reads.js';
import { refuseUnsupported, scheduleNetwork, type Schedule } from './schedule/index.js';

/** A network mapped by this template. */
export interface AccelSharedDesign extends Design {
  readonly lowered: LoweredNetwork;
  readonly schedule: Schedule;
}

const mostLowerings = 64;

const coarseLatencies = new WeakMap<LoweredNetwork, WeakMap<Platform, RememberedReads<number>>>();
const mostLatencies = 1024;

/** Once per lowered network, platform and what the bounds of the engines look at: depths of buffers are not among it. */
function coarseLatencyOnce(
  network: LoweredNetwork,
  configuration: AccelSharedConfiguration,
  platform: Platform,
): number {
  let ofNetwork = coarseLatencies.get(network);
  if (ofNetwork === undefined) coarseLatencies.set(network, (ofNetwork = new WeakMap()));
  let known = ofNetwork.get(platform);
  if (known === undefined) ofNetwork.set(platform, (known = new RememberedReads(mostLatencies)));
  return known.of(configuration, watched =>
    coarseLatencyCycles(network, enginesOf(watched), watched, platform, platform.memory),
  );
}

function requireDesign(design: Design): AccelSharedDesign {
  if (!('schedule' in design))
    throw new ChipError('ADC9001', `The design of ${design.network.name} was not made by accel-shared.`);
  return design as AccelSharedDesign;
}

function programOf({ configuration, layers, instructions, memory }: Schedule): PredictedProgram {
  return { configuration, layers, instructions, programAddress: memory.program.address };
}

/**
 * The `accel-shared` template: engines that share the layers of a network in time. `docs/accel-shared.md` describes the
 * chip.
 */
export function createAccelSharedTemplate(engines: readonly EngineDefinition[]): TemplateDefinition {
  const resourcesOf = (
    configuration: AccelSharedConfiguration,
    platform: Platform,
    layerCount?: number,
  ): ChipResources =>
    withHighestClock(accelSharedResources(configuration, platform, layerCount), configuration, platform);
  const known = new WeakMap<Configuration, AccelSharedConfiguration>();
  const typed = (configuration: Configuration): AccelSharedConfiguration => {
    let found = known.get(configuration);
    if (found === undefined) known.set(configuration, (found = checkConfiguration(configuration, engines)));
    return found;
  };
  const untyped = (configuration: AccelSharedConfiguration): Configuration => {
    const numbers = { ...numbersOf(configuration), ...absences(configuration.engines, engines) };
    known.set(numbers, configuration);
    return numbers;
  };
  const loweredNetworks = new WeakMap<Network, WeakMap<Platform, RememberedReads<LoweredNetwork>>>();
  /**
   * Lowers once per network and what lowering looks at. Networks without depthwise convolutions look at the words
   * alone, others also at what decides which engine runs a layer.
   */
  const lowerOnce = (network: Network, configuration: AccelSharedConfiguration, platform: Platform): LoweredNetwork => {
    let ofNetwork = loweredNetworks.get(network);
    if (ofNetwork === undefined) loweredNetworks.set(network, (ofNetwork = new WeakMap()));
    let known = ofNetwork.get(platform);
    if (known === undefined) ofNetwork.set(platform, (known = new RememberedReads(mostLowerings)));
    return known.of(configuration, watched =>
      lowerNetwork(network, watched, absentEngines(watched, engines, hasDepthwise(network), platform)),
    );
  };
  const plainChips = new WeakMap<Platform, Map<readonly EngineDefinition[], AccelSharedConfiguration>>();
  const plainChip = (chosen: readonly EngineDefinition[], platform: Platform): AccelSharedConfiguration => {
    let ofPlatform = plainChips.get(platform);
    if (ofPlatform === undefined) plainChips.set(platform, (ofPlatform = new Map()));
    let chip = ofPlatform.get(chosen);
    if (chip === undefined) ofPlatform.set(chosen, (chip = plainConfiguration(chosen, platform)));
    return chip;
  };
  return {
    id: 'accel-shared',
    title: 'accel_shared',
    parameters: templateParameters(engines),
    *enumerate(network, platform) {
      // What no configuration runs is refused before hundreds of them are tried.
      const whole = plainChip(engines, platform);
      refuseUnsupported(lowerOnce(network, whole, platform), whole);
      for (const chosen of engineLists(engines)) {
        if (lowerOnce(network, plainChip(chosen, platform), platform).unsupported.length > 0) continue;
        for (const configuration of enumerateChips(chosen, network, platform)) yield untyped(configuration);
      }
    },
    configure: (values, network, platform) => untyped(completeConfiguration(values, engines, network, platform)),
    unsupported: (network, platform, settings) =>
      lowerOnce(network, plainChip(presentEngines(settings, engines), platform), platform).unsupported,
    resources: (configuration, platform) => resourcesOf(typed(configuration), platform).total,
    predictCoarse(network, configuration, platform) {
      checkMemoryPort(typed(configuration), platform);
      const lowered = lowerOnce(network, typed(configuration), platform);
      return predictLowered(
        lowered,
        typed(configuration),
        platform,
        platform.memory,
        resourcesOf(typed(configuration), platform, lowered.layers.length),
        lowered.unsupported,
      );
    },
    coarseLatencySeconds(network, configuration, platform) {
      checkMemoryPort(typed(configuration), platform);
      const lowered = lowerOnce(network, typed(configuration), platform);
      return coarseLatencyOnce(lowered, typed(configuration), platform) / (platform.clockMegahertz * 1e6);
    },
    map(network, configuration, platform, host): AccelSharedDesign {
      const checked = typed(configuration);
      checkMemoryPort(checked, platform);
      const lowered = lowerOnce(network, checked, platform);
      const schedule = scheduleNetwork(lowered, checked, platform.memory);
      return {
        template: 'accel-shared',
        configuration,
        platform,
        network,
        lowered,
        schedule,
        ...(host === undefined ? {} : { host }),
      };
    },
    predictFine(design) {
      const { lowered, schedule, platform } = requireDesign(design);
      return predictProgram(
        programOf(schedule),
        platform,
        platform.memory,
        resourcesOf(schedule.configuration, platform, schedule.layers.length),
        lowered.unsupported,
      );
    },
    graph(design) {
      const { schedule, platform } = requireDesign(design);
      return chipGraphOfProgram(
        programOf(schedule),
        platform,
        platform.memory,
        resourcesOf(schedule.configuration, platform, schedule.layers.length),
      );
    },
    explainCoarse(network, configuration, platform) {
      const lowered = lowerOnce(network, typed(configuration), platform);
      return explainLowered(
        lowered,
        typed(configuration),
        platform,
        platform.memory,
        resourcesOf(typed(configuration), platform, lowered.layers.length),
        lowered.unsupported,
      );
    },
    explainFine(design) {
      const { lowered, schedule, platform } = requireDesign(design);
      return explainProgram(
        programOf(schedule),
        platform,
        platform.memory,
        resourcesOf(schedule.configuration, platform, schedule.layers.length),
        lowered.unsupported,
      );
    },
    emit: (design, fine) => emitBundle(requireDesign(design), fine),
    open: bundle => openBundle(bundle, engines, resourcesOf),
  };
}
