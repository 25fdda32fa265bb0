import { objectives, placeableTargets, synthesisTargets } from '@autodnnchip/core';
import { z } from 'zod';
import { explanationSchema } from './explanation.js';
import { graphPredictionFields } from './graph-prediction.js';
import {
  areaHoldsSchema,
  clockSchema,
  nodeAccountSchema,
  notCostedSchema,
  predictionFields,
  resourcesSchema,
} from './prediction.js';
import { documentSchemaVersion } from './schema-version.js';
import { chipValidationFields, fittedRow, measuredValidationFields, statisticsFields } from './validation.js';

const count = z.int().nonnegative();
const megahertz = z.number().positive();
const hostOperatorsSchema = z
  .array(notCostedSchema)
  .describe('Operators that run on the host (--host-fallback); no figure covers them.');
const notesSchema = z
  .array(z.string())
  .describe(
    'What was assumed while the model was read: an open batch that was set to 1, operator sets newer than known, declared shapes that are not used.',
  );
const configurationSchema = z.record(z.string(), z.number()).describe("Values of the template's parameters.");

function documentSchema<Fields extends z.ZodRawShape>(command: string, fields: Fields) {
  return z.object({ schemaVersion: z.literal(documentSchemaVersion), command: z.literal(command), ...fields });
}

const buildSchema = documentSchema('build', {
  directory: z.string().describe('Folder of the bundle, absolute.'),
  network: z.string(),
  template: z.string(),
  configuration: configurationSchema,
  objective: z.enum(objectives),
  search: z.object({
    candidates: count.describe('Configurations that were ranked by the coarse mode.'),
    refined: count.describe('Of these, the ones that were predicted in fine mode.'),
    leftOut: z
      .array(z.object({ name: z.string(), candidates: count }))
      .describe('By filter of a plugin: configurations that it left out.'),
  }),
  notes: notesSchema,
  hostOperators: hostOperatorsSchema,
  files: z.array(z.string()).describe('Files of the bundle, relative to its folder.'),
  clock: clockSchema,
  ...predictionFields,
});

const predictNetworkSchema = documentSchema('predict', {
  network: z.string(),
  template: z.string(),
  configuration: configurationSchema,
  notes: notesSchema,
  hostOperators: hostOperatorsSchema,
  fits: z
    .boolean()
    .optional()
    .describe(
      'Whether the chip keeps to the limits of its platform; `build` refuses it where not. Absent for accelerators that exist.',
    ),
  brokenLimits: z
    .array(z.object({ resource: z.string(), used: z.number().positive(), available: z.number().nonnegative() }))
    .optional()
    .describe('The limits that it breaks.'),
  clock: clockSchema.optional().describe('Absent for accelerators that exist: they run at theirs.'),
  nodes: z
    .array(nodeAccountSchema)
    .optional()
    .describe('What became of every node of the model file, each once; of accelerators that exist only.'),
  ...predictionFields,
}).describe('Of a network or a bundle.');

const predictGraphSchema = documentSchema('predict', graphPredictionFields).describe('Of a chip graph (--graph).');

const predictSchema = z
  .union([predictNetworkSchema, predictGraphSchema])
  .meta({ type: 'object', required: ['schemaVersion', 'command'] });

const valueSchema = z.number().nullable().describe('Null for NaN and infinities.');

const simulateSchema = documentSchema('simulate', {
  tool: z.string(),
  version: z.string(),
  equal: z.boolean().describe("No output value that was compared and no layer's cycles differ."),
  bitsCompared: z.enum(['all', 'some', 'none']).describe('Of which outputs bits were compared.'),
  hostOperators: hostOperatorsSchema,
  outputs: z.array(
    z.object({
      name: z.string(),
      elementType: z.string(),
      shape: z.array(count),
      elements: count,
      mismatches: count.optional().describe('Absent when the output was not compared.'),
      firstMismatch: z.object({ index: z.array(count), expected: valueSchema, simulated: valueSchema }).optional(),
    }),
  ),
  cycles: z.object({
    total: count,
    predictedTotal: count,
    layers: z.array(z.object({ name: z.string(), predicted: count, simulated: count })),
  }),
  clock: clockSchema,
  wallSeconds: z.number().nonnegative(),
  cyclesPerSecond: z.number().nonnegative(),
});

