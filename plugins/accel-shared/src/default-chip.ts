import type { Configuration, Network, Platform } from '@autodnnchip/core';
import { proposedSizes, type Engine, type EngineDefinition, type SizeRequest } from '@autodnnchip/core/engine';

import { chassisParameters, parameterKey } from './chip/chip.js';
import type { AccelSharedConfiguration, ChassisValues } from './configuration.js';
import { presentEngines } from './engine-presence.js';
import { mostMultipliers } from './most-multipliers.js';
import { checkConfiguration, checkMemoryPort, namedValues, narrowestBusBytes } from './parameters.js';

/** From so many multiplier blocks on a platform takes words of 16 channels and buffers of full size. */
const middlingMultipliers = 340;
/** What is assumed where the platform counts no multipliers. */
const assumedMultipliers = 64;

/** Whether the network has depthwise convolutions, for which engines may want multipliers. */
export function hasDepthwise(network: Network): boolean {
  return network.operators.some(operator => operator.kind === 'conv' && operator.attributes.group > 1);
}

/** Values of the chassis for words of so many channels: the widest bus that both the platform and the word take. */
export function chassisFor(channelBlock: number, platform: Platform): ChassisValues {
  const busBytes =
    [32, 16, 8].find(bytes => bytes <= platform.memory.busBytes && channelBlock % bytes === 0) ?? narrowestBusBytes;
  return {
    channelBlock,
    busBytes,
    burstBeats: Math.min(256, 1024 / busBytes),
    outstandingReads: 8,
    queueDepth: 4,
    programBlock: 32,
  };
}

/** The chassis' values with those that are fixed put in. */
export function withFixed(chassis: ChassisValues, fixed: Partial<Configuration>): ChassisValues {
  return { ...chassis, ...Object.fromEntries(Object.entries(fixed).filter(([name]) => chassisParameters.has(name))) };
}

/** Values of every engine's first proposal, by the keys of configurations. */
export function defaultSizes(engines: readonly EngineDefinition[], request: SizeRequest): Configuration {
  return Object.fromEntries(
    engines.flatMap(engine =>
      Object.entries(proposedSizes(engine, request)[0]).map(([name, value]): [string, number] => [
        parameterKey(engines, engine, name),
        value,
      ]),
    ),
  );
}

/** Proposals of an absent engine that say what it would bid. */
const askedProposals = 4;

/** Engines that a chip goes without, each in the sizes that it proposes first for this chassis. */
export function absentEngines(
  configuration: AccelSharedConfiguration,
  installed: readonly EngineDefinition[],
  depthwise: boolean,
  platform: Platform,
): readonly (readonly Engine[])[] {
  const { engines, channelBlock, busBytes, burstBeats, outstandingReads, queueDepth, programBlock } = configuration;
  const absent = installed.filter(engine => !engines.includes(engine));
  if (absent.length === 0) return [];
  const chassis = { channelBlock, busBytes, burstBeats, outstandingReads, queueDepth, programBlock };
  const request = { chassis, platform, multipliers: mostMultipliers(platform), bufferScale: 1, depthwise };
  return absent.map(engine =>
    proposedSizes(engine, request)
      .slice(0, askedProposals)
      .map(values => engine.create({ ...chassis, ...values })),
  );
}

/** Completes what the user gave with values for a middling chip of the platform, with all engines that are not 0. */
export function completeConfiguration(
  given: Partial<Configuration>,
  installed: readonly EngineDefinition[],
  network: Network,
  platform: Platform,
): AccelSharedConfiguration {
  const engines = presentEngines(given, installed);
  const values = namedValues(given, engines, installed);
  const blocks = platform.limits.fpga?.dsp ?? platform.limits.multipliers ?? assumedMultipliers;
  const isMiddling = blocks >= middlingMultipliers;
  const chassis = withFixed(chassisFor(values['channelBlock'] ?? (isMiddling ? 16 : 8), platform), values);
  const sizes = defaultSizes(engines, {
    chassis: { ...chassis },
    platform,
    multipliers: mostMultipliers(platform),
    bufferScale: isMiddling ? 1 : 0.5,
    depthwise: hasDepthwise(network),
  });
  const configuration = checkConfiguration({ ...chassis, ...sizes, ...values }, engines);
  checkMemoryPort(configuration, platform);
  return configuration;
}

/** Chassis of the chip that tells what can run at all. */
const plainChassis: ChassisValues = {
  channelBlock: 8,
  busBytes: 4,
  burstBeats: 64,
  outstandingReads: 4,
  queueDepth: 4,
  programBlock: 32,
};

/** What a chip can run hardly depends on sizes: this one, with whatever engines may have, tells for all. */
export function plainConfiguration(engines: readonly EngineDefinition[], platform: Platform): AccelSharedConfiguration {
  const sizes = defaultSizes(engines, {
    chassis: { ...plainChassis },
    platform,
    multipliers: mostMultipliers(platform),
    bufferScale: 0.5,
    depthwise: true,
  });
  return checkConfiguration({ ...plainChassis, ...sizes }, engines);
}
