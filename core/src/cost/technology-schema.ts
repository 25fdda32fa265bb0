import { z } from 'zod';
import { technologyFigures, type FigureName } from './technology-figures.js';

/** Version of the technology file format. */
export const technologySchemaVersion = 1;

const source = z.string().min(1).describe('Where the value is published, or the reasoning of an estimate');
const positive = z.number().positive();

/** A number that was published, measured or estimated, with what it holds for. */
const entrySchema = z.strictObject({
  value: z.number().nonnegative(),
  unit: z.string().min(1),
  kind: z.enum(['published', 'dataSheet', 'measured', 'estimate']),
  processNanometres: positive.exactOptional(),
  voltage: positive.exactOptional(),
  widthBits: positive.exactOptional().describe('Width of the operands or of the access'),
  source,
});
export type TechnologyEntry = z.infer<typeof entrySchema>;

export const entriesSchema = z.record(z.string(), entrySchema);

/** How an entry is brought to the process, voltage and width of a technology. */
const entryReferenceSchema = z.strictObject({
  entry: z.string().describe('Name of a published entry'),
  scaled: z
    .enum(['processAndVoltage', 'area'])
    .exactOptional()
    .describe(
      'processAndVoltage: energy, x process ratio x voltage ratio squared. area: by the factors of Stillmaker and Baas',
    ),
  width: z
    .strictObject({
      bits: positive,
      rule: z
        .enum(['linear', 'product'])
        .describe('linear: adders, registers. product: multipliers, whose energy goes with the product of both widths'),
    })
    .exactOptional(),
});
export type EntryReference = z.infer<typeof entryReferenceSchema>;

const figureReferenceSchema = z.strictObject({ figure: z.string().describe('Another figure of the same table') });
const constantSchema = z.strictObject({
  constant: z.number(),
  meaning: z.string().min(1),
  unit: z.string().min(1),
  source,
});

/** A formula over entries, other figures and constants. */
export type FigureFormula =
  | EntryReference
  | z.infer<typeof figureReferenceSchema>
  | z.infer<typeof constantSchema>
  | { readonly sum: readonly FigureFormula[] }
  | { readonly product: readonly FigureFormula[] }
  | { readonly difference: readonly FigureFormula[] }
  | { readonly quotient: readonly FigureFormula[] };

const formulaSchema: z.ZodType<FigureFormula> = z
  .lazy(() =>
    z.union([
      entryReferenceSchema,
      figureReferenceSchema,
      constantSchema,
      z.strictObject({ sum: z.array(formulaSchema).min(1) }),
      z.strictObject({ product: z.array(formulaSchema).min(1) }),
      z.strictObject({ difference: z.array(formulaSchema).length(2) }),
      z.strictObject({ quotient: z.array(formulaSchema).length(2) }),
    ]),
  )
  .meta({ id: 'formula' });

function figureSchema(unit: string, meaning: string) {
  return z
    .union([
      z.strictObject({ value: z.number().nonnegative(), unit: z.literal(unit), source }),
      z.strictObject({
        unit: z.literal(unit),
        derived: formulaSchema,
        digits: z
          .int()
          .min(1)
          .max(15)
          .exactOptional()
          .describe('Significant digits that are kept: no more than the sources bear; 3 when absent'),
      }),
    ])
    .describe(meaning)
    .exactOptional();
}

/** Figures of a technology by name: a value with its source, or a formula that derives it. */
export const figuresSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(technologyFigures).map(([name, { unit, meaning }]) => [name, figureSchema(unit, meaning)]),
  ) as unknown as Readonly<Record<FigureName, ReturnType<typeof figureSchema>>>,
);

export type FigureDescription = NonNullable<z.infer<typeof figuresSchema>[FigureName]>;

/** A technology, or a kind of external memory (without process and voltage), as a data file. */
export const technologyFileSchema = z.strictObject({
  $schema: z.string().exactOptional(),
  schemaVersion: z.literal(technologySchemaVersion),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower case letters, digits and dashes'),
  title: z.string().min(1),
  extends: z.string().exactOptional().describe('Technology whose formulas hold here too, at this process and voltage'),
  processNanometres: positive
    .exactOptional()
    .describe('Absent in a kind of external memory, whose figures are for whole devices'),
  voltage: positive.exactOptional(),
  entries: entriesSchema
    .exactOptional()
    .describe('Entries of its own, beside those of core/technologies/published.json'),
  figures: figuresSchema.exactOptional(),
});
export type TechnologyFile = z.infer<typeof technologyFileSchema>;

/** Entries that all technologies may refer to. */
export const publishedEntriesSchema = z.strictObject({
  $schema: z.string().exactOptional(),
  schemaVersion: z.literal(technologySchemaVersion),
  entries: entriesSchema,
});

/** JSON Schemas of the files in `core/technologies`, by file name. */
export function technologyJsonSchemas(): Readonly<Record<string, Record<string, unknown>>> {
  const schema = (type: z.ZodType, title: string): Record<string, unknown> => ({
    ...z.toJSONSchema(type, { target: 'draft-2020-12', reused: 'ref' }),
    title,
  });
  return {
    'technology.schema.json': schema(technologyFileSchema, 'AutoDNNchip technology'),
    'published-entries.schema.json': schema(publishedEntriesSchema, 'AutoDNNchip published entries'),
  };
}
