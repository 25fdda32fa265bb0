import { ChipError, type Configuration, type Platform, type TemplateParameter } from '@autodnnchip/core';
import type { EngineDefinition, EngineValues } from '@autodnnchip/core/engine';

import { engineValues, parameterKey } from './chip/chip.js';
import type { AccelSharedConfiguration, ChassisValues } from './configuration.js';
import { presentEngines } from './engine-presence.js';

/** Of the chassis' buses. */
export const narrowestBusBytes = 4;

/** A parameter with its key in configurations. */
interface ChipParameter extends TemplateParameter {
  readonly minimum: number;
  readonly maximum: number;
  /** The key with the engine's id, which `--set` takes as well. */
  readonly qualifiedName?: string;
}

/** Parameters of the chassis. */
const chassisTable: readonly ChipParameter[] = [
  {
    name: 'channelBlock',
    description: 'input channels multiplied per cycle, and bytes per word',
    candidates: [4, 8, 12, 16, 24, 32],
    minimum: 4,
    maximum: 32,
  },
  {
    name: 'busBytes',
    description: 'width of the memory bus in bytes',
    candidates: [4, 8, 16, 32],
    minimum: 4,
    maximum: 32,
  },
  {
    name: 'burstBeats',
    description: 'longest AXI burst in beats',
    candidates: [16, 64, 256],
    minimum: 2,
    maximum: 256,
  },
  { name: 'outstandingReads', description: 'read bursts in flight', candidates: [2, 4, 8], minimum: 1, maximum: 64 },
  {
    name: 'queueDepth',
    description: "instructions that each unit's queue holds",
    candidates: [2, 4, 8],
    minimum: 1,
    maximum: 64,
  },
  {
    name: 'programBlock',
    description: 'instructions per program block',
    candidates: [16, 32, 64],
    minimum: 4,
    maximum: 1024,
  },
];

const tables = new WeakMap<readonly EngineDefinition[], readonly ChipParameter[]>();

/** Parameters of a chip with these engines: those of the chassis, then each engine's. */
function chipParameters(engines: readonly EngineDefinition[]): readonly ChipParameter[] {
  let table = tables.get(engines);
  if (table === undefined) {
    tables.set(
      engines,
      (table = [
        ...chassisTable,
        ...engines.flatMap(engine =>
          engine.parameters.map(({ name, description, candidates, minimum, maximum }): ChipParameter => ({
            name: parameterKey(engines, engine, name),
            qualifiedName: `${engine.id}.${name}`,
            description,
            candidates,
            minimum,
            maximum,
          })),
        ),
      ]),
    );
  }
  return table;
}

/** The template's parameters, as users see them. */
export function templateParameters(installed: readonly EngineDefinition[]): readonly TemplateParameter[] {
  return [
    ...chipParameters(installed).map(({ name, description, candidates }) => ({ name, description, candidates })),
    ...installed.map(({ id, title }) => ({
      name: id,
      description: `whether the chip has this engine (${title}): 1, or 0`,
      candidates: [1, 0],
    })),
  ];
}

function refuse(name: string, message: string): never {
  throw new ChipError('ADC3003', `Parameter ${name} ${message}.`, {
    location: { node: name },
    hint: '`autodnnchip plugins` lists the parameters and their values.',
  });
}

/**
 * Values of a chip with these engines of those that are installed, by the keys of configurations; names with an
 * engine's id are taken too. Throws ADC3003 for a name that no parameter has, or one of an engine that the chip goes
 * without.
 */
export function namedValues(
  values: Partial<Configuration>,
  engines: readonly EngineDefinition[],
  installed: readonly EngineDefinition[],
): Partial<Configuration> {
  const parameters = chipParameters(engines);
  const named: Record<string, number | undefined> = {};
  for (const [name, value] of Object.entries(values)) {
    if (installed.some(({ id }) => id === name)) continue;
    const found = parameters.find(parameter => parameter.name === name || parameter.qualifiedName === name);
    if (found === undefined) refuseUnknown(name, parameters, installed);
    named[found.name] = value;
  }
  return named;
}

