import { readFileSync } from 'node:fs';
import { ChipError, errorMessage } from '@autodnnchip/core';
import { z } from 'zod';

/** Data files: one, or several that are read as one. */
export const dataOption = z.union([z.string(), z.array(z.string())], { error: 'is required' }).transform((files) => [files].flat())
  .refine((files) => files.length > 0, { error: 'is required' });

export const tierOption = z.enum(['A', 'B', 'AB'], { error: 'is A, B or AB' });

const parameterFile = z.object({
  platform: z.string(),
  parameters: z.record(z.string(), z.object({ value: z.number() })),
});

/** Values of free parameters that `calibrate --output` wrote, with their platform. */
export function readParameterFile(file: string): { readonly platform: string; readonly values: Readonly<Record<string, number>> } {
  try {
    const { platform, parameters } = parameterFile.parse(JSON.parse(readFileSync(file, 'utf8')));
    return { platform, values: Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value])) };
  } catch (error) {
    throw new ChipError('ADC3404', `${file} holds no calibrated parameters: ${errorMessage(error)}`, {
      location: { file }, cause: error, hint: 'Give a file that `autodnnchip calibrate --output` wrote.',
    });
  }
}
