import { z } from 'zod';
import { notCostedSchema } from './prediction.js';

const count = z.int().nonnegative();
const errorPercent = z.number();

const comparedCycles = { predicted: count, simulated: count, difference: z.int().describe('Predicted - simulated.') };
const run = z.int().positive().describe('From 1.');
const counter = z.string().describe('`cycles`, or a counter of a unit, such as `conv.busyCycles`.');
const coarseFields = {
  coarse: count,
  fine: count,
  errorPercent: errorPercent.describe('100 x (coarse - fine) / fine.'),
};

/** The fields of a chip held against its simulation. */
export const chipValidationFields = {
  directory: z.string().optional().describe('Folder of the bundle; absent when it was built for this and thrown away.'),
  network: z.string(),
  platform: z.string(),
  template: z.string(),
  configuration: z.record(z.string(), z.number()),
  memory: z.object({
    readLatencyCycles: count,
    writeLatencyCycles: count,
    beatIntervalCycles: count,
    burstGapCycles: count,
    sharedBytesPerKilocycle: count,
  }),
  tool: z.string(),
  version: z.string(),
  runs: z.int().positive(),
  seed: count.optional().describe('Of random inputs; run n takes seed + n - 1. Absent when inputs were given.'),
  rows: z.array(z.object({ run, layer: z.string(), counter, ...comparedCycles })),
  totals: z.array(z.object({ run, counter, ...comparedCycles })).describe('Over all layers.'),
  outputs: z.array(
    z.object({
      run,
      name: z.string(),
      elements: count,
      mismatches: count
        .optional()
        .describe('Values that are not those of the reference executor; absent without a reference.'),
      firstMismatch: z
        .object({ index: z.array(count), expected: z.number().nullable(), simulated: z.number().nullable() })
        .optional(),
    }),
  ),
  coarse: z
    .object({ ...coarseFields, layers: z.array(z.object({ layer: z.string(), ...coarseFields })) })
    .optional()
    .describe('Cycles of the coarse mode beside those of the fine mode.'),
  synthesis: z
    .object({
      target: z.string(),
      tool: z.string(),
      version: z.string(),
      rows: z.array(
        z.object({
          resource: z.string(),
          predicted: z.number(),
          synthesized: z.number(),
          difference: z.number(),
          errorPercent: errorPercent.optional().describe('100 x (predicted - synthesized) / synthesized.'),
        }),
      ),
    })
    .optional()
    .describe('With --synthesize.'),
  hostOperators: z.array(notCostedSchema),
  notCompared: z
    .array(z.object({ what: z.string(), reason: z.string() }))
    .describe('What could not be held against anything, and why.'),
  summary: z.object({
    equal: z.boolean().describe('No cycle, no counter and no output value differs.'),
    layers: count,
    counters: count,
    differingCounters: count,
    maximumAbsoluteDifference: count,
    predictedCycles: count,
    simulatedCycles: count,
    outputValues: count,
    mismatches: count.nullable().describe('Null without a reference.'),
  }),
  wallSeconds: z.number().nonnegative(),
};

export const statisticsFields = {
  count,
  meanAbsoluteErrorPercent: z.number().nonnegative(),
  maximumAbsoluteErrorPercent: z.number().nonnegative(),
};
const dataFile = z.string().describe('Name of the data file.');
export const measuredRow = {
  network: z.string(),
  layer: z.string().describe('Empty or `total`: the whole network.'),
  line: count.describe('Line of the data file.'),
};
export const fittedRow = { ...measuredRow, data: dataFile, tier: z.string() };

/** The fields of predictions held against measurements. */
export const measuredValidationFields = {
  data: z.string(),
  rows: z.array(
    z.object({
      platform: z.string(),
      ...fittedRow,
      batch: z.int().positive(),
      metric: z.string(),
      unit: z.string(),
      conditions: z.record(z.string(), z.string()).describe('What the row states of its run.'),
      measured: z.number(),
      predicted: z.number(),
      errorPercent: errorPercent.describe('100 x (predicted - measured) / measured.'),
      leftOutErrorPercent: errorPercent
        .optional()
        .describe('With --left-out: by a fit without the network of the row.'),
    }),
  ),
  summary: z.array(
    z.object({
      platform: z.string(),
      metric: z.string(),
      ...statisticsFields,
      tierA: z.object(statisticsFields).optional().describe('Of the rows of tier A alone.'),
      leftOut: z
        .object(statisticsFields)
        .optional()
        .describe('With --left-out: by fits without the network of each row.'),
      worst: z.object({ ...measuredRow, errorPercent }),
    }),
  ),
  notCosted: z
    .array(z.object({ platform: z.string(), ...measuredRow, metric: z.string(), reason: z.string() }))
    .describe('Rows that no model covers, and why.'),
  unmatched: z
    .array(
      z.object({
        platform: z.string(),
        network: z.string(),
        layer: z.string(),
        predictedMilliseconds: z.number().positive(),
      }),
    )
    .describe('Layers that take time by the model, of networks measured layer by layer, and that no row is about.'),
  notFitted: z
    .array(z.object({ platforms: z.array(z.string()), reason: z.string() }))
    .describe('With --left-out: what could not be fitted again, and why.'),
};
