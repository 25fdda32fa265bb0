import { widenHalf, type ElementType, type Network, type TensorData } from '@autodnnchip/core';
import { importOnnx } from '@autodnnchip/plugin-frontend-onnx';
import * as assert from 'uvu/assert';
import { roundHalfEven, roundToHalf } from '../../plugins/frontend-onnx/src/tensors/half-float.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { encodeModel, floats, type DataTypeName, type TensorSpec } from './onnx-writer.js';

const test = suite('frontend-onnx: values of constants');

/** Reads a model whose only operator adds a constant to its input, and gives that constant. */
function readConstant(
  tensor: TensorSpec,
  weights = true,
): { readonly elementType: ElementType; readonly data: TensorData | undefined } {
  const model = encodeModel({
    inputs: [{ name: 'x', type: tensor.type, shape: [2, 3] }],
    outputs: [{ name: 'y', type: tensor.type, shape: [2, 3] }],
    nodes: [{ operator: 'Add', inputs: ['x', 'c'] }],
    initializers: [{ name: 'c', ...tensor }],
  });
  const constant = importOnnx('test.onnx', model, { weights }).tensors.get('c');
  assert.ok(constant !== undefined && constant.role === 'constant');
  return { elementType: constant.elementType, data: constant.data };
}

const typedFields: readonly (readonly [DataTypeName, ElementType, readonly number[]])[] = [
  ['float', 'float32', [1.5, -2, 0.25]],
  ['double', 'float64', [1.5, -2, 0.1]],
  ['int8', 'int8', [-128, 0, 127]],
  ['uint8', 'uint8', [0, 200, 255]],
  ['int16', 'int16', [-32768, 1, 32767]],
  ['uint16', 'uint16', [0, 1, 65535]],
  ['int32', 'int32', [-(2 ** 31), 0, 2 ** 31 - 1]],
  ['uint32', 'uint32', [0, 1, 2 ** 32 - 1]],
  ['int64', 'int64', [-5, 0, 2 ** 40]],
  ['uint64', 'uint64', [0, 1, 2 ** 40]],
];

for (const [type, elementType, values] of typedFields) {
  test(`typed field of ${type}, packed and not`, () => {
    for (const packed of [true, false]) {
      const constant = readConstant({ type, shape: [3], typed: values, packed });
      assert.is(constant.elementType, elementType);
      assert.equal(Array.from(constant.data ?? [], Number), values);
    }
  });
}

test('half and brain floats are widened, in raw bytes and in typed fields', () => {
  const half = [0x3c00, 0xc000, 0x0001];
  const brain = [0x3f80, 0xc000, 0x3eaa];
  const raw = (bits: readonly number[]): Uint8Array => new Uint8Array(Uint16Array.from(bits).buffer);
  for (const tensor of [{ raw: raw(half) }, { typed: half }]) {
    const constant = readConstant({ type: 'float16', shape: [3], ...tensor });
    assert.is(constant.elementType, 'float16');
    assert.equal(constant.data, Float32Array.of(1, -2, 2 ** -24));
  }
  for (const tensor of [{ raw: raw(brain) }, { typed: brain }]) {
    const constant = readConstant({ type: 'bfloat16', shape: [3], ...tensor });
    assert.is(constant.elementType, 'float32');
    assert.equal(constant.data, Float32Array.of(1, -2, 0.33203125));
  }
});

test('rounding to half precision is the inverse of widening', () => {
  const all = Uint16Array.from({ length: 0x7c00 }, (_, bits) => bits);
  const wide = widenHalf(all);
  assert.ok(wide.every(value => roundToHalf(value) === value));
  assert.is(roundToHalf(65520), Infinity);
  assert.is(roundToHalf(1 + 2 ** -11), 1);
  assert.is(roundToHalf(-(1 + 3 * 2 ** -11)), -(1 + 2 ** -9));
  assert.equal(
    [0.5, 1.5, -0.5, -1.5, 2.4, -2.6].map(value => roundHalfEven(value) + 0),
    [0, 2, 0, -2, 2, -3],
  );
});

test('raw bytes are read right at every alignment', () => {
  const values = Float64Array.of(0.1, 2, 3);
  const model = encodeModel({
    inputs: [{ name: 'x', type: 'double', shape: [3] }],
    outputs: [{ name: 'y', type: 'double', shape: [3] }],
    nodes: [{ operator: 'Add', inputs: ['x', 'c'] }],
    initializers: [{ name: 'c', type: 'double', shape: [3], raw: new Uint8Array(values.buffer) }],
  });
  for (let shift = 0; shift < 8; shift++) {
    const moved = new Uint8Array(model.length + shift);
    moved.set(model, shift);
    assert.equal(importOnnx('test.onnx', moved.subarray(shift), { weights: true }).tensors.get('c')?.data, values);
    assert.equal(
      importOnnx('test.onnx', Buffer.from(moved.buffer, shift), { weights: true }).tensors.get('c')?.data,
      values,
    );
  }
});

test('without weights only constants of a few elements keep their values', () => {
  assert.equal(readConstant({ type: 'float', shape: [3], typed: [1, 2, 3] }, false).data, Float32Array.of(1, 2, 3));
  const model = encodeModel({
    inputs: [{ name: 'x', shape: [100] }],
    outputs: [{ name: 'y', shape: [100] }],
    nodes: [{ operator: 'Add', inputs: ['x', 'c'] }],
    initializers: [{ name: 'c', type: 'float', shape: [100], raw: new Uint8Array(400) }],
  });
  assert.is(importOnnx('test.onnx', model, { weights: false }).tensors.get('c')?.data, undefined);
});

