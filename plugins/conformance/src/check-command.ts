import { parseOptions, wholeNumber, type CommandDefinition } from '@autodnnchip/core';
import { z } from 'zod';

import { checkEngines } from './check-engines.js';
import { reportText } from './report.js';

const optionsSchema = z.object({
  seed: wholeNumber(0, 2 ** 32 - 1, 1),
  chips: wholeNumber(0, 1000, 2),
  memories: wholeNumber(1, 100, 3),
  synthesize: z.boolean().default(false),
});

/** `autodnnchip check PATH`. */
export const checkCommand: CommandDefinition = {
  id: 'check',
  summary: 'Hold the engines of a plugin against the contract: definition, bids, RTL, bits, cycles, size.',
  arguments: [
    { name: 'PLUGIN', description: 'path of a plugin or packed package, or name of an installed one', required: true },
  ],
  options: [
    { name: 'seed', value: 'number', description: 'of what is drawn (default: 1)' },
    { name: 'chips', value: 'count', description: 'chips with random networks to simulate (default: 2)' },
    { name: 'memories', value: 'count', description: 'memories that each of them runs on (default: 3)' },
    { name: 'synthesize', description: 'hold multiplier blocks against synthesis' },
  ],
  examples: ['autodnnchip check ./my-engine', 'autodnnchip check my-engine-1.0.0.tgz --chips 10 --synthesize --json'],
  async run(invocation) {
    const options = parseOptions('check', optionsSchema, invocation.options);
    const report = await checkEngines(token => invocation.get(token), {
      ...options,
      plugin: invocation.arguments['plugin'] ?? '',
      signal: invocation.signal,
    });
    const passed = report.engines.every(engine => engine.passed);
    return { document: { ...report }, text: reportText(report), exitCode: passed ? 0 : 1 };
  },
};