function refuseUnknown(
  name: string,
  parameters: readonly ChipParameter[],
  installed: readonly EngineDefinition[],
): never {
  const owner = installed.find(({ id, parameters: own }) =>
    own.some(parameter => parameter.name === name || `${id}.${parameter.name}` === name),
  );
  if (owner !== undefined) refuse(name, `is one of the engine ${owner.id}, which this chip goes without`);
  refuse(name, `does not exist; there are ${parameters.map(parameter => parameter.name).join(', ')}`);
}

/**
 * Checks a whole configuration of a chip whose engines are among those that are installed: the id of one that it goes
 * without is 0. Throws ADC3003 naming the parameter.
 */
export function checkConfiguration(
  values: Configuration,
  installed: readonly EngineDefinition[],
): AccelSharedConfiguration {
  const engines = presentEngines(values, installed);
  const named = namedValues(values, engines, installed);
  for (const parameter of chipParameters(engines)) checkBounds(parameter, named[parameter.name]);
  const configuration = { ...named, engines } as unknown as AccelSharedConfiguration;
  checkChassis(configuration);
  for (const engine of engines) checkTogether(engine, engineValues(configuration, engine));
  return configuration;
}

function checkBounds({ name, minimum, maximum }: ChipParameter, value: number | undefined): void {
  if (value === undefined || !Number.isInteger(value) || value < minimum || value > maximum)
    refuse(name, `is ${value}; it must be a whole number from ${minimum} to ${maximum}`);
}

/** Checks the chassis' own values. Throws ADC3003 naming the parameter. */
export function checkChassis(values: ChassisValues): void {
  for (const parameter of chassisTable) checkBounds(parameter, values[parameter.name as keyof ChassisValues]);
  const { channelBlock, busBytes, burstBeats } = values;
  const isPower = (value: number): boolean => Number.isInteger(Math.log2(value));
  if (channelBlock % 4 !== 0) refuse('channelBlock', `is ${channelBlock}; it must be a multiple of 4`);
  if (!isPower(busBytes) || channelBlock % busBytes !== 0)
    refuse('busBytes', `is ${busBytes}; it must be 4, 8, 16 or 32 and divide channelBlock (${channelBlock})`);
  if (!isPower(burstBeats) || burstBeats * busBytes > 4096)
    refuse('burstBeats', `is ${burstBeats}; it must be a power of two, and times busBytes (${busBytes}) at most 4096`);
}

/** Checks an engine's values on a sound chassis. Throws ADC3003 naming the parameter. */
export function checkEngine(
  engines: readonly EngineDefinition[],
  engine: EngineDefinition,
  values: EngineValues,
): void {
  const parameters = chipParameters(engines);
  for (const { name } of engine.parameters) {
    const key = parameterKey(engines, engine, name);
    const parameter = parameters.find(other => other.name === key);
    if (parameter !== undefined) checkBounds(parameter, values[name]);
  }
  checkTogether(engine, values);
}

function checkTogether(engine: EngineDefinition, values: EngineValues): void {
  const fault = engine.check?.(values);
  if (fault !== undefined)
    throw new ChipError('ADC3003', `Parameter ${fault}.`, {
      location: { node: engine.id },
      hint: '`autodnnchip plugins` lists the parameters and their values.',
    });
}

/** Checks that the platform's memory port takes the chip's bus. Throws ADC3003. */
export function checkMemoryPort({ busBytes }: ChassisValues, { id, memory }: Platform): void {
  if (busBytes <= memory.busBytes) return;
  throw new ChipError(
    'ADC3003',
    `Parameter busBytes is ${busBytes}; the memory port of ${id} takes a bus of ${memory.busBytes} bytes at most.`,
    {
      location: { node: 'busBytes' },
      hint:
        memory.busBytes < narrowestBusBytes
          ? `The chip's bus has at least ${narrowestBusBytes} bytes: choose another platform.`
          : `Give busBytes=${memory.busBytes} or less, or choose another platform.`,
    },
  );
}
