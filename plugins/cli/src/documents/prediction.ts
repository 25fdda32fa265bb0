import { z } from 'zod';

const count = z.number().nonnegative();
const energy = count.nullable();

export const resourcesSchema = z
  .object({
    lut: count.optional(),
    ff: count.optional(),
    dsp: count.optional(),
    bram: count.optional(),
    areaSquareMillimetres: count.optional().describe('What it holds is in areaHolds of the document.'),
    sramBytes: count.optional(),
    fmaxMegahertz: z
      .number()
      .positive()
      .optional()
      .describe('Predicted highest clock after place and route; absent where no model covers the family.'),
    multipliers: count,
  })
  .describe('What the chip takes of an FPGA, or its area. Fields that do not apply to the platform are absent.');

const unitSchema = z.object({ busyCycles: count, waitInputCycles: count, waitOutputCycles: count });

const layerSchema = z.object({
  name: z.string(),
  operator: z.string(),
  latencyCycles: count.describe(
    'Cycles from the end of the layer before to the end of this one, of the whole batch; they add up to the latency of the network.',
  ),
  energyPicojoules: energy.describe('Of one inference; they add up to the energy of the network.'),
  limitedBy: z.enum(['compute', 'memoryRead', 'memoryWrite', 'requantize', 'latency', 'host']),
  multiplyAccumulates: count.describe(
    'Of the network as its file has it, with the batch of its own shapes, whatever number of inputs is computed together.',
  ),
  utilization: count.describe(
    'Multiplications (one per multiply-accumulate, fewer where an algorithm saves some) / (multipliers of the engine that runs the layer * cycles).',
  ),
  units: z.record(z.string(), unitSchema).optional(),
  readBytes: count.describe('External memory or host link, of the whole batch.'),
  writtenBytes: count,
  engine: z.string().optional().describe('Engine that runs the layer, on a chip with several.'),
  declined: z.array(z.string()).optional().describe('Why it was not another engine, or another form of the layer.'),
});

export const clockSchema = z
  .object({
    megahertz: z.number().positive().describe('That times are predicted at.'),
    fmaxMegahertz: z
      .number()
      .positive()
      .optional()
      .describe('Predicted highest clock after place and route; absent where no model covers the family.'),
    reach: z
      .enum(['within', 'above', 'notKnown'])
      .describe('Of the clock, beside the predicted highest one. above: times at that clock are out of reach.'),
  })
  .describe('The clock of a chip that is to be built.');

export const areaHoldsSchema = z
  .string()
  .optional()
  .describe('What the area is of: logic, SRAM, process. Present where there is an area.');

export const notCostedSchema = z.object({ name: z.string(), operator: z.string(), reason: z.string() });

export const nodeAccountSchema = z.discriminatedUnion('fate', [
  z.object({
    fate: z.literal('costed'),
    name: z.string(),
    operator: z.string(),
    layer: z.string().describe('Layer of the prediction that it is.'),
  }),
  z.object({
    fate: z.literal('merged'),
    name: z.string(),
    operator: z.string(),
    layer: z.string().describe('Layer that does its work along with its own.'),
    reason: z.string(),
  }),
  z.object({
    fate: z.literal('folded'),
    name: z.string(),
    operator: z.string(),
    reason: z.string().describe('Why nothing of it is left to do.'),
  }),
  z.object({
    fate: z.literal('notCosted'),
    name: z.string(),
    operator: z.string(),
    reason: z.string().describe('Where it runs instead, or why no figure covers it.'),
  }),
]);

/** The fields of a prediction, at the top level of the documents that hold one. */
export const predictionFields = {
  mode: z.enum(['coarse', 'fine']),
  platform: z.string(),
  batch: z.number().int().positive().describe('Inputs that are computed together.'),
  clockMegahertz: z.number().positive(),
  latencyCycles: count
    .nullable()
    .describe('Of the whole batch. Null, as is what follows from it, where nothing of the network is costed.'),
  latencySeconds: count.nullable(),
  throughputPerSecond: count.nullable().describe('Inferences (inputs) per second.'),
  energyPicojoules: energy.describe(
    'Of one inference: that of the batch divided by its inputs. Null, as is all energy and power, where no energy is costed (notCosted says why).',
  ),
  powerMilliwatts: energy,
  resources: resourcesSchema,
  areaHolds: areaHoldsSchema,
  blocks: z.array(z.object({ id: z.string(), resources: resourcesSchema, energyPicojoules: energy })),
  layers: z.array(layerSchema),
  notCosted: z.array(notCostedSchema).describe('Operators that no figure covers, and why.'),
};
