import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ChipError } from '@autodnnchip/core';
import { importOnnx, knownOperators } from '@autodnnchip/plugin-frontend-onnx';
import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { encodeModel, type AttributeSpec, type ModelSpec, type TensorSpec } from './onnx-writer.js';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const runs = Number(process.env['FUZZ_RUNS'] ?? 300);
process.stdout.write(`fuzz seed ${seed}, ${runs} runs for each file (FUZZ_SEED and FUZZ_RUNS set them)\n`);

const test = suite(`frontend-onnx: damaged files (seed ${seed})`, { timeLimitSeconds: 120 });
const slowest = 2000;

/** Whatever the bytes are: a network or a ChipError of this front end, in bounded time. */
function survives(path: string, bytes: Uint8Array): void {
  const start = performance.now();
  try {
    const network = importOnnx(path, bytes, { weights: !path.includes('onnx-graph') });
    assert.ok(network.outputs.every(output => network.tensors.has(output)));
  } catch (error) {
    if (!(error instanceof ChipError) || !/^ADC10[12]\d$/.test(error.code)) fail(error);
  }
  assert.ok(performance.now() - start < slowest, `took ${performance.now() - start} ms`);
}

/** The stack goes into the message: fast-check shows that one. */
function fail(error: unknown): never {
  throw new Error(
    `not a ChipError of this front end: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    { cause: error },
  );
}

interface Change {
  readonly at: number;
  readonly kind: 'set' | 'flip' | 'cut' | 'repeat' | 'fill';
  readonly value: number;
  readonly length: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom('set' as const, 'flip' as const, 'cut' as const, 'repeat' as const, 'fill' as const),
  value: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)),
  length: fc.integer({ min: 1, max: 24 }),
});

function damage(bytes: Uint8Array, changes: readonly Change[]): Uint8Array {
  let result = new Uint8Array(bytes);
  for (const { at, kind, value, length } of changes) {
    const start = Math.min(Math.floor(at * result.length), result.length - 1);
    if (start < 0) return result;
    const end = Math.min(start + length, result.length);
    if (kind === 'set') result[start] = value;
    else if (kind === 'flip') result[start] ^= 1 << (value % 8);
    else if (kind === 'fill') result.fill(value, start, end);
    else if (kind === 'cut') result = joined(result.subarray(0, start), result.subarray(end));
    else result = joined(result.subarray(0, end), result.subarray(start));
  }
  return result;
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(left.length + right.length);
  result.set(left);
  result.set(right, left.length);
  return result;
}

// Files whose bytes are mostly structure, of every exporter and quantiser.
for (const file of [
  'onnx-graph/lenet-full-ts13.onnx',
  'onnx-graph/mlperf_resnet8-full-dynamo18.onnx',
  'onnx-graph/vit_tiny-full-dynamo18.onnx',
  'onnx-quant/skynet-qop_s8s8_pc.onnx',
  'onnx-quant/mlperf_dscnn-qdq_u8s8_pt.onnx',
  'onnx-quant/mlperf_dscnn-dyn.onnx',
  'onnx/lenet-small-dynamo20.onnx',
]) {
  const path = fileURLToPath(new URL(`../models/${file}`, import.meta.url));
  test(`${file}: changed bytes`, () => {
    const bytes = readFileSync(path);
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), changes => survives(path, damage(bytes, changes))),
      { seed, numRuns: runs },
    );
  });
  test(`${file}: cut off`, () => {
    const bytes = readFileSync(path);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), at =>
        survives(path, bytes.subarray(0, Math.floor(at * bytes.length))),
      ),
      { seed, numRuns: 60 },
    );
  });
}

test('bytes of any kind', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
      survives('any.onnx', bytes);
      survives('any.onnx', joined(Uint8Array.of(0x08, 0x08, 0x3a, bytes.length & 0x7f), bytes));
    }),
    { seed, numRuns: 2000 },
  );
});

const integer = fc.oneof(
  fc.integer({ min: -3, max: 9 }),
  fc.constantFrom(0, 1, -1, 2 ** 31, 2 ** 53, -(2 ** 53), 2 ** 62, -(2 ** 63)),
);
const shape = fc.array(fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constantFrom(1, 2, 4, 2 ** 20)), { maxLength: 5 });
const constantShape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const attributeNames = [
  'axis',
  'axes',
  'perm',
  'pads',
  'strides',
  'dilations',
  'kernel_shape',
  'group',
  'auto_pad',
  'ceil_mode',
  'keepdims',
  'split',
  'starts',
  'ends',
  'to',
  'alpha',
  'beta',
  'transA',
  'transB',
  'mode',
  'value',
  'value_int',
  'value_ints',
  'shape',
  'allowzero',
  'blocksize',
  'block_size',
  'batch_dims',
  'output_shape',
  'output_padding',
  'start',
  'end',
  'fmod',
];
const constant: fc.Arbitrary<TensorSpec> = fc
  .record({
    shape: constantShape,
    type: fc.constantFrom(
      'int64' as const,
      'float' as const,
      'int8' as const,
      'uint8' as const,
      'int32' as const,
      'bool' as const,
    ),
    seed: fc.array(integer, { minLength: 1, maxLength: 4 }),
  })
  .map(({ shape: extents, type, seed: values }) => ({
    type,
    shape: extents,
    typed: Array.from(
      { length: extents.reduce((product, extent) => product * extent, 1) },
      (_, index) => values[index % values.length],
    ),
  }));
const attribute: fc.Arbitrary<AttributeSpec> = fc.oneof(
  integer,
  fc.array(integer, { maxLength: 6 }),
  fc.float({ noNaN: true }).map(float => ({ float })),
  fc.constantFrom('SAME_UPPER', 'SAME_LOWER', 'VALID', 'constant', 'tanh', ''),
  constant.map(tensor => ({ tensor })),
);
const operand = fc.constantFrom('x', 'z', 'u', 'c0', 'c1', 'c2', 'c3', '');

/** A chain of two operators of any kind with any inputs and attributes. */
const anyModel: fc.Arbitrary<ModelSpec> = fc
  .record({
    opset: fc.constantFrom(7, 9, 11, 13, 18, 21),
    inputs: fc.tuple(shape, shape),
    types: fc.constantFrom('float' as const, 'int8' as const, 'uint8' as const),
    constants: fc.array(constant, { minLength: 4, maxLength: 4 }),
    nodes: fc.array(
      fc.record({
        operator: fc.constantFrom(...knownOperators()),
        operands: fc.array(operand, { maxLength: 9 }),
        outputs: fc.integer({ min: 0, max: 3 }),
        attributes: fc.dictionary(fc.constantFrom(...attributeNames), attribute, { maxKeys: 4 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ opset, inputs, types, constants, nodes }) => ({
    opset,
    inputs: [
      { name: 'x', type: types, shape: inputs[0] },
      { name: 'z', type: types, shape: inputs[1] },
    ],
    outputs: [{ name: `y${nodes.length - 1}_0` }],
    initializers: constants.map((tensor, index) => ({ ...tensor, name: `c${index}` })),
    nodes: nodes.map(({ operator, operands, outputs, attributes }, index) => {
      const [domain, name] = operator.includes(':') ? operator.split(':') : ['', operator];
      const names = operands.map(operandName =>
        operandName === 'u' ? (index === 0 ? 'x' : `y${index - 1}_0`) : operandName,
      );
      return {
        operator: name,
        domain,
        inputs: names,
        outputs: Array.from({ length: outputs }, (_, output) => `y${index}_${output}`),
        attributes,
      };
    }),
  }));

test('any operators with any inputs and attributes', () => {
  fc.assert(
    fc.property(anyModel, model => survives('any.onnx', encodeModel(model))),
    { seed, numRuns: runs * 20 },
  );
});

test.run();
