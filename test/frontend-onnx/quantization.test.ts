import type { Network, Operator } from '@autodnnchip/core';
import { importOnnx } from '@autodnnchip/plugin-frontend-onnx';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import {
  encodeModel,
  floats,
  int32s,
  int64s,
  int8s,
  uint8s,
  type ModelSpec,
  type NodeSpec,
  type TensorSpec,
} from './onnx-writer.js';

const test = suite('frontend-onnx: quantisation');

function read(spec: ModelSpec): Network {
  return importOnnx('test.onnx', encodeModel(spec), { weights: true });
}

/** Scale and zero point of one tensor as two initializers `name_s` and `name_z`. */
function parameters(
  name: string,
  scale: number | readonly number[],
  zeroPoint: number | readonly number[] = 0,
  type: 'int8' | 'uint8' = 'int8',
): readonly TensorSpec[] {
  const scales = typeof scale === 'number' ? [scale] : scale;
  const zeroPoints = typeof zeroPoint === 'number' ? scales.map(() => zeroPoint) : zeroPoint;
  const shape = typeof scale === 'number' ? [] : [scale.length];
  const make = type === 'int8' ? int8s : uint8s;
  return [floats(`${name}_s`, shape, scales), make(`${name}_z`, shape, zeroPoints)];
}

const microsoft = 'com.microsoft';
const convolution: NodeSpec = {
  operator: 'QLinearConv',
  inputs: ['x', 'x_s', 'x_z', 'w', 'w_s', 'w_z', 'y_s', 'y_z', 'b'],
  name: 'conv',
};
const weights = int8s('w', [2, 3, 1, 1], [1, -2, 3, -4, 5, -6]);

function convolutionModel(initializers: readonly TensorSpec[], type: 'int8' | 'uint8' = 'int8'): ModelSpec {
  return {
    inputs: [{ name: 'x', type, shape: [1, 3, 4, 4] }],
    outputs: [{ name: 'y', type, shape: [1, 2, 4, 4] }],
    nodes: [convolution],
    initializers: [weights, int32s('b', [2], [7, -7]), ...initializers],
  };
}

function only<Kind extends Operator['kind']>(network: Network, kind: Kind): Extract<Operator, { readonly kind: Kind }> {
  assert.equal(
    network.operators.map(operator => operator.kind),
    [kind],
  );
  return network.operators[0] as Extract<Operator, { readonly kind: Kind }>;
}

test('QLinearConv: parameters of input, weights per channel, and result', () => {
  const network = read(
    convolutionModel(
      [...parameters('x', 0.1, 3, 'uint8'), ...parameters('w', [0.5, 0.25]), ...parameters('y', 0.2, 128, 'uint8')],
      'uint8',
    ),
  );
  assert.equal(only(network, 'conv').inputs, ['x', 'w', 'b']);
  assert.equal(network.tensors.get('x')?.quantization, { scales: Float32Array.of(0.1), zeroPoints: Int32Array.of(3) });
  assert.equal(network.tensors.get('w')?.quantization, {
    scales: Float32Array.of(0.5, 0.25),
    zeroPoints: Int32Array.of(0, 0),
    axis: 0,
  });
  assert.equal(network.tensors.get('y')?.quantization, {
    scales: Float32Array.of(0.2),
    zeroPoints: Int32Array.of(128),
  });
  assert.equal(network.tensors.get('y')?.elementType, 'uint8');
  assert.equal(network.tensors.get('b')?.data, Int32Array.of(7, -7));
});

test('QGemm and QLinearMatMul: weights [C, K] are transposed with their axis', () => {
  const initializers = [
    int8s('w', [3, 2], [1, 2, 3, 4, 5, 6]),
    ...parameters('x', 0.1),
    ...parameters('w', [0.5, 0.25]),
    ...parameters('y', 0.2),
    int32s('b', [2]),
  ];
  const model = (node: NodeSpec): ModelSpec => ({
    inputs: [{ name: 'x', type: 'int8', shape: [1, 3] }],
    outputs: [{ name: 'y', type: 'int8', shape: [1, 2] }],
    nodes: [node],
    initializers,
  });
  const gemm = read(
    model({ operator: 'QGemm', domain: microsoft, inputs: ['x', 'x_s', 'x_z', 'w', 'w_s', 'w_z', 'b', 'y_s', 'y_z'] }),
  );
  const product = read(
    model({ operator: 'QLinearMatMul', inputs: ['x', 'x_s', 'x_z', 'w', 'w_s', 'w_z', 'y_s', 'y_z'] }),
  );
  for (const network of [gemm, product]) {
    const weight = network.tensors.get(only(network, 'fullyConnected').inputs[1]);
    assert.equal(weight?.shape, [2, 3]);
    assert.equal(weight?.data, Int8Array.of(1, 3, 5, 2, 4, 6));
    assert.is(weight?.quantization?.axis, 0);
  }
  assert.is(gemm.operators[0].inputs.length, 3);
});

