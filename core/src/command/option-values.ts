import { z } from 'zod';
import type { MemoryModel } from '../chip/index.js';
import { loadNumericArray, loadNumericArrays, parseArrayReference } from '../data/index.js';
import { ChipError } from '../errors/index.js';
import type { NamedArray } from '../services/named-array.js';

/** `name=value` given any number of times, with numbers as values. */
export function assignments(option: string): z.ZodType<Readonly<Record<string, number>>> {
  return z
    .array(z.string())
    .default([])
    .transform((texts, context) => {
      const values: Record<string, number> = {};
      for (const text of texts) {
        const match = /^([A-Za-z][\w.-]*)=(.+)$/.exec(text);
        const value = Number(match?.[2]);
        if (match === null || !Number.isFinite(value)) {
          context.addIssue({
            code: 'custom',
            message: `'${text}' is not name=number; write for instance --${option} name=16`,
          });
        } else if (Object.hasOwn(values, match[1])) {
          context.addIssue({ code: 'custom', message: `${match[1]} is given twice` });
        } else {
          values[match[1]] = value;
        }
      }
      return values;
    });
}

export const memoryModelNames = [
  'readLatencyCycles',
  'writeLatencyCycles',
  'beatIntervalCycles',
  'burstGapCycles',
  'sharedBytesPerKilocycle',
] as const satisfies readonly (keyof MemoryModel)[];

/** `name=value` for parts of the memory model. */
export function memoryAssignments(option: string): z.ZodType<Partial<MemoryModel>> {
  return assignments(option)
    .pipe(z.partialRecord(z.enum(memoryModelNames), z.int().nonnegative()))
    .transform(memory => Object.fromEntries(Object.entries(memory).filter(([, value]) => value !== undefined)));
}

/** A whole number as text on the command line; `fallback` where the option is absent. */
export function wholeNumber<Fallback extends number | undefined>(
  minimum: number,
  maximum: number,
  fallback: Fallback,
): z.ZodType<number | Fallback> {
  return z
    .string()
    .optional()
    .transform((text, context) => {
      if (text === undefined) return fallback;
      const value = Number(text);
      if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
      context.addIssue({ code: 'custom', message: `'${text}' is not a whole number from ${minimum} to ${maximum}` });
      return z.NEVER;
    });
}

/** A share from 0 to 1 as text on the command line; undefined where the option is absent. */
export const shareOption: z.ZodType<number | undefined> = z
  .string()
  .optional()
  .transform((text, context) => {
    if (text === undefined) return undefined;
    const share = Number(text);
    if (share >= 0 && share <= 1 && text.trim() !== '') return share;
    context.addIssue({ code: 'custom', message: `'${text}' is not a share from 0 to 1` });
    return z.NEVER;
  });

/** Options by their schema; throws a usage error that names each option that is wrong. */
export function parseOptions<Output>(
  command: string,
  schema: z.ZodType<Output>,
  options: Readonly<Record<string, unknown>>,
): Output {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(issue => {
    const name = issue.path.length === 0 ? '' : `--${toKebabCase(String(issue.path[0]))}: `;
    const missing = issue.code === 'invalid_type' && options[String(issue.path[0])] === undefined;
    return `${name}${missing ? 'is required' : issue.message}`;
  });
  throw new ChipError('ADC6001', problems.join('; '), { hint: `\`autodnnchip ${command} --help\` shows the options.` });
}

function toKebabCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}

/**
 * The arrays that `FILE.npz`, `FILE.npz:key` or `FILE.npy` names; without a key, all of the file. Those of a key or an
 * .npy file are chosen.
 */
export function loadNamedArrays(reference: string): readonly NamedArray[] {
  const parsed = parseArrayReference(reference);
  if (parsed.key !== undefined) return [{ name: parsed.key, chosen: true, ...loadNumericArray(parsed) }];
  return [...loadNumericArrays(parsed.file)].map(([name, array]) => ({
    name,
    ...array,
    ...(parsed.format === 'npy' ? { chosen: true as const } : {}),
  }));
}
