import { ChipError, type Configuration } from '@autodnnchip/core';
import type { EngineDefinition } from '@autodnnchip/core/engine';

/**
 * Which of the installed engines are on a chip: in configurations, an engine's id is 0 where the chip goes without it.
 * Absent, or 1: the engine is there.
 */

const lists = new WeakMap<readonly EngineDefinition[], Map<string, readonly EngineDefinition[]>>();

/** The same list for the same engines, so that what is known of a list is found again. */
export function engineList(
  installed: readonly EngineDefinition[],
  isPresent: (engine: EngineDefinition) => boolean,
): readonly EngineDefinition[] {
  const present = installed.filter(isPresent);
  if (present.length === installed.length) return installed;
  let known = lists.get(installed);
  if (known === undefined) lists.set(installed, (known = new Map()));
  const key = present.map(({ id }) => id).join(' ');
  let list = known.get(key);
  if (list === undefined) known.set(key, (list = present));
  return list;
}

/** Engines of a chip with these values. Throws ADC3003 where a value is neither 0 nor 1, or none is left. */
export function presentEngines(
  values: Partial<Configuration>,
  installed: readonly EngineDefinition[],
): readonly EngineDefinition[] {
  for (const { id } of installed) {
    const value = values[id];
    if (value !== undefined && value !== 0 && value !== 1)
      throw new ChipError('ADC3003', `Parameter ${id} is ${value}; it must be 1 (the engine is on the chip) or 0.`, {
        location: { node: id },
        hint: '`autodnnchip plugins` lists the parameters and their values.',
      });
  }
  const present = engineList(installed, ({ id }) => values[id] !== 0);
  if (present.length === 0)
    throw new ChipError('ADC3003', 'No engine is left on the chip.', {
      hint: `Keep one: ${installed.map(({ id }) => id).join(', ') || 'no plugin defines an engine for this chassis'}.`,
    });
  return present;
}

/** What a configuration says of engines that the chip goes without. */
export function absences(
  present: readonly EngineDefinition[],
  installed: readonly EngineDefinition[],
): Readonly<Record<string, 0>> {
  return Object.fromEntries(installed.filter(engine => !present.includes(engine)).map(({ id }) => [id, 0 as const]));
}
