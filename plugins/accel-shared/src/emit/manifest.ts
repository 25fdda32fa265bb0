import { isAbsolute, normalize, sep } from 'node:path';

import { z } from 'zod';

import { ChipError, elementCount, hostManifestSchema } from '@autodnnchip/core';

import type { HostLayout, HostMove } from '../lowering/index.js';

/** Version of the manifest's own fields; raised when an older reader would misread a bundle. */
export const manifestSchemaVersion = 3;

const region = z.strictObject({ address: z.int().nonnegative(), bytes: z.int().nonnegative() });

/** A file that is laid into memory as it is. */
const image = region.extend({ file: z.string() });

const hostLayout = z.strictObject({
  height: z.int().positive(),
  width: z.int().positive(),
  blocks: z.int().positive(),
  channelBlock: z.int().positive(),
  channelMap: z.array(z.int()),
  offset: z.int(),
  paddingValue: z.int(),
  unfold: z
    .strictObject({
      channels: z.int().positive(),
      sourceWidth: z.int().positive(),
      kernelWidth: z.int().positive(),
      strideX: z.int().positive(),
      dilationX: z.int().positive(),
      paddingLeft: z.int(),
    })
    .exactOptional(),
});

const quantization = z.strictObject({ scale: z.number(), zeroPoint: z.int(), elementType: z.enum(['int8', 'uint8']) });
const elementType = z.enum([
  'float32',
  'float16',
  'float64',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
]);

/** Steps of the host from an input's array to the feature map, or from the feature map to an output's array. */
const moves = z
  .array(z.strictObject({ shape: z.array(z.int().positive()), permutation: z.array(z.int().nonnegative()) }))
  .min(1);