const placementSchema = z.object({
  target: z.enum(placeableTargets),
  device: z.string(),
  tool: z.string(),
  version: z.string(),
  synthesis: z.object({ tool: z.string(), version: z.string() }).describe('What made the netlist.'),
  fmaxMegahertz: z.object({ median: megahertz, minimum: megahertz, maximum: megahertz }).describe('Over the seeds.'),
  seeds: z.array(
    z.object({
      seed: count,
      fmaxMegahertz: megahertz,
      criticalPath: z.object({
        from: z.string(),
        to: z.string(),
        logicNanoseconds: z.number().nonnegative(),
        routingNanoseconds: z.number().nonnegative(),
      }),
      wallSeconds: z.number().nonnegative(),
    }),
  ),
  utilization: z
    .record(z.string(), z.object({ used: count, available: count }))
    .describe('Cells of the device, those of the shell around the chip included.'),
});

const synthesizeSchema = documentSchema('synthesize', {
  target: z.enum(synthesisTargets),
  tool: z.string(),
  version: z.string(),
  resources: resourcesSchema,
  areaHolds: areaHoldsSchema,
  predictedAreaHolds: areaHoldsSchema,
  predicted: resourcesSchema
    .optional()
    .describe('Absent for another target than the one that the bundle was built for.'),
  cells: z.record(z.string(), count),
  wallSeconds: z.number().nonnegative(),
  placeAndRoute: placementSchema.optional().describe('With --place-and-route.'),
});

const definitionSchema = z.object({ id: z.string(), title: z.string() });

const pluginsSchema = documentSchema('plugins', {
  pluginApiVersion: count,
  plugins: z.array(
    z.object({
      name: z.string(),
      version: z.string().optional(),
      taps: z.array(z.object({ hook: z.string(), tap: z.string() })),
      services: z.array(z.string()),
    }),
  ),
  engines: z.array(definitionSchema),
  templates: z.array(
    definitionSchema.extend({
      parameters: z
        .array(
          z.object({
            name: z.string(),
            description: z.string(),
            candidates: z.array(z.number()).describe('Values that the search tries; --set takes others too.'),
          }),
        )
        .describe('What --set sets.'),
    }),
  ),
  acceleratorModels: z.array(definitionSchema).describe('Models that data files of accelerators name.'),
  platforms: z.array(definitionSchema),
  commands: z.array(z.string()),
});

const doctorSchema = documentSchema('doctor', {
  version: z.string().describe('Version of autodnnchip.'),
  host: z.object({
    operatingSystem: z.string(),
    architecture: z.string(),
    nodeVersion: z.string(),
    processor: z.string(),
    logicalCores: count,
    memoryBytes: count,
    availableMemoryBytes: count,
  }),
  nodeSupported: z.boolean(),
  cacheDirectory: z.string(),
  tools: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['native', 'embedded']),
      status: z.enum(['ok', 'missing', 'tooOld', 'broken']),
      version: z.string().optional(),
      path: z.string().optional(),
      purpose: z.string(),
      install: z.string(),
      problem: z.string().optional(),
    }),
  ),
});

const validateSchema = z
  .union([
    documentSchema('validate', chipValidationFields).describe('Of a chip, against its simulation.'),
    documentSchema('validate', measuredValidationFields).describe(
      'Of given accelerators, against measurements (--data).',
    ),
  ])
  .meta({ type: 'object', required: ['schemaVersion', 'command', 'rows', 'summary'] });

const calibrationErrors = {
  fitted: z.object(statisticsFields),
  heldOut: z.object(statisticsFields).describe('Of the same rows, by fits without the network of each.'),
  indication: z
    .object(statisticsFields)
    .describe('Of rows that were not fitted on, by fits without the network of each.'),
};

