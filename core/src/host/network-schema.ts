import { z } from 'zod';
import type { Operator, OperatorKind } from '../network/index.js';

/** Version of network files; raised when an older reader would misread one. */
export const networkFileVersion = 1;

/** Most dimensions that a tensor of a network file may have. */
const largestRank = 32;

/** A real number. JSON has no word for these four: they are written as `{ "number": "-Infinity" }`. */
const real = z.union([
  z.number(),
  z
    .strictObject({ number: z.literal(['Infinity', '-Infinity', 'NaN', '-0']) })
    .transform(({ number }) => Number(number)),
]);

/** A number as JSON holds it. */
export function realToJson(value: number): z.input<typeof real> {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  return { number: Object.is(value, -0) ? '-0' : (String(value) as 'Infinity' | '-Infinity' | 'NaN') };
}

const pair = z.tuple([z.int(), z.int()]);
const window = { kernel: pair, stride: pair, dilation: pair, padding: z.tuple([z.int(), z.int(), z.int(), z.int()]) };
const clamp = { clamp: z.strictObject({ low: real, high: real }).exactOptional() };
const attributeValue = z.union([real, z.string(), z.array(real), z.array(z.string())]);

type AttributesOf<Kind extends OperatorKind> = Extract<Operator, { readonly kind: Kind }>['attributes'];
type ShapeOf<Kind extends OperatorKind> = {
  readonly [Name in keyof AttributesOf<Kind>]-?: z.ZodType<AttributesOf<Kind>[Name]>;
};

/** Attributes of every kind of operator, the optional ones too: one that is left out here does not compile. */
const attributeShapes: { readonly [Kind in OperatorKind]: ShapeOf<Kind> } = {
  conv: { ...window, ...clamp, group: z.int() },
  fullyConnected: clamp,
  matMul: {},
  binary: { ...clamp, function: z.enum(['add', 'sub', 'mul', 'div']) },
  maxPool: { ...window, ...clamp },
  averagePool: { ...window, countIncludePad: z.boolean() },
  globalAveragePool: {},
  unary: {
    function: z.enum([
      'relu',
      'leakyRelu',
      'sigmoid',
      'hardSigmoid',
      'hardSwish',
      'silu',
      'tanh',
      'gelu',
      'erf',
      'sqrt',
      'exp',
      'elu',
      'neg',
      'abs',
    ]),
    alpha: real.exactOptional(),
    beta: real.exactOptional(),
  },
  clip: { low: real, high: real },
  batchNormalization: { epsilon: real },
  concat: { axis: z.int() },
  reshape: {},
  transpose: { permutation: z.array(z.int()) },
  pad: { before: z.array(z.int()), after: z.array(z.int()), value: real },
  spaceToDepth: { block: z.int(), order: z.enum(['blocksFirst', 'channelsFirst']) },
  softmax: { axis: z.int() },
  quantize: {},
  dequantize: {},
  requantize: clamp,
  // Pairs, because a model may call an attribute whatever it likes.
  other: {
    reason: z.string(),
    values: z.array(z.tuple([z.string(), attributeValue])).transform(pairs => Object.fromEntries(pairs)),
  },
};

const operatorSchemas = Object.entries(attributeShapes).map(([kind, shape]) =>
  z.strictObject({
    name: z.string(),
    kind: z.literal(kind),
    sourceType: z.string(),
    inputs: z.array(z.string()),
    outputs: z.array(z.string()).min(1),
    attributes: z.strictObject(shape),
  }),
);

/**
 * One operator. The union's members are made in a loop, which hides from the compiler that together they are
 * `Operator`.
 */
const operatorSchema = z.discriminatedUnion(
  'kind',
  operatorSchemas as [(typeof operatorSchemas)[0], ...typeof operatorSchemas],
) as unknown as z.ZodType<Operator>;

const tensorSchema = z.strictObject({
  name: z.string(),
  elementType: z.enum([
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
  ]),
  shape: z.array(z.int().nonnegative()).max(largestRank),
  role: z.enum(['input', 'constant', 'intermediate', 'output']),
  quantization: z
    .strictObject({
      scales: z.array(real).min(1),
      zeroPoints: z.array(z.int32()).min(1),
      axis: z.int().nonnegative().exactOptional(),
    })
    .exactOptional(),
  /** Key of its values in the array file. */
  values: z.string().exactOptional(),
});

/** The description of a network: everything but the values of its constants, which are in a .npz file beside it. */
export const networkFileSchema = z.strictObject({
  kind: z.literal('autodnnchip-network'),
  schemaVersion: z.literal(networkFileVersion),
  name: z.string(),
  source: z.string(),
  weightless: z.boolean(),
  inputs: z.array(z.string()),
  outputs: z.array(z.string()),
  tensors: z.array(tensorSchema),
  operators: z.array(operatorSchema),
});

/** JSON Schema of the description, as committed in `core/schemas/network.schema.json`. */
export function networkJsonSchema(): Readonly<Record<string, unknown>> {
  return { title: 'A network for the host, described', ...z.toJSONSchema(networkFileSchema, { io: 'input' }) };
}

/** A network file after reading. */
export type NetworkFileContent = z.output<typeof networkFileSchema>;
export type TensorRecord = NetworkFileContent['tensors'][number];
