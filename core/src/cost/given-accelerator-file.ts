import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { FreeParameter, Platform } from '../chip/index.js';
import { ChipError } from '../errors/index.js';
import { readInputJsonSync } from '../files/index.js';

const outsideBounds = { message: 'the value lies outside its bounds' };

function insideBounds({
  value,
  minimum,
  maximum,
}: {
  readonly value: number;
  readonly minimum: number;
  readonly maximum: number;
}): boolean {
  return value >= minimum && value <= maximum;
}

const figure = z.strictObject({ value: z.number(), unit: z.string().min(1), source: z.string().min(1) });
const parameter = z
  .strictObject({
    value: z.number(),
    unit: z.string().min(1),
    minimum: z.number(),
    maximum: z.number(),
    meaning: z.string().min(1),
    provenance: z.string().min(1),
    metric: z.string().default('latency'),
    fitted: z.boolean().default(true),
  })
  .refine(insideBounds, outsideBounds);

const ownedParameter = z.strictObject({ ...parameter.shape, owner: z.string() }).refine(insideBounds, outsideBounds);
const words = z.record(z.string(), z.string().min(1));
const figures = z.record(z.string(), figure);
const parameters = z.record(z.string(), parameter);

const accelerator = z
  .strictObject({
    id: z.string().min(1),
    title: z.string().min(1),
    kind: z.enum(['fpga', 'asic']),
    process: z.strictObject({ name: z.string(), nanometres: z.number().positive(), voltage: z.number().positive() }),
    memory: z.strictObject({ title: z.string(), busBytes: z.number().positive(), peakBytesPerSecond: figure }),
    model: z.string().min(1),
    family: z.string().min(1).optional(),
    variantOf: z.string().optional(),
    conditions: words.default({}),
    facts: figures,
    parameters: z.record(z.string(), ownedParameter),
  })
  .refine(({ facts }) => (facts['clockMegahertz']?.value ?? 0) > 0, {
    message: 'facts.clockMegahertz is missing or not above 0',
  });

/**
 * Parameters that all members of a family have in common: the same silicon, or the same software, which measurements
 * name by these releases.
 */
const family = z.strictObject({
  parameters,
  software: z.strictObject({ releases: z.array(z.string().min(1)).min(1), source: z.string().min(1) }).optional(),
});

/** What an accelerator says of itself alone, whatever it takes over. */
const entry = z.looseObject({
  id: z.string().min(1),
  like: z.string().optional(),
  parameters: z.record(z.string(), z.looseObject({})).default({}),
});
const records = ['conditions', 'facts', 'parameters'] as const;

/**
 * The same chip on another board, at another clock or in another power mode says `like`: whatever it does not give is
 * as of the accelerator of that name, which comes before it in the file; of conditions, facts and parameters each may
 * be given anew. A parameter that it takes over remains the other's: a fit finds one value for both.
 */
function completed(given: readonly z.infer<typeof entry>[], context: z.RefinementCtx): readonly unknown[] {
  const known = new Map<string, Readonly<Record<string, unknown>>>();
  return given.map(({ like, ...rest }, index) => {
    const own: Readonly<Record<string, unknown>> & { readonly id: string } = {
      ...rest,
      parameters: Object.fromEntries(
        Object.entries(rest.parameters).map(([name, one]) => [name, { ...one, owner: rest.id }]),
      ),
    };
    const base = like === undefined ? {} : known.get(like);
    if (base === undefined)
      context.addIssue({
        code: 'custom',
        path: [index, 'like'],
        message: `no accelerator ${like} comes before ${own.id}`,
      });
    const merged = records
      .filter(name => isRecord(base?.[name]) && isRecord(own[name]))
      .map(name => [name, Object.assign({}, base?.[name], own[name])]);
    const whole = {
      ...base,
      ...own,
      ...Object.fromEntries(merged),
      ...(like === undefined ? {} : { variantOf: like }),
    };
    known.set(own.id, whole);
    return whole;
  });
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const fileSchema = z
  .strictObject({
    families: z.record(z.string(), family).default({}),
    accelerators: z.array(entry).min(1).transform(completed).pipe(z.array(accelerator)),
  })
  .superRefine(({ families, accelerators }, context) => {
    accelerators.forEach((given, index) => {
      if (given.family === undefined) return;
      const problem = (message: string): void =>
        context.addIssue({ code: 'custom', path: ['accelerators', index, 'family'], message });
      if (!Object.hasOwn(families, given.family)) return problem(`no family ${given.family} is defined`);
      const twice = Object.keys(given.parameters).filter(name =>
        Object.hasOwn(families[given.family ?? ''].parameters, name),
      );
      if (twice.length > 0) problem(`${twice.join(', ')}: given by the family and by ${given.id}`);
    });
  });

/**
 * Reads the given accelerators of a data file as platforms. Their external memory belongs to their model: of the
 * platform's memory only the peak bandwidth and the bus width mean something. Throws ADC3402.
 */
export function readGivenAccelerators(file: URL | string): readonly Platform[] {
  const path = typeof file === 'string' ? file : fileURLToPath(file);
  const document = readInputJsonSync(path, 'accelerators');
  const checked = fileSchema.safeParse(document);
  if (!checked.success) {
    throw new ChipError('ADC3402', `${path} is not valid:\n${z.prettifyError(checked.error)}`, {
      location: { file: path },
      hint: 'docs/validation.md describes facts and free parameters.',
    });
  }
  const { families, accelerators } = checked.data;
  return accelerators.map(given =>
    toPlatform(given, given.family === undefined ? { parameters: {} } : families[given.family]),
  );
}

function toPlatform(
  given: z.infer<typeof accelerator>,
  { parameters: shared, software }: z.infer<typeof family>,
): Platform {
  const parameters: Readonly<Record<string, FreeParameter>> = { ...shared, ...given.parameters };
  const cite = (name: string, { value, unit, source }: z.infer<typeof figure>): string =>
    `${name}: ${value} ${unit}: ${source}`;
  return {
    id: given.id,
    title: given.title,
    kind: given.kind,
    family: given.kind === 'fpga' ? 'xcup' : 'asic',
    limits: {},
    clockMegahertz: given.facts['clockMegahertz'].value,
    memory: {
      title: given.memory.title,
      busBytes: given.memory.busBytes,
      peakBytesPerSecond: given.memory.peakBytesPerSecond.value,
      readLatencyCycles: 0,
      writeLatencyCycles: 0,
      beatIntervalCycles: 1,
      burstGapCycles: 0,
      sharedBytesPerKilocycle: 0,
    },
    technology: {
      name: given.process.name,
      processNanometres: given.process.nanometres,
      voltage: given.process.voltage,
      figures: {},
    },
    accelerator: {
      model: given.model,
      ...(given.family === undefined ? {} : { family: given.family }),
      ...(given.variantOf === undefined ? {} : { variantOf: given.variantOf }),
      ...(software === undefined ? {} : { releases: software.releases }),
      facts: given.facts,
      conditions: given.conditions,
      parameters,
    },
    sources: [
      ...(software === undefined ? [] : [`software: ${software.releases.join(', ')}: ${software.source}`]),
      ...Object.entries(given.conditions).map(([name, value]) => `conditions.${name}: ${value}`),
      cite('memory.peakBytesPerSecond', given.memory.peakBytesPerSecond),
      ...Object.entries(given.facts).map(([name, fact]) => cite(`facts.${name}`, fact)),
      ...Object.entries(parameters).map(
        ([name, free]) => `parameters.${name}: ${free.value} ${free.unit}: ${free.provenance}`,
      ),
    ],
  };
}
