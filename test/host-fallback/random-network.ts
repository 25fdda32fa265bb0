import fc from 'fast-check';
import {
  createTensorData,
  elementCount,
  type ElementType,
  type Network,
  type Operator,
  type OperatorKind,
  type Quantization,
  type Tensor,
} from '@autodnnchip/core';

type AttributesOf<Kind extends OperatorKind> = Extract<Operator, { readonly kind: Kind }>['attributes'];

const pair = fc.tuple(fc.nat(9), fc.nat(9));
const window = {
  kernel: pair,
  stride: pair,
  dilation: pair,
  padding: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
};
const plain = { noNullPrototype: true } as const;
const clampOf = fc.record({ low: fc.double(), high: fc.double() }, plain);
const integers = fc.array(fc.integer(), { maxLength: 4 });
const none = fc.constant({});

/** Attributes of every kind, with and without the optional ones. */
const attributes: { readonly [Kind in OperatorKind]: fc.Arbitrary<AttributesOf<Kind>> } = {
  conv: fc.record(
    { ...window, group: fc.nat(9), clamp: clampOf },
    { noNullPrototype: true, requiredKeys: ['kernel', 'stride', 'dilation', 'padding', 'group'] },
  ),
  fullyConnected: fc.record({ clamp: clampOf }, { noNullPrototype: true, requiredKeys: [] }),
  matMul: none,
  binary: fc.record(
    { function: fc.constantFrom('add', 'sub', 'mul', 'div'), clamp: clampOf },
    { noNullPrototype: true, requiredKeys: ['function'] },
  ),
  maxPool: fc.record(
    { ...window, clamp: clampOf },
    { noNullPrototype: true, requiredKeys: ['kernel', 'stride', 'dilation', 'padding'] },
  ),
  averagePool: fc.record({ ...window, countIncludePad: fc.boolean() }, plain),
  globalAveragePool: none,
  unary: fc.record(
    {
      function: fc.constantFrom('leakyRelu', 'hardSigmoid', 'gelu', 'elu', 'abs'),
      alpha: fc.double(),
      beta: fc.double(),
    },
    { noNullPrototype: true, requiredKeys: ['function'] },
  ),
  clip: clampOf,
  batchNormalization: fc.record({ epsilon: fc.double() }, plain),
  concat: fc.record({ axis: fc.integer({ min: -4, max: 4 }) }, plain),
  reshape: none,
  transpose: fc.record({ permutation: integers }, plain),
  pad: fc.record({ before: integers, after: integers, value: fc.double() }, plain),
  spaceToDepth: fc.record({ block: fc.nat(4), order: fc.constantFrom('blocksFirst', 'channelsFirst') }, plain),
  softmax: fc.record({ axis: fc.integer({ min: -4, max: 4 }) }, plain),
  quantize: none,
  dequantize: none,
  requantize: fc.record({ clamp: clampOf }, { noNullPrototype: true, requiredKeys: [] }),
  other: fc.record(
    {
      reason: fc.string(),
      values: fc
        .array(
          fc.tuple(
            fc.oneof(fc.string(), fc.constant('__proto__')),
            fc.oneof(fc.double(), fc.string(), fc.array(fc.double()), fc.array(fc.string())),
          ),
        )
        .map(entries => Object.fromEntries(entries)),
    },
    plain,
  ),
};

const elementTypes: readonly ElementType[] = [
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
];
const label = fc.string({ unit: 'binary', maxLength: 12 });

const anyQuantization: fc.Arbitrary<Quantization> = fc
  .tuple(
    fc.array(fc.tuple(fc.float({ noNaN: true }), fc.integer()), { minLength: 1, maxLength: 5 }),
    fc.option(fc.nat(3), { nil: undefined }),
  )
  .map(([entries, axis]) => ({
    scales: Float32Array.from(entries, ([scale]) => scale),
    zeroPoints: Int32Array.from(entries, ([, zeroPoint]) => zeroPoint),
    ...(axis === undefined ? {} : { axis }),
  }));

const anyTensor = fc.record({
  label,
  elementType: fc.constantFrom(...elementTypes),
  shape: fc.array(fc.nat(4), { maxLength: 3 }),
  quantization: fc.option(anyQuantization, { nil: undefined }),
  /** Values of a constant, repeated as often as it takes. */
  bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }),
});
type TensorDraft = typeof anyTensor extends fc.Arbitrary<infer Draft> ? Draft : never;

const anyOperator = fc.record({
  name: label,
  sourceType: label,
  computation: fc.oneof(
    ...Object.entries(attributes).map(([kind, of]) =>
      (of as fc.Arbitrary<unknown>).map(drawn => ({ kind, attributes: drawn })),
    ),
  ),
  /** 0 is an input that is left out, any other number one of the tensors that are known by then. */
  inputs: fc.array(fc.nat(), { maxLength: 4 }),
  results: fc.array(anyTensor, { minLength: 1, maxLength: 2 }),
});

/** Networks that make no sense but hold everything that a network can hold. */
export const anyNetwork: fc.Arbitrary<Network> = fc
  .record({
    name: label,
    source: label,
    inputs: fc.array(anyTensor, { minLength: 1, maxLength: 3 }),
    constants: fc.array(anyTensor, { maxLength: 3 }),
    operators: fc.array(anyOperator, { maxLength: 8 }),
    outputs: fc.array(fc.nat(), { maxLength: 3 }),
  })
  .map(draft => {
    const tensors = new Map<string, Tensor>();
    const add = (
      role: Tensor['role'],
      { label: text, elementType, shape, quantization, bytes }: TensorDraft,
    ): string => {
      const name = `${text}#${tensors.size}`;
      const data = createTensorData(elementType, elementCount(shape));
      const target = new Uint8Array(data.buffer);
      for (let index = 0; index < target.length; index++) target[index] = bytes[index % bytes.length];
      tensors.set(name, {
        name,
        elementType,
        shape,
        role,
        ...(quantization === undefined ? {} : { quantization }),
        ...(role === 'constant' ? { data } : {}),
      });
      return name;
    };
    const inputs = draft.inputs.map(tensor => add('input', tensor));
    const known = [...inputs, ...draft.constants.map(tensor => add('constant', tensor))];
    const operators = draft.operators.map(({ name, sourceType, computation, inputs: read, results }) => {
      const operator = {
        name,
        ...computation,
        inputs: read.map(index => (index === 0 ? '' : known[index % known.length])),
        outputs: results.map(tensor => add('intermediate', tensor)),
        sourceType,
      } as Operator;
      known.push(...operator.outputs);
      return operator;
    });
    return {
      name: draft.name,
      source: draft.source,
      inputs,
      outputs: draft.outputs.map(index => known[index % known.length]),
      operators,
      tensors,
      weightless: false,
    };
  });
