import { ChipError, readInputJsonSync } from '@autodnnchip/core';
import { z } from 'zod';

/** Data files: one, or several that are read as one. */
export const dataOption = z
  .union([z.string(), z.array(z.string())], { error: 'is required' })
  .transform(files => [files].flat())
  .refine(files => files.length > 0, { error: 'is required' });

export const tierOption = z.enum(['A', 'B', 'AB'], { error: 'is A, B or AB' });

const parameterFile = z.object({
  platform: z.string(),
  parameters: z.record(z.string(), z.object({ value: z.number() })),
});

/** Values of free parameters that `calibrate --output` wrote, with their platform. */
export function readParameterFile(file: string): {
  readonly platform: string;
  readonly values: Readonly<Record<string, number>>;
} {
  const parsed = parameterFile.safeParse(readInputJsonSync(file, 'parameters'));
  if (!parsed.success) {
    throw new ChipError('ADC3404', `${file} holds no calibrated parameters: ${z.prettifyError(parsed.error)}`, {
      location: { file },
      hint: 'Give a file that `autodnnchip calibrate --output` wrote.',
    });
  }
  const { platform, parameters } = parsed.data;
  return { platform, values: Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value])) };
}