test('element-wise, pooling and joining operators of com.microsoft', () => {
  const node = (operator: string, inputs: readonly string[], attributes: NodeSpec['attributes'] = {}): Operator => {
    const network = read({
      inputs: [
        { name: 'x', type: 'int8', shape: [1, 2, 4, 4] },
        { name: 'z', type: 'int8', shape: [1, 2, 4, 4] },
      ],
      outputs: [{ name: 'y', type: 'int8' }],
      nodes: [{ operator, domain: microsoft, inputs, attributes }],
      initializers: [...parameters('x', 0.1), ...parameters('z', 0.3, 4), ...parameters('y', 0.2)],
    });
    if (attributes['channels_last'] === undefined)
      assert.equal(network.tensors.get('y')?.quantization?.scales, Float32Array.of(0.2));
    return network.operators[0];
  };
  const x = ['x', 'x_s', 'x_z'];
  const z = ['z', 'z_s', 'z_z'];
  const y = ['y_s', 'y_z'];
  const add = node('QLinearAdd', [...x, ...z, ...y]);
  assert.equal([add.kind, add.inputs, add.attributes], ['binary', ['x', 'z'], { function: 'add' }]);
  assert.equal(node('QLinearMul', [...x, ...z, ...y]).attributes, { function: 'mul' });
  assert.equal(
    [node('QLinearSigmoid', [...x, ...y]).attributes, node('QLinearLeakyRelu', [...x, ...y]).attributes],
    [{ function: 'sigmoid' }, { function: 'leakyRelu', alpha: Math.fround(0.01) }],
  );
  assert.is(node('QLinearGlobalAveragePool', [...x, ...y]).kind, 'globalAveragePool');
  assert.is(node('QLinearGlobalAveragePool', [...x, ...y], { channels_last: 1 }).kind, 'other');
  assert.is(node('QLinearAveragePool', [...x, ...y], { kernel_shape: [2, 2] }).kind, 'averagePool');
  const concat = node('QLinearConcat', [...y, ...x, ...z], { axis: 1 });
  assert.equal([concat.kind, concat.inputs], ['concat', ['x', 'z']]);
  assert.is(node('QLinearSoftmax', [...x, ...y]).kind, 'other');
});

