import { z } from 'zod';
import type { Definitions } from '../app/definitions.js';
import type { Configuration } from '../chip/index.js';
import { ChipError } from '../errors/index.js';
import type { CommandOption } from '../hooks/index.js';

/** Which engines may be on the chip, for commands that make one. */
export const engineOptions: readonly CommandOption[] = [
  { name: 'engine', value: 'id', repeated: true, description: 'an engine for the chip; others stay off it' },
  { name: 'without', value: 'id', repeated: true, description: 'an engine that stays off the chip' },
];

/** Their fields in a command's schema. */
export const engineOptionFields = {
  engine: z.array(z.string()).default([]),
  without: z.array(z.string()).default([]),
};

interface EngineOptionValues {
  readonly set: Configuration;
  readonly engine: readonly string[];
  readonly without: readonly string[];
}

/**
 * Options with the choice of engines put into `set`, as templates take it: 0 under the id of an engine that stays off
 * the chip. Throws ADC2008 for an engine that no plugin defines, ADC6001 where one is asked for and left out.
 */
export function withEngineSettings<Options extends EngineOptionValues>(
  options: Options,
  { engines }: Pick<Definitions, 'engines'>,
): Options {
  const { engine, without, set } = options;
  for (const id of [...engine, ...without]) engines.get(id);
  const both = engine.find(id => without.includes(id));
  if (both !== undefined)
    throw new ChipError('ADC6001', `--engine ${both} and --without ${both} contradict each other`, {
      hint: 'Leave one of them out.',
    });
  const absent = engines
    .list()
    .filter(({ id }) => without.includes(id) || (engine.length > 0 && !engine.includes(id)))
    .map(({ id }) => [id, 0] as const);
  return { ...options, set: { ...set, ...Object.fromEntries(absent) } };
}
