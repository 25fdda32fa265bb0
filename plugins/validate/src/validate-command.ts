import type { CommandDefinition } from '@autodnnchip/core';
import { z } from 'zod';
import { validateMeasured } from './measured-validation.js';
import { readOptions, tierOption } from './options.js';

const optionsSchema = z.object({
  data: z.string({ error: 'is required' }),
  platform: z.string().optional(),
  tier: tierOption.default('AB'),
  parameters: z.string().optional(),
  plot: z.string().optional(),
});

export const validateCommand: CommandDefinition = {
  id: 'validate',
  summary: 'Hold predictions against measurements: error per row, mean, maximum, worst row; what no model covers is listed.',
  arguments: [],
  options: [
    { name: 'data', value: 'FILE.csv', description: 'measurements, with a networks/ folder beside the file' },
    { name: 'platform', value: 'id', description: 'only the rows of this platform' },
    { name: 'tier', value: 'A|B|AB', description: 'only rows of this trust (default: AB)' },
    { name: 'parameters', value: 'FILE.json', description: 'free parameters that `calibrate --output` wrote' },
    { name: 'plot', value: 'FILE.svg', description: 'draw predictions over measurements, and the error of every row' },
  ],
  examples: ['autodnnchip validate --data measured/silicon.csv', 'autodnnchip validate --data measured/silicon.csv --platform eyeriss --tier A --json'],
  async run(invocation) {
    return await validateMeasured(invocation, readOptions('validate', optionsSchema, invocation.options));
  },
};