test('operators that only move values pass the quantisation on, in both directions', () => {
  const network = read({
    inputs: [{ name: 'x', type: 'int8', shape: [1, 3, 8, 8] }],
    outputs: [{ name: 'z', type: 'int8' }],
    nodes: [
      { operator: 'MaxPool', inputs: ['x'], outputs: ['p'], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
      { ...convolution, inputs: ['p', ...(convolution.inputs ?? []).slice(1)] },
      { operator: 'Flatten', inputs: ['y'], outputs: ['z'] },
    ],
    initializers: [
      weights,
      int32s('b', [2]),
      ...parameters('x', 0.1, 3),
      ...parameters('w', 0.5),
      ...parameters('y', 0.2),
    ],
  });
  assert.equal(network.tensors.get('x')?.quantization?.zeroPoints, Int32Array.of(3));
  assert.equal(network.tensors.get('z')?.quantization?.scales, Float32Array.of(0.2));
});

test('a tensor that is read with other parameters than it was written with: ADC1020 names both sides', async () => {
  const error = await expectError('ADC1020', () =>
    read({
      ...convolutionModel([
        ...parameters('x', 0.1),
        ...parameters('w', 0.5),
        ...parameters('y', 0.2),
        ...parameters('other', 0.3),
      ]),
      outputs: [{ name: 'r' }],
      nodes: [
        convolution,
        { operator: 'DequantizeLinear', inputs: ['y', 'other_s', 'other_z'], outputs: ['r'], name: 'reader' },
      ],
    }),
  );
  assert.is(error.location?.node, 'reader');
  assert.match(error.message, 'conv');
  const moved = await expectError('ADC1020', () =>
    read({
      ...convolutionModel([
        ...parameters('x', 0.1),
        ...parameters('w', 0.5),
        ...parameters('y', 0.2),
        ...parameters('other', 0.3),
      ]),
      outputs: [{ name: 'r' }],
      nodes: [
        convolution,
        { operator: 'Flatten', inputs: ['y'], outputs: ['f'], name: 'flat' },
        { operator: 'DequantizeLinear', inputs: ['f', 'other_s', 'other_z'], outputs: ['r'] },
      ],
    }),
  );
  assert.is(moved.location?.node, 'flat');
});

test('a constant that is read with two quantisations becomes two constants', () => {
  const network = read({
    inputs: [{ name: 'x', shape: [2] }],
    outputs: [{ name: 'y' }],
    nodes: [
      { operator: 'DequantizeLinear', inputs: ['c', 'a_s'], outputs: ['ca'] },
      { operator: 'DequantizeLinear', inputs: ['c', 'b_s'], outputs: ['cb'] },
      { operator: 'Add', inputs: ['x', 'ca'], outputs: ['t'] },
      { operator: 'Add', inputs: ['t', 'cb'] },
    ],
    initializers: [int32s('c', [2], [5, 6]), floats('a_s', [], [0.5]), floats('b_s', [], [0.25])],
  });
  const dequantized = network.operators
    .filter(({ kind }) => kind === 'dequantize')
    .map(({ inputs }) => network.tensors.get(inputs[0]));
  assert.equal(
    dequantized.map(tensor => tensor?.quantization?.scales[0]),
    [0.5, 0.25],
  );
  assert.equal(
    dequantized.map(tensor => tensor?.data),
    [Int32Array.of(5, 6), Int32Array.of(5, 6)],
  );
});

const unusable: readonly (readonly [string, readonly TensorSpec[]])[] = [
  [
    'as many scales as channels',
    [...parameters('x', 0.1), ...parameters('w', [0.5, 0.25, 0.125]), ...parameters('y', 0.2)],
  ],
  ['positive scales', [...parameters('x', 0), ...parameters('w', 0.5), ...parameters('y', 0.2)]],
  [
    'as many zero points as scales',
    [...parameters('x', 0.1), floats('w_s', [2]), int8s('w_z', [], [0]), ...parameters('y', 0.2)],
  ],
  [
    "zero points of the tensor's type",
    [...parameters('x', 0.1, 0, 'uint8'), ...parameters('w', 0.5), ...parameters('y', 0.2)],
  ],
];
for (const [what, initializers] of unusable) {
  test(`parameters must have ${what}: ADC1020`, async () => {
    const error = await expectError('ADC1020', () => read(convolutionModel(initializers)));
    assert.is(error.location?.node, 'conv');
  });
}

test('dynamic quantisation stays, with the reason', () => {
  const network = read({
    inputs: [{ name: 'x', shape: [1, 3] }],
    outputs: [{ name: 'y', type: 'int32' }],
    nodes: [
      { operator: 'DynamicQuantizeLinear', inputs: ['x'], outputs: ['q', 's', 'z'] },
      { operator: 'MatMulInteger', inputs: ['q', 'w', 'z'] },
    ],
    initializers: [int8s('w', [3, 2])],
  });
  for (const operator of network.operators)
    assert.match(operator.kind === 'other' ? String(operator.attributes.reason) : '', 'dynamic quantisation');
  assert.equal(network.tensors.get('y')?.shape, [1, 2]);
});

test('weights that are quantised, dequantised and transposed in the graph become constant integers', () => {
  const network = read({
    inputs: [{ name: 'x', shape: [1, 3] }],
    outputs: [{ name: 'y' }],
    nodes: [
      { operator: 'QuantizeLinear', inputs: ['w', 's', 'z'], outputs: ['q'], attributes: { axis: 0 } },
      { operator: 'DequantizeLinear', inputs: ['q', 's', 'z'], outputs: ['d'], attributes: { axis: 0 } },
      { operator: 'Transpose', inputs: ['d'], outputs: ['t'] },
      { operator: 'MatMul', inputs: ['x', 't'] },
    ],
    initializers: [
      floats('w', [2, 3], [0.25, 0.75, -1, 63, -64.5, 100]),
      floats('s', [2], [0.5, 0.5]),
      int8s('z', [2], [0, 0]),
    ],
  });
  assert.equal(
    network.operators.map(({ kind }) => kind),
    ['dequantize', 'fullyConnected'],
  );
  const weight = network.tensors.get(network.operators[0].inputs[0]);
  assert.equal(weight?.shape, [2, 3]);
  assert.equal(weight?.data, Int8Array.of(0, 2, -2, 126, -128, 127));
  assert.is(weight?.quantization?.axis, 0);
});

test('a quantised weight in another shape keeps its scales, wherever their dimension lies then', () => {
  const weightOf = (shape: readonly number[], axis: number, to: readonly number[]): unknown => {
    const network = read({
      inputs: [{ name: 'x', shape: [1, 3] }],
      outputs: [{ name: 'y' }],
      nodes: [
        { operator: 'DequantizeLinear', inputs: ['q', 's'], outputs: ['d'], attributes: { axis } },
        { operator: 'Reshape', inputs: ['d', 'n'], outputs: ['r'] },
        { operator: 'MatMul', inputs: ['x', 'r'] },
      ],
      initializers: [int8s('q', shape, [1, 2, 3, 4, 5, 6]), floats('s', [2], [0.5, 2]), int64s('n', to)],
    });
    const dequantize = network.operators.find(({ kind }) => kind === 'dequantize');
    const weight = network.tensors.get(dequantize?.inputs[0] ?? '');
    return [weight?.shape, weight?.quantization?.axis];
  };
  assert.equal(weightOf([1, 3, 2], 2, [3, 2]), [[2, 3], 0]);
  assert.equal(weightOf([3, 1, 2], 2, [3, 2]), [[2, 3], 0]);
});

test('blocks of a computed tensor are refused with a reason', () => {
  const network = read({
    opset: 21,
    inputs: [{ name: 'x', type: 'int8', shape: [4, 4] }],
    outputs: [{ name: 'y' }],
    nodes: [{ operator: 'DequantizeLinear', inputs: ['x', 's'], attributes: { block_size: 2 } }],
    initializers: [floats('s', [4, 2])],
  });
  const [first] = network.operators;
  assert.match(first.kind === 'other' ? String(first.attributes.reason) : '', 'blocks of 2');
});

/** What stands beside x in a sum at the end of the nodes: the constant that they make. */
function constantOf(nodes: readonly NodeSpec[], initializers: readonly TensorSpec[], opset = 21): unknown {
  const network = read({
    opset,
    inputs: [{ name: 'x', shape: [1] }],
    outputs: [{ name: 'y' }],
    nodes: [...nodes, { operator: 'Add', inputs: ['x', 'c'] }],
    initializers,
  });
  const sum = network.operators.find(({ kind }) => kind === 'binary');
  const constant = network.tensors.get(sum?.inputs[1] ?? '');
  return [constant?.role, constant?.shape, [...(constant?.data ?? [])]];
}

const bytes = int8s('q', [2, 4], [1, 2, 3, 4, -5, -6, -7, -8]);
const perRow = [floats('s', [2], [0.5, 2]), int8s('z', [2], [1, 0])];
const dequantize: NodeSpec = {
  operator: 'DequantizeLinear',
  inputs: ['q', 's', 'z'],
  outputs: ['d'],
  attributes: { axis: 0 },
};

test('constant integers in blocks are the real numbers that they stand for', () => {
  const blocks = (axis: number, size: number): readonly NodeSpec[] => [
    { operator: 'DequantizeLinear', inputs: ['q', 's', 'z'], outputs: ['c'], attributes: { axis, block_size: size } },
  ];
  assert.equal(
    constantOf(blocks(1, 3), [bytes, floats('s', [2, 2], [1, 10, 2, 20]), int8s('z', [2, 2], [0, 1, 0, 0])]),
    ['constant', [2, 4], [1, 2, 3, 30, -10, -12, -14, -160]],
  );
  assert.equal(constantOf(blocks(0, 2), [bytes, floats('s', [1, 4], [1, 2, 3, 4]), int8s('z', [1, 4], [0, 0, 0, 4])]), [
    'constant',
    [2, 4],
    [1, 4, 9, 0, -5, -12, -21, -48],
  ]);
});

test('what the model computes of quantised constants is a constant', () => {
  const scaled: NodeSpec = { operator: 'Mul', inputs: ['d', 'f'], outputs: ['c'] };
  const factor = floats('f', [4], [1, 2, 1, 2]);
  const values = [0, 1, 1, 3, -10, -24, -14, -32];
  assert.equal(constantOf([dequantize, scaled], [bytes, ...perRow, factor]), ['constant', [2, 4], values]);
  const turned: readonly NodeSpec[] = [
    dequantize,
    { operator: 'Transpose', inputs: ['d'], outputs: ['t'] },
    { operator: 'Sub', inputs: ['t', 't'], outputs: ['c'] },
  ];
  assert.equal(constantOf(turned, [bytes, ...perRow]), ['constant', [4, 2], new Array(8).fill(0)]);
  // The scales run along a dimension that the new shape joins with another: the integers have no scale of their own
  // there.
  const flat: NodeSpec = { operator: 'Reshape', inputs: ['d', 'n'], outputs: ['c'] };
  assert.equal(constantOf([dequantize, flat], [bytes, ...perRow, int64s('n', [8])]), [
    'constant',
    [8],
    [0, 0.5, 1, 1.5, -10, -12, -14, -16],
  ]);
  const half: NodeSpec = { operator: 'Cast', inputs: ['d'], outputs: ['c'], attributes: { to: 10 } };
  assert.equal(constantOf([dequantize, half], [bytes, ...perRow]), [
    'constant',
    [2, 4],
    [0, 0.5, 1, 1.5, -10, -12, -14, -16],
  ]);
});

test('scales that do not fit their tensor in blocks are an error', async () => {
  const error = await expectError('ADC1018', () =>
    constantOf([{ ...dequantize, outputs: ['c'], attributes: { axis: 1, block_size: 3 } }], [bytes, ...perRow]),
  );
  assert.match(error.message, 'in blocks of 3');
});

test.run();
