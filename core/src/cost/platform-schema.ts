import { z } from 'zod';
import type { SourcedFigure } from '../chip/index.js';
import { entriesSchema, figuresSchema } from './technology-schema.js';

/** Version of the platform file format. */
export const platformSchemaVersion = 1;

const source = z.string().min(1).describe('Where the value is published, or "estimate: " and the rule that gives it');

/** A positive figure in the given unit, with its source. */
function positive(unit: string): z.ZodType<SourcedFigure> {
  return z.strictObject({ value: z.number().positive(), unit: z.literal(unit), source });
}

function whole(unit: string, minimum: number): z.ZodType<SourcedFigure> {
  return z.strictObject({ value: z.int().min(minimum), unit: z.literal(unit), source });
}

/** A platform as a data file: every number is a figure with its unit and source. */
export const platformFileSchema = z
  .strictObject({
    $schema: z.string().exactOptional(),
    schemaVersion: z.literal(platformSchemaVersion),
    id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower case letters, digits and dashes'),
    title: z.string().min(1),
    kind: z.enum(['fpga', 'asic']),
    family: z.enum(['xcup', 'ecp5', 'ice40', 'asic']).describe('Which mapping rules and which synthesis target apply'),
    limits: z.strictObject({
      fpga: z
        .strictObject({
          lut: whole('LUT', 0),
          ff: whole('flip-flop', 0),
          dsp: whole('multiplier block', 0),
          bram: whole('block RAM', 0).describe("In the family's own units: 36 Kb (xcup), 18 Kb (ecp5), 4 Kb (ice40)"),
        })
        .exactOptional(),
      areaSquareMillimetres: positive('mm2').exactOptional(),
      sramBytes: whole('byte', 1).exactOptional(),
      powerMilliwatts: positive('mW').exactOptional(),
      multipliers: whole('8-bit multiplier', 1).exactOptional(),
    }),
    clockMegahertz: positive('MHz'),
    memory: z.strictObject({
      title: z.string().min(1),
      readLatencyCycles: whole('cycle', 1).describe(
        'From the edge that accepts a read address to the edge that offers its first beat',
      ),
      writeLatencyCycles: whole('cycle', 1).describe(
        'From the edge that accepts the last write beat to the edge that offers the response',
      ),
      beatIntervalCycles: whole('cycle', 1).describe('Cycles per beat; 1 is full rate'),
      burstGapCycles: whole('cycle', 0).describe('Idle cycles on a channel between two bursts'),
      busBytes: z.strictObject({ value: z.literal([1, 2, 4, 8, 16, 32, 64, 128]), unit: z.literal('byte'), source }),
      peakBytesPerSecond: positive('byte/s'),
    }),
    technology: z.union([
      z.strictObject({
        base: z
          .string()
          .min(1)
          .describe(
            'Name of a technology of core/technologies, or the path of a technology file, relative to this one',
          ),
        externalMemory: z
          .string()
          .min(1)
          .exactOptional()
          .describe('Kind of external memory: a name or a path, as for base'),
        entries: entriesSchema.exactOptional().describe('Published numbers of its own'),
        figures: figuresSchema
          .exactOptional()
          .describe('What belongs to the device or board, or replaces figures of the base'),
      }),
      z.strictObject({
        name: z.string().min(1),
        processNanometres: z.number().positive(),
        voltage: z.number().positive(),
        figures: figuresSchema,
      }),
    ]),
    sources: z.array(z.string().min(1)).min(1).describe('Documents that the figures cite'),
  })
  .check(context => {
    const { kind, family, limits } = context.value;
    const report = (path: string[], message: string): void => {
      context.issues.push({ code: 'custom', path, message, input: context.value });
    };
    if ((family === 'asic') !== (kind === 'asic'))
      report(['family'], `family ${family} does not belong to a platform of kind ${kind}`);
    if (kind === 'fpga' && limits.fpga === undefined)
      report(['limits', 'fpga'], 'an FPGA needs its LUT, flip-flop, DSP and block RAM counts');
    if (
      kind === 'asic' &&
      limits.areaSquareMillimetres === undefined &&
      limits.sramBytes === undefined &&
      limits.powerMilliwatts === undefined
    ) {
      report(['limits'], 'an ASIC needs at least one limit: areaSquareMillimetres, sramBytes or powerMilliwatts');
    }
  });

export type PlatformFile = z.infer<typeof platformFileSchema>;

/** JSON Schema of the platform file, as committed in `core/schemas/platform.schema.json`. */
export function platformJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(platformFileSchema, { target: 'draft-2020-12', reused: 'ref' }),
    title: 'AutoDNNchip platform',
  };
}
