import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { ChipOfTests } from '../../test/support/chip-engines.js';
import { chipEngines, type ChipNumbers } from '../../test/support/chip-engines.js';
import { checkConfiguration } from '../../plugins/accel-shared/src/parameters.js';

/** The chips that the tests of whole chips use. */
export const testChips = JSON.parse(
  readFileSync(new URL('../../test/chips/configurations.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, ChipNumbers>>;

/**
 * 16 x 16 multipliers in the convolution engine and 64 in the lane engine: with the requantisers they take the
 * XCZU3EG's 360 multiplier blocks.
 */
export const ultra96Chip: ChipNumbers = { ...testChips['ultra96'], laneBlocks: 4 };

/**
 * `--chip NAME` (one of the test chips) and `--set parameter=value` from the command line; `suffix` tells results of
 * other chips apart.
 */
export function chipFromArguments(): {
  configuration: ChipOfTests;
  suffix: string;
  names: readonly string[];
} {
  const { values, positionals } = parseArgs({
    options: { chip: { type: 'string' }, set: { type: 'string', multiple: true } },
    allowPositionals: true,
  });
  const base = values.chip === undefined ? ultra96Chip : testChips[values.chip];
  if (base === undefined)
    throw new Error(`There is no chip ${values.chip}; there are ${Object.keys(testChips).join(', ')}`);
  const changes = (values.set ?? []).map(text => {
    const [name, value] = text.split('=');
    return [name, Number(value)] as const;
  });
  const suffix = [values.chip ?? '', ...changes.map(([name, value]) => `${name}${value}`)]
    .filter(part => part !== '')
    .map(part => `-${part}`)
    .join('');
  return {
    configuration: checkConfiguration({ ...base, ...Object.fromEntries(changes) }, chipEngines) as ChipOfTests,
    suffix,
    names: positionals,
  };
}
