import { z } from 'zod';
import { chipGraphSchemaVersion, type ChipGraph, type GraphStep } from './chip-graph.js';
import { dataUnits, energyUnits, frequencyUnits, powerUnits, unitNames } from './quantity.js';

const source = z.string().min(1).describe('Where the value is published or measured');

/** Above any real figure in its smallest unit, and far from where sums of products overflow. */
const largestValue = 1e18;

/** Any real figure is 0 or above this: a clock of next to no hertz would take times beyond all numbers. */
const smallestValue = 1e-18;

const realValue = z
  .number()
  .nonnegative()
  .max(largestValue)
  .refine(value => value === 0 || value >= smallestValue, { error: `is 0 or at least ${smallestValue}` });

function quantity<const Units extends readonly [string, ...string[]]>(units: Units, description: string) {
  return z
    .strictObject({ value: realValue, unit: z.enum(units), source: source.exactOptional() })
    .describe(description);
}

const dataNames = [...unitNames(dataUnits), 'element'] as const;
const capacityNames = [...dataNames, 'token'] as const;
const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^/\p{Cc}]+$/u, 'no slashes and no control characters');
const wholeAboveZero = z.int().min(1);
const wholeFromZero = z.int().min(0);
const figureUse = z
  .strictObject({
    figure: z.string().min(1).describe('Name of a figure of the technology'),
    count: realValue.describe('How many operations, or of what the figure is per; absent: 1').exactOptional(),
    technology: name.describe('Absent: the technology of the node or resource').exactOptional(),
  })
  .meta({ id: 'figureUse' });
const costed = <const Units extends readonly [string, ...string[]]>(units: Units, description: string) =>
  z
    .union([
      quantity(units, 'A number with its unit'),
      figureUse,
      z.array(figureUse).min(1).describe('The sum of these'),
    ])
    .describe(description);
const energy = (description: string) => costed(unitNames(energyUnits), description);
const power = (description: string) => costed(unitNames(powerUnits), description);

const ipClass = z.enum(['compute', 'memory', 'datapath']);
const attributes = z
  .record(
    z.string().min(1),
    z.union([
      z.string(),
      z.number(),
      z.boolean(),
      z.strictObject({ value: z.number(), unit: z.string().min(1), source: source.exactOptional() }),
    ]),
  )
  .describe('Facts about the IP; no prediction reads them');
const technology = name.describe('Identifier of a technology');
const clock = (description: string) => quantity(unitNames(frequencyUnits), description);

const cost = {
  power: power('While busy; needs a clock').exactOptional(),
  energyPerBusyCycle: energy('While busy, a cycle of the own clock; instead of power').exactOptional(),
  staticPower: power('All the time; needs a clock').exactOptional(),
};

const tokens = z.record(name, wholeAboveZero.max(2 ** 31 - 1));

const state = z
  .strictObject({
    name: z.string().min(1).max(200).exactOptional(),
    resource: name.describe('Resource that is held while the state runs; absent: the node itself').exactOptional(),
    cycles: wholeAboveZero.describe('Cycles of one execution, of the clock of the resource'),
    consumes: tokens.describe('Tokens per execution, by in-edge').exactOptional(),
    produces: tokens.describe('Tokens per execution, by out-edge').exactOptional(),
    energy: energy('Per execution, on top of the resource').exactOptional(),
  })
  .meta({ id: 'state' });

const loop = z
  .strictObject({
    repeat: wholeAboveZero.describe('How often the steps run'),
    get steps() {
      return z.array(step).min(1);
    },
  })
  .meta({ id: 'loop' });

const step: z.ZodType<GraphStep> = z.union([state, loop]).meta({ id: 'step' });

const node = z.strictObject({
  id: name,
  class: ipClass.exactOptional(),
  clock: clock('Clock of the own hardware, or of the sub-graph; absent: that of the graph').exactOptional(),
  technology: technology.exactOptional(),
  attributes: attributes.exactOptional(),
  ...cost,
  steps: z.array(step).min(1).describe('State machine, run once').exactOptional(),
  graph: name.describe('Sub-graph that stands here; its open edges are the ports').exactOptional(),
  resources: z
    .record(name, name)
    .describe('Resources of the sub-graph that are resources of this graph')
    .exactOptional(),
});

const edge = z.strictObject({
  id: name.exactOptional().describe('Absent: from->to'),
  from: name.describe('Absent: an open edge, from outside').exactOptional(),
  fromPort: name.describe('Open edge of the sub-graph that `from` stands for').exactOptional(),
  to: name.describe('Absent: an open edge, to outside').exactOptional(),
  toPort: name.describe('Open edge of the sub-graph that `to` stands for').exactOptional(),
  volume: quantity(dataNames, 'Data of the whole run').exactOptional(),
  precisionBits: wholeAboveZero.describe('Bits of an element').exactOptional(),
  capacity: quantity(capacityNames, 'Room between the ends; absent: without limit').exactOptional(),
  initialTokens: wholeFromZero.describe('Tokens at the start').exactOptional(),
});

const body = {
  clock: clock(
    'Clock of all that states none of its own; of the whole graph: the one that cycles are told in',
  ).exactOptional(),
  technologies: z
    .array(
      z.strictObject({
        id: name,
        title: z.string().min(1).exactOptional(),
        platform: z
          .string()
          .min(1)
          .describe('Platform whose technology gives the figures that are not given here')
          .exactOptional(),
        figures: z
          .record(
            z.string().min(1),
            z.strictObject({
              value: realValue,
              unit: z.string().min(1).describe('Of energy or power, or that per something: pJ, pJ/byte, mW/mm2'),
              source,
            }),
          )
          .describe('Unit energies by name, for instance multiplyAccumulate8Bit')
          .exactOptional(),
        processNanometres: z.number().positive().exactOptional(),
        voltage: quantity(['V'], 'Supply').exactOptional(),
        source: source.exactOptional(),
      }),
    )
    .exactOptional(),
  resources: z
    .array(
      z.strictObject({
        id: name,
        class: ipClass,
        clock: clock('Absent: that of the graph').exactOptional(),
        technology: technology.exactOptional(),
        attributes: attributes.exactOptional(),
        ...cost,
      }),
    )
    .describe('Instances of hardware that nodes use in turn')
    .exactOptional(),
  nodes: z.array(node).min(1),
  edges: z.array(edge),
};

/**
 * A `*.chip.json` file. What the schema cannot say (names that exist, tokens that add up) `resolveChipGraph` checks.
 */
export const chipGraphSchema: z.ZodType<ChipGraph> = z.strictObject({
  $schema: z.string().exactOptional(),
  schemaVersion: z.literal(chipGraphSchemaVersion),
  name: z.string().min(1).max(200),
  title: z.string().min(1).exactOptional(),
  ...body,
  graphs: z.record(name, z.strictObject(body)).describe('Sub-graphs by name').exactOptional(),
});

/** JSON Schema of the file, as committed in `core/schemas/chip-graph.schema.json`. */
export function chipGraphJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(chipGraphSchema, { target: 'draft-2020-12' }), title: 'AutoDNNchip graph' };
}