const calibrateSchema = documentSchema('calibrate', {
  platform: z.string(),
  parameters: z.record(
    z.string(),
    z.object({
      unit: z.string(),
      value: z.number(),
      before: z.number(),
      minimum: z.number(),
      maximum: z.number(),
      meaning: z.string(),
      metric: z.string(),
      provenance: z.string(),
      scope: z
        .enum(['platform', 'family'])
        .describe('family: one value for all accelerators of the family, fitted together.'),
    }),
  ),
  metrics: z.array(
    z.object({
      metric: z.string(),
      ...calibrationErrors,
      platforms: z.array(z.object({ platform: z.string(), ...calibrationErrors })),
      rows: z.array(
        z.object({
          platform: z.string(),
          ...fittedRow,
          batch: z.int().positive(),
          fittedOn: z.boolean().describe('False: an indication, of another tier or kept out by its note.'),
          measured: z.number(),
          unit: z.string(),
          fitted: z.number(),
          fittedErrorPercent: z.number(),
          heldOut: z.number(),
          heldOutErrorPercent: z.number(),
        }),
      ),
    }),
  ),
});

const drawSchema = documentSchema('draw', {
  graph: z.string().describe('Name of the graph.'),
  file: z.string(),
  nodes: count.describe('With sub-graphs in their places.'),
  boxes: count.describe('Fewer than nodes where those of equal structure are drawn as one.'),
});

const explainSchema = documentSchema('explain', {
  target: z.string().describe('Network, bundle or graph that was predicted.'),
  platform: z.string().optional().describe('Absent for a graph.'),
  mode: z.enum(['coarse', 'fine']),
  figure: z.string().describe('As `predict --json` has it; items of lists go by name or identifier.'),
  value: z.number(),
  unit: z.string(),
  explanation: explanationSchema,
  notCosted: z.array(notCostedSchema).describe('Operators that no figure covers, and why.'),
});

const errorSchema = z.object({
  schemaVersion: z.literal(documentSchemaVersion),
  command: z.string().nullable().describe('Null when no command was recognised.'),
  error: z.object({
    code: z
      .string()
      .regex(/^ADC\d{4}$/)
      .describe('Stable; docs/errors.md has them all.'),
    title: z.string(),
    message: z.string(),
    exitCode: z.int(),
    hint: z.string().optional(),
    plugin: z.string().optional(),
    hook: z.string().optional(),
    location: z
      .object({
        file: z.string().optional(),
        node: z.string().optional(),
        line: z.int().optional(),
        byteOffset: z.int().optional(),
      })
      .optional(),
  }),
});

/** Schema of every document that `--json` prints; `schemas/` holds them as JSON Schema. */
export const documentSchemas = {
  build: buildSchema,
  predict: predictSchema,
  draw: drawSchema,
  simulate: simulateSchema,
  synthesize: synthesizeSchema,
  plugins: pluginsSchema,
  doctor: doctorSchema,
  validate: validateSchema,
  calibrate: calibrateSchema,
  explain: explainSchema,
  error: errorSchema,
} as const;

/** What a command hands over; the command line adds version and name. */
export type DocumentOf<Command extends Exclude<keyof typeof documentSchemas, 'error'>> = DocumentFields<
  z.input<(typeof documentSchemas)[Command]>
>;

/** Of each member, where a command has several documents. */
type DocumentFields<Document> = Document extends unknown
  ? DeepReadonly<Omit<Document, 'schemaVersion' | 'command'>>
  : never;

type DeepReadonly<Value> = Value extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
    : Value;

/** The committed schema files by name. */
export function jsonSchemas(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(documentSchemas).map(([name, schema]) => {
      const title = name === 'error' ? 'An error of autodnnchip' : `Result of autodnnchip ${name}`;
      return [`${name}.schema.json`, `${JSON.stringify({ title, ...z.toJSONSchema(schema) }, undefined, 2)}\n`];
    }),
  );
}