/** `manifest.json` of an accel-shared bundle: everything that a driver or a simulator must know to run the chip. */
export const manifestSchema = z.looseObject({
  schemaVersion: z.literal(manifestSchemaVersion),
  kind: z.literal('autodnnchip-bundle'),
  template: z.literal('accel-shared'),
  platform: z.string(),
  /** Engines of the chip, by their identifiers, in the order of their units. */
  engines: z.array(z.string()).min(1),
  configuration: z.record(z.string(), z.number()),
  network: z.looseObject({ name: z.string(), source: z.string() }),
  top: z.literal('accel_top'),
  /** SystemVerilog files in the order in which they are compiled. */
  rtlFiles: z.array(z.string()).min(1),
  memory: z.strictObject({
    totalBytes: z
      .int()
      .positive()
      .max(2 ** 32),
    program: image,
    weights: image,
  }),
  inputs: z.array(
    z.strictObject({
      name: z.string(),
      shape: z.array(z.int().positive()),
      elementType,
      quantize: quantization.exactOptional(),
      moves: moves.exactOptional(),
      region,
      layout: hostLayout,
    }),
  ),
  outputs: z.array(
    z.strictObject({
      name: z.string(),
      shape: z.array(z.int().positive()),
      elementType,
      dequantize: quantization.exactOptional(),
      moves: moves.exactOptional(),
      region,
      layout: hostLayout,
    }),
  ),
  layers: z
    .array(
      z.strictObject({
        name: z.string(),
        operator: z.string(),
        engine: z.string(),
        multiplyAccumulates: z.number().nonnegative(),
      }),
    )
    .min(1),
  /**
   * Counters that can be read while the chip runs, and words from one layer's record to the next; absent: those of four
   * units.
   */
  registers: z.strictObject({ liveCounters: z.int().positive(), recordWords: z.int().positive() }).exactOptional(),
  /** What the host must run before and after the chip; absent for a network that is all on the chip. */
  host: hostManifestSchema.exactOptional(),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** Checks a manifest. Throws ADC6005 naming what is wrong. */
export function parseManifest(value: unknown): Manifest {
  const parsed = manifestSchema.safeParse(value);
  const problem = parsed.success ? contradiction(parsed.data) : z.prettifyError(parsed.error).replace(/\s*\n\s*/g, ' ');
  if (parsed.success && problem === undefined) return parsed.data;
  throw new ChipError('ADC6005', `The bundle's manifest is damaged: ${problem}`, {
    location: { file: 'manifest.json' },
    hint: 'Build the chip again with this version.',
  });
}

/** What no bundle that was built has: files outside of its folder, regions outside of its memory. */
function contradiction({ configuration, rtlFiles, memory, inputs, outputs }: Manifest): string | undefined {
  const outside = [...rtlFiles, memory.program.file, memory.weights.file].find(
    path => isAbsolute(path) || normalize(path).split(sep)[0] === '..',
  );
  if (outside !== undefined) return `the file ${outside} lies outside of its folder`;
  const regions = [
    { what: 'the program', region: memory.program },
    { what: 'the weights', region: memory.weights },
    ...[...inputs, ...outputs].map(({ name, region }) => ({ what: name, region })),
  ];
  const misplaced = regions.find(({ region: { address, bytes } }) => address + bytes > memory.totalBytes);
  if (misplaced !== undefined) return `${misplaced.what} lies outside of the ${memory.totalBytes} bytes of memory`;
  return (
    [...inputs, ...outputs]
      .map(tensor => layoutFault(tensor, configuration['channelBlock']))
      .find(fault => fault !== undefined) ??
    outputs
      .map(({ name, elementType: type }) =>
        type === 'int64' || type === 'uint64'
          ? `${name} would have values of ${type}, which the chip does not compute`
          : undefined,
      )
      .find(fault => fault !== undefined) ??
    [...inputs, ...outputs]
      .map(({ name, shape, moves: steps = [] }) =>
        steps.every(step => isRearrangement(step, shape))
          ? undefined
          : `the moves of ${name} do not fit its shape [${shape.join(', ')}]`,
      )
      .find(fault => fault !== undefined)
  );
}

/** Shape, layout and region of an input or output must be those of one tensor. */
function layoutFault(
  { name, shape, layout, region: { bytes } }: Manifest['inputs'][number] | Manifest['outputs'][number],
  wordBytes: number | undefined,
): string | undefined {
  const { height, width, blocks, channelBlock, channelMap, unfold } = layout;
  if (channelBlock !== wordBytes || channelMap.length > blocks * channelBlock)
    return `the layout of ${name} is not that of this chip's words`;
  if (height * width * blocks * channelBlock > bytes) return `${name} does not fit into its ${bytes} bytes of memory`;
  const used = channelMap.reduce((most, channel) => Math.max(most, channel + 1), 0);
  const elements = unfold === undefined ? used * height * width : unfold.channels * height * unfold.sourceWidth;
  const wanted = shape.reduce((product, extent) => product * extent, 1);
  return elements === wanted ? undefined : `${name} has ${wanted} values and the place of ${elements}`;
}

function isRearrangement({ shape, permutation }: z.infer<typeof moves>[number], whole: readonly number[]): boolean {
  return (
    elementCount(shape) === elementCount(whole) &&
    permutation.length === shape.length &&
    new Set(permutation).size === shape.length &&
    permutation.every(dimension => dimension < shape.length)
  );
}

/** The host's steps as JSON holds them; nothing where there are none. */
export function movesToManifest(steps: readonly HostMove[] | undefined): { moves?: z.infer<typeof moves> } {
  return steps === undefined
    ? {}
    : { moves: steps.map(({ shape, permutation }) => ({ shape: [...shape], permutation: [...permutation] })) };
}

/** A layout as JSON holds it. */
export function layoutToManifest(layout: HostLayout): z.infer<typeof hostLayout> {
  return { ...layout, channelMap: [...layout.channelMap] };
}

/** A layout as the converters take it. */
export function layoutFromManifest(layout: z.infer<typeof hostLayout>): HostLayout {
  const { unfold, ...rest } = layout;
  return { ...rest, channelMap: Int32Array.from(layout.channelMap), ...(unfold === undefined ? {} : { unfold }) };
}
