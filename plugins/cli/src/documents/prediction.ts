import { z } from 'zod';

const count = z.number().nonnegative();

export const resourcesSchema = z.object({
  lut: count.optional(),
  ff: count.optional(),
  dsp: count.optional(),
  bram: count.optional(),
  areaSquareMillimetres: count.optional(),
  sramBytes: count.optional(),
  fmaxMegahertz: z.number().positive().optional().describe('Predicted highest clock after place and route; absent where no model covers the family.'),
  multipliers: count,
}).describe('What the chip takes of an FPGA, or its area. Fields that do not apply to the platform are absent.');

const unitSchema = z.object({ busyCycles: count, waitInputCycles: count, waitOutputCycles: count });

const layerSchema = z.object({
  name: z.string(),
  operator: z.string(),
  latencyCycles: count.describe('Cycles from the end of the layer before to the end of this one; they add up to the latency of the network.'),
  energyPicojoules: count,
  limitedBy: z.enum(['compute', 'memoryRead', 'memoryWrite', 'requantize', 'latency', 'host']),
  multiplyAccumulates: count,
  utilization: count.describe('Multiplications (one per multiply-accumulate, fewer where an algorithm saves some) / (multipliers of the engine that runs the layer * cycles).'),
  units: z.record(z.string(), unitSchema).optional(),
  readBytes: count,
  writtenBytes: count,
});

export const notCostedSchema = z.object({ name: z.string(), operator: z.string(), reason: z.string() });

/** The fields of a prediction, at the top level of the documents that hold one. */
export const predictionFields = {
  mode: z.enum(['coarse', 'fine']),
  platform: z.string(),
  clockMegahertz: z.number().positive(),
  latencyCycles: count,
  latencySeconds: count,
  throughputPerSecond: count,
  energyPicojoules: count,
  powerMilliwatts: count,
  resources: resourcesSchema,
  blocks: z.array(z.object({ id: z.string(), resources: resourcesSchema, energyPicojoules: count })),
  layers: z.array(layerSchema),
  notCosted: z.array(notCostedSchema).describe('Operators that no figure covers, and why.'),
};