const mismatches: readonly (readonly [string, TensorSpec])[] = [
  ['too few raw bytes', { type: 'float', shape: [3], raw: new Uint8Array(8) }],
  ['too many raw bytes', { type: 'float', shape: [3], raw: new Uint8Array(16) }],
  ['too few typed values', { type: 'float', shape: [3], typed: [1, 2] }],
  ['too many typed values', { type: 'int32', shape: [3], typed: [1, 2, 3, 4] }],
  ['a size that its bytes cannot hold', { type: 'float', shape: [1_000_000, 1_000_000], raw: new Uint8Array(4) }],
];
for (const [what, tensor] of mismatches) {
  test(`${what}: ADC1017 names the tensor and the byte`, async () => {
    const error = await expectError('ADC1017', () => readConstant(tensor));
    assert.is(error.location?.node, 'c');
    assert.type(error.location?.byteOffset, 'number');
  });
}

for (const stripped of [
  { type: 'float', shape: [3000] },
  { type: 'int64', shape: [2] },
  { type: 'float16', shape: [3], raw: new Uint8Array(0) },
] satisfies TensorSpec[]) {
  test(`${stripped.type} ${stripped.shape.join('x')} without values: a network without weights, and ADC1013 where they are needed`, async () => {
    const model = encodeModel({
      inputs: [{ name: 'x', shape: [2, 3] }],
      outputs: [{ name: 'y' }],
      nodes: [{ operator: 'Wobble', inputs: ['x', 'c'] }],
      initializers: [{ name: 'c', ...stripped }],
    });
    const error = await expectError('ADC1013', () => importOnnx('test.onnx', model, { weights: true }));
    assert.match(error.message, 'weights are missing');
    assert.is(error.location?.node, 'c');
    const network = importOnnx('test.onnx', model, { weights: false });
    assert.equal(network.tensors.get('c')?.shape, stripped.shape);
    assert.is(network.tensors.get('c')?.data, undefined);
  });
}

test('constants of 4 bits are widened: raw or typed, the first element in the low bits, an odd one over', async () => {
  const read = (tensor: TensorSpec): TensorData | undefined =>
    importOnnx(
      'test.onnx',
      encodeModel({
        opset: 21,
        inputs: [{ name: 'x', shape: [5] }],
        outputs: [{ name: 'y' }],
        initializers: [
          { name: 'c', ...tensor },
          { name: 's', type: 'float', shape: [], raw: new Uint8Array(Float32Array.of(0.5).buffer) },
        ],
        nodes: [
          { operator: 'DequantizeLinear', inputs: ['c', 's'], outputs: ['d'] },
          { operator: 'Add', inputs: ['x', 'd'] },
        ],
      }),
      { weights: true },
    ).tensors.get('c')?.data;
  assert.equal(
    read({ type: 'int4', shape: [5], raw: Uint8Array.of(0x81, 0x7f, 0x09) }),
    Int8Array.of(1, -8, -1, 7, -7),
  );
  assert.equal(
    read({ type: 'uint4', shape: [5], raw: Uint8Array.of(0x81, 0x7f, 0x09) }),
    Uint8Array.of(1, 8, 15, 7, 9),
  );
  assert.equal(read({ type: 'int4', shape: [5], typed: [0x81, 0x7f, 0x09] }), Int8Array.of(1, -8, -1, 7, -7));
  await expectError('ADC1017', () => read({ type: 'int4', shape: [5], raw: new Uint8Array(2) }));
  const quantized = (x: string): Network =>
    importOnnx(
      'test.onnx',
      encodeModel({
        opset: 21,
        inputs: [{ name: 'x', shape: [4] }],
        outputs: [{ name: 'y' }],
        initializers: [
          floats('w', [4], [-100, -1, 2, 100]),
          floats('s', [], [0.5]),
          { name: 'z', type: 'int4', shape: [], raw: Uint8Array.of(1) },
        ],
        nodes: [
          { operator: 'QuantizeLinear', inputs: [x, 's', 'z'], outputs: ['q'] },
          { operator: 'DequantizeLinear', inputs: ['q', 's', 'z'], outputs: ['d'] },
          { operator: 'Add', inputs: ['x', 'd'] },
        ],
      }),
      { weights: true },
    );
  assert.equal(quantized('w').tensors.get('q')?.data, Int8Array.of(-8, -1, 5, 7), 'saturated at 4 bits');
  const refused = quantized('x').operators.find(({ sourceType }) => sourceType === 'QuantizeLinear');
  assert.ok(refused?.kind === 'other' && refused.attributes.reason.includes('4 bits'));
});

test('sizes beyond all bounds and element types that networks cannot have are refused', async () => {
  await expectError('ADC1016', () =>
    readConstant({ type: 'float', shape: [2 ** 20, 2 ** 20, 2 ** 20], raw: new Uint8Array(4) }),
  );
  await expectError('ADC1011', () => readConstant({ type: 'float', shape: [-3], raw: new Uint8Array(12) }));
  const error = await expectError('ADC1021', () =>
    readConstant({ type: 'float4e2m1', shape: [2], raw: new Uint8Array(1) }),
  );
  assert.match(error.message, 'float4e2m1');
});

test.run();
