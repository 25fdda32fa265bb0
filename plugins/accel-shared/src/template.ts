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
import {
  checkConfiguration,
  checkMemoryPort,
  completeConfiguration,
  enumerateConfigurations,
  templateParameters,
} from './parameters.js';
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

/** What the chip can run does not depend on sizes: these tell for all. */
const plainValues = {
  channelBlock: 8,
  outputParallelism: 8,
  busBytes: 4,
  laneBlocks: 1,
  laneMultiply: 1,
  convRequantizeDivider: 2,
  laneRequantizeDivider: 2,
  activationDepth: 4096,
  weightDepth: 1024,
  convParameterDepth: 256,
  partialSumDepth: 64,
  convOutputDepth: 1024,
  laneInputDepth: 1024,
  laneWeightDepth: 256,
  laneParameterDepth: 256,
  laneOutputDepth: 1024,
  burstBeats: 64,
  outstandingReads: 4,
  queueDepth: 4,
  programBlock: 32,
};

/** A network mapped by this template. */
export interface AccelSharedDesign extends Design {
  readonly lowered: LoweredNetwork;
  readonly schedule: Schedule;
}

const loweredNetworks = new WeakMap<Network, RememberedReads<LoweredNetwork>>();
const mostLowerings = 64;

/**
 * Lowers once per network and what lowering looks at. Networks without depthwise convolutions look at the words alone,
 * others also at what decides which engine runs a layer.
 */
function lowerOnce(network: Network, configuration: AccelSharedConfiguration): LoweredNetwork {
  let known = loweredNetworks.get(network);
  if (known === undefined) loweredNetworks.set(network, (known = new RememberedReads(mostLowerings)));
  return known.of(configuration, watched => lowerNetwork(network, watched));
}

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
    const numbers = numbersOf(configuration);
    known.set(numbers, configuration);
    return numbers;
  };
  let plain: AccelSharedConfiguration | undefined;
  const plainConfiguration = (): AccelSharedConfiguration => (plain ??= checkConfiguration(plainValues, engines));
  return {
    id: 'accel-shared',
    title: 'accel_shared',
    parameters: templateParameters(engines),
    *enumerate(network, platform) {
      // What no configuration runs is refused before hundreds of them are tried.
      refuseUnsupported(lowerOnce(network, plainConfiguration()), plainConfiguration());
      for (const configuration of enumerateConfigurations(engines, network, platform)) yield untyped(configuration);
    },
    configure: (values, network, platform) => untyped(completeConfiguration(values, engines, network, platform)),
    unsupported: network => lowerOnce(network, plainConfiguration()).unsupported,
    resources: (configuration, platform) => resourcesOf(typed(configuration), platform).total,
    predictCoarse(network, configuration, platform) {
      checkMemoryPort(typed(configuration), platform);
      const lowered = lowerOnce(network, typed(configuration));
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
      const lowered = lowerOnce(network, typed(configuration));
      return coarseLatencyOnce(lowered, typed(configuration), platform) / (platform.clockMegahertz * 1e6);
    },
    map(network, configuration, platform, host): AccelSharedDesign {
      const checked = typed(configuration);
      checkMemoryPort(checked, platform);
      const lowered = lowerOnce(network, checked);
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
      const lowered = lowerOnce(network, typed(configuration));
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
