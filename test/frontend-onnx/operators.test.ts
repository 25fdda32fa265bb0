import { elementCount, type Network, type Operator } from '@autodnnchip/core';
import { importOnnx } from '@autodnnchip/plugin-frontend-onnx';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { encodeModel, floats, int64s, type ModelSpec, type NodeSpec, type TensorSpec } from './onnx-writer.js';

const test = suite('frontend-onnx: operators');

function read(spec: ModelSpec): Network {
  return importOnnx('test.onnx', encodeModel(spec), { weights: true });
}

/** Reads a model of one node from `x` to `y`. */
function readNode(
  shape: readonly number[],
  node: NodeSpec,
  initializers: readonly TensorSpec[] = [],
  opset = 17,
): Network {
  return read({
    opset,
    inputs: [{ name: 'x', shape }],
    outputs: [{ name: 'y' }],
    nodes: [{ name: 'node', ...node }],
    initializers,
  });
}

function shapeOf(network: Network, name = network.outputs[0]): readonly number[] | undefined {
  return network.tensors.get(name)?.shape;
}

function only<Kind extends Operator['kind']>(network: Network, kind: Kind): Extract<Operator, { readonly kind: Kind }> {
  assert.equal(
    network.operators.map(operator => operator.kind),
    [kind],
  );
  return network.operators[0] as Extract<Operator, { readonly kind: Kind }>;
}

const weights = floats('w', [8, 4, 3, 3]);

test('convolution: strides, dilations, groups and padding', () => {
  const network = readNode(
    [1, 8, 15, 20],
    {
      operator: 'Conv',
      inputs: ['x', 'w', 'b'],
      attributes: { strides: [2, 1], pads: [1, 2, 0, 3], dilations: [1, 2], group: 2 },
    },
    [weights, floats('b', [8])],
  );
  const { attributes } = only(network, 'conv');
  assert.equal(attributes, { kernel: [3, 3], stride: [2, 1], dilation: [1, 2], padding: [1, 2, 0, 3], group: 2 });
  assert.equal(shapeOf(network), [1, 8, 7, 21]);
});

for (const [mode, padding, output] of [
  ['SAME_UPPER', [0, 1, 1, 1], [4, 5]],
  ['SAME_LOWER', [1, 1, 0, 1], [4, 5]],
  ['VALID', [0, 0, 0, 0], [3, 4]],
] as const) {
  test(`convolution: auto_pad ${mode} becomes explicit padding`, () => {
    const network = readNode(
      [1, 4, 8, 9],
      { operator: 'Conv', inputs: ['x', 'w'], attributes: { strides: [2, 2], auto_pad: mode } },
      [weights],
    );
    assert.equal(only(network, 'conv').attributes.padding, padding);
    assert.equal(shapeOf(network)?.slice(2), output);
  });
}

test('pooling: ceil_mode becomes padding, and windows that begin in the padding are dropped', () => {
  const attributes = { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 };
  const network = readNode([1, 4, 7, 8], { operator: 'MaxPool', inputs: ['x'], attributes });
  assert.equal(only(network, 'maxPool').attributes.padding, [0, 0, 1, 0]);
  assert.equal(shapeOf(network), [1, 4, 4, 4]);
  const padded = readNode([1, 4, 5, 5], {
    operator: 'MaxPool',
    inputs: ['x'],
    attributes: { ...attributes, kernel_shape: [2, 2], pads: [1, 1, 1, 1] },
  });
  assert.equal(shapeOf(padded), [1, 4, 3, 3]);
  const counted = readNode([1, 4, 7, 7], {
    operator: 'AveragePool',
    inputs: ['x'],
    attributes: { ...attributes, count_include_pad: 1 },
  });
  assert.match(String(only(counted, 'other').attributes.reason), 'ceil_mode');
});

test('means over rows and columns become global average pooling, with a reshape where dimensions go', () => {
  const kept = readNode(
    [1, 4, 5, 6],
    { operator: 'ReduceMean', inputs: ['x', 'axes'], attributes: { keepdims: 1 } },
    [int64s('axes', [-1, -2])],
    18,
  );
  only(kept, 'globalAveragePool');
  assert.equal(shapeOf(kept), [1, 4, 1, 1]);
  const dropped = readNode(
    [1, 4, 5, 6],
    { operator: 'ReduceMean', inputs: ['x'], attributes: { axes: [2, 3], keepdims: 0 } },
    [],
    13,
  );
  assert.equal(
    dropped.operators.map(({ kind }) => kind),
    ['globalAveragePool', 'reshape'],
  );
  assert.equal(shapeOf(dropped), [1, 4]);
  only(readNode([1, 4, 5, 6], { operator: 'ReduceMean', inputs: ['x'], attributes: { axes: [1] } }, [], 13), 'other');
  only(readNode([1, 4, 5, 6], { operator: 'GlobalAveragePool', inputs: ['x'] }), 'globalAveragePool');
});

test('Gemm: weights are transposed to K C, alpha and beta are folded, a scalar bias becomes a vector', () => {
  const network = readNode(
    [2, 3],
    { operator: 'Gemm', inputs: ['x', 'w', 'b'], attributes: { alpha: { float: 2 }, beta: { float: 0.5 } } },
    [floats('w', [3, 2], [1, 2, 3, 4, 5, 6]), floats('b', [1], [8])],
  );
  const [, weight, bias] = only(network, 'fullyConnected').inputs.map(name => network.tensors.get(name));
  assert.equal(weight?.shape, [2, 3]);
  assert.equal(weight?.data, Float32Array.of(2, 6, 10, 4, 8, 12));
  assert.equal(bias?.data, Float32Array.of(4, 4));
  const straight = readNode([2, 3], { operator: 'Gemm', inputs: ['x', 'w'], attributes: { transB: 1 } }, [
    floats('w', [2, 3]),
  ]);
  assert.equal(only(straight, 'fullyConnected').inputs, ['x', 'w']);
});

test('MatMul: with a constant it is fully connected, between reshapes when its input is no matrix', () => {
  const matrix = readNode([2, 3], { operator: 'MatMul', inputs: ['x', 'w'] }, [
    floats('w', [3, 2], [1, 2, 3, 4, 5, 6]),
  ]);
  assert.equal(matrix.tensors.get(only(matrix, 'fullyConnected').inputs[1])?.data, Float32Array.of(1, 3, 5, 2, 4, 6));
  const deep = readNode([1, 7, 3], { operator: 'MatMul', inputs: ['x', 'w'] }, [floats('w', [3, 2])]);
  assert.equal(
    deep.operators.map(({ kind }) => kind),
    ['reshape', 'fullyConnected', 'reshape'],
  );
  assert.equal(
    deep.operators.map(({ outputs }) => shapeOf(deep, outputs[0])),
    [
      [7, 3],
      [7, 2],
      [1, 7, 2],
    ],
  );
  const both = read({
    inputs: [
      { name: 'x', shape: [2, 3] },
      { name: 'z', shape: [3, 4] },
    ],
    outputs: [{ name: 'y' }],
    nodes: [{ operator: 'MatMul', inputs: ['x', 'z'] }],
  });

  test('MatMul: a vector is a matrix of one column, and leading ones are none of its dimensions', () => {
    const fully = (shape: readonly number[], weight: readonly number[]): readonly unknown[] => {
      const network = readNode(shape, { operator: 'MatMul', inputs: ['x', 'w'] }, [floats('w', weight)]);
      const product = network.operators.find(({ kind }) => kind === 'fullyConnected');
      return [network.tensors.get(product?.inputs[1] ?? '')?.shape, shapeOf(network), network.operators.length];
    };
    assert.equal(fully([2, 3], [3]), [[1, 3], [2], 2]);
    assert.equal(fully([3], [3]), [[1, 3], [], 3]);
    assert.equal(fully([2, 3], [1, 3, 4]), [[4, 3], [1, 2, 4], 2]);
    assert.equal(fully([5, 2, 3], [1, 1, 3, 4]), [[4, 3], [1, 5, 2, 4], 3]);
    assert.match(
      String(
        only(readNode([2, 3], { operator: 'MatMul', inputs: ['x', 'w'] }, [floats('w', [6, 3, 4])]), 'other').attributes
          .reason,
      ),
      'is 6 matrices',
    );
  });
  only(both, 'matMul');
});

test('activations take their parameters from attributes, defaults and inputs', () => {
  assert.equal(
    only(readNode([1, 2], { operator: 'LeakyRelu', inputs: ['x'], attributes: { alpha: { float: 0.5 } } }), 'unary')
      .attributes,
    { function: 'leakyRelu', alpha: 0.5 },
  );
  assert.equal(only(readNode([1, 2], { operator: 'HardSigmoid', inputs: ['x'] }), 'unary').attributes, {
    function: 'hardSigmoid',
    alpha: Math.fround(0.2),
    beta: 0.5,
  });
  assert.equal(
    only(readNode([1, 2], { operator: 'Clip', inputs: ['x', '', 'high'] }, [floats('high', [], [6])]), 'clip')
      .attributes,
    { low: -Infinity, high: 6 },
  );
  assert.equal(
    only(
      readNode(
        [1, 2],
        { operator: 'Clip', inputs: ['x'], attributes: { min: { float: 0 }, max: { float: 6 } } },
        [],
        8,
      ),
      'clip',
    ).attributes,
    { low: 0, high: 6 },
  );
  assert.equal(only(readNode([1, 2, 3], { operator: 'Softmax', inputs: ['x'] }), 'softmax').attributes, { axis: 2 });
  only(readNode([1, 2, 3], { operator: 'Softmax', inputs: ['x'] }, [], 12), 'other');
  assert.match(
    String(
      only(readNode([1, 2], { operator: 'Gelu', inputs: ['x'], attributes: { approximate: 'tanh' } }, [], 20), 'other')
        .attributes.reason,
    ),
    'tanh',
  );
});

test('padding by attributes and by inputs; padding by nothing and one-part joins go away', () => {
  const expected = { before: [0, 0, 1, 2], after: [0, 0, 3, 4], value: 7 };
  const byInput = readNode([1, 2, 5, 5], { operator: 'Pad', inputs: ['x', 'pads', 'value'] }, [
    int64s('pads', [0, 0, 1, 2, 0, 0, 3, 4]),
    floats('value', [], [7]),
  ]);
  assert.equal(only(byInput, 'pad').attributes, expected);
  const byAttribute = readNode(
    [1, 2, 5, 5],
    { operator: 'Pad', inputs: ['x'], attributes: { pads: [0, 0, 1, 2, 0, 0, 3, 4], value: { float: 7 } } },
    [],
    9,
  );
  assert.equal(only(byAttribute, 'pad').attributes, expected);
  const byAxes = readNode(
    [1, 2, 5, 5],
    { operator: 'Pad', inputs: ['x', 'pads', 'value', 'axes'] },
    [int64s('pads', [1, 2, 3, 4]), floats('value', [], [7]), int64s('axes', [2, -1])],
    18,
  );
  assert.equal(only(byAxes, 'pad').attributes, expected);
  only(
    readNode([1, 2, 5, 5], { operator: 'Pad', inputs: ['x', 'pads'], attributes: { mode: 'reflect' } }, [
      int64s('pads', [0, 0, 1, 1, 0, 0, 1, 1]),
    ]),
    'other',
  );
});

test('operators that do nothing are removed and the graph output keeps its name', () => {
  const network = read({
    inputs: [{ name: 'x', shape: [1, 4] }],
    outputs: [{ name: 'y', shape: [1, 4] }],
    nodes: [
      { operator: 'Identity', inputs: ['x'], outputs: ['a'] },
      { operator: 'Relu', inputs: ['a'], outputs: ['b'] },
      { operator: 'Dropout', inputs: ['b'], outputs: ['c'] },
      { operator: 'Concat', inputs: ['c'], outputs: ['d'], attributes: { axis: 0 } },
      { operator: 'Cast', inputs: ['d'], outputs: ['e'], attributes: { to: 1 } },
      { operator: 'Reshape', inputs: ['e', 'shape'], outputs: ['y'] },
    ],
    initializers: [int64s('shape', [0, -1])],
  });
  assert.equal(only(network, 'unary').outputs, ['y']);
  assert.is(network.tensors.get('y')?.role, 'output');
  const through = readNode([1, 4], { operator: 'Identity', inputs: ['x'] });
  assert.equal(only(through, 'reshape').inputs, ['x']);
});

test('shape arithmetic folds: a reshape from Shape, Gather, arithmetic and Concat', () => {
  const network = read({
    inputs: [{ name: 'x', shape: [2, 6, 4] }],
    outputs: [{ name: 'y' }],
    nodes: [
      { operator: 'Shape', inputs: ['x'], outputs: ['shape'] },
      { operator: 'Gather', inputs: ['shape', 'one'], outputs: ['rows'] },
      { operator: 'Div', inputs: ['rows', 'two'], outputs: ['half'] },
      { operator: 'Unsqueeze', inputs: ['half', 'zero'], outputs: ['halves'] },
      { operator: 'Slice', inputs: ['shape', 'zero', 'most', 'zero'], outputs: ['first'] },
      { operator: 'Constant', outputs: ['rest'], attributes: { value_ints: [-1] } },
      { operator: 'Concat', inputs: ['first', 'halves', 'rest'], outputs: ['wanted'], attributes: { axis: 0 } },
      { operator: 'Reshape', inputs: ['x', 'wanted'] },
    ],
    initializers: [int64s('one', [1], []), int64s('two', [2], []), int64s('zero', [0]), int64s('most', [-2])],
  });
  only(network, 'reshape');
  assert.equal(shapeOf(network), [2, 3, 8]);
});

test('constants are folded through Transpose, Expand, Where, Range and Cast', () => {
  const network = read({
    inputs: [{ name: 'x', shape: [3, 2] }],
    outputs: [{ name: 'y' }],
    nodes: [
      { operator: 'Range', inputs: ['zero', 'three', 'one'], outputs: ['range'] },
      { operator: 'Cast', inputs: ['range'], outputs: ['real'], attributes: { to: 1 } },
      { operator: 'Expand', inputs: ['real', 'shape'], outputs: ['wide'] },
      { operator: 'Transpose', inputs: ['wide'], outputs: ['tall'] },
      { operator: 'Equal', inputs: ['tall', 'tall'], outputs: ['same'] },
      { operator: 'Where', inputs: ['same', 'tall', 'half'], outputs: ['chosen'] },
      { operator: 'Mul', inputs: ['x', 'chosen'] },
    ],
    initializers: [
      int64s('zero', [0], []),
      int64s('three', [3], []),
      int64s('one', [1], []),
      int64s('shape', [2, 3]),
      floats('half', [], [0.5]),
    ],
  });
  const constant = network.tensors.get(only(network, 'binary').inputs[1]);
  assert.equal(constant?.shape, [3, 2]);
  assert.equal(constant?.data, Float32Array.of(0, 0, 1, 1, 2, 2));
});

test('an unknown operator stays with its reason, its declared type and what follows it', () => {
  const spec: ModelSpec = {
    inputs: [{ name: 'x', shape: [1, 4, 6, 6] }],
    outputs: [{ name: 'y' }],
    nodes: [
      {
        operator: 'Wobble',
        domain: 'com.example',
        inputs: ['x'],
        outputs: ['w'],
        name: 'wobble',
        attributes: { amount: 3 },
      },
      { operator: 'Relu', inputs: ['w'], name: 'after' },
    ],
  };
  const blind = read(spec);
  assert.equal(
    blind.operators.map(({ name, kind, sourceType }) => [name, kind, sourceType]),
    [
      ['wobble', 'other', 'Wobble'],
      ['after', 'other', 'Relu'],
    ],
  );
  assert.equal(shapeOf(blind), [-1]);
  const declared = read({ ...spec, valueInfos: [{ name: 'w', shape: [1, 4, 6, 6] }] });
  assert.equal(
    declared.operators.map(({ kind }) => kind),
    ['other', 'unary'],
  );
  assert.is(elementCount(shapeOf(declared) ?? []), 144);
  const [wobble] = declared.operators;
  assert.equal(wobble.attributes, {
    reason: "this operator of domain 'com.example' is not known",
    values: { amount: 3 },
  });
});

const contradictions: readonly (readonly [string, readonly number[], NodeSpec, readonly TensorSpec[]])[] = [
  ['channels of weights and input', [1, 5, 8, 8], { operator: 'Conv', inputs: ['x', 'w'] }, [weights]],
  [
    'kernel_shape and weights',
    [1, 4, 8, 8],
    { operator: 'Conv', inputs: ['x', 'w'], attributes: { kernel_shape: [5, 5] } },
    [weights],
  ],
  [
    'bias and output channels',
    [1, 4, 8, 8],
    { operator: 'Conv', inputs: ['x', 'w', 'b'] },
    [weights, floats('b', [7])],
  ],
  ['groups and channels', [1, 12, 8, 8], { operator: 'Conv', inputs: ['x', 'w'], attributes: { group: 3 } }, [weights]],
  ['a kernel larger than its input', [1, 4, 2, 2], { operator: 'Conv', inputs: ['x', 'w'] }, [weights]],
  [
    'a stride of zero',
    [1, 4, 8, 8],
    { operator: 'Conv', inputs: ['x', 'w'], attributes: { strides: [0, 1] } },
    [weights],
  ],
  ['matrices', [2, 5], { operator: 'Gemm', inputs: ['x', 'w'] }, [floats('w', [3, 2])]],
  ['elements of a reshape', [2, 5], { operator: 'Reshape', inputs: ['x', 's'] }, [int64s('s', [3, 4])]],
  ['broadcast', [2, 5], { operator: 'Add', inputs: ['x', 'w'] }, [floats('w', [3, 2])]],
  ['a permutation', [2, 5], { operator: 'Transpose', inputs: ['x'], attributes: { perm: [0, 0] } }, []],
  [
    'parts of a join',
    [2, 5],
    { operator: 'Concat', inputs: ['x', 'w'], attributes: { axis: 0 } },
    [floats('w', [3, 2])],
  ],
  ['an axis', [2, 5], { operator: 'Softmax', inputs: ['x'], attributes: { axis: 2 } }, []],
  [
    'statistics and channels',
    [1, 5, 2, 2],
    { operator: 'BatchNormalization', inputs: ['x', 'w', 'w', 'w', 'w'] },
    [floats('w', [3])],
  ],
];
for (const [what, shape, node, initializers] of contradictions) {
  test(`contradiction of ${what}: ADC1018 names the node`, async () => {
    const error = await expectError('ADC1018', () => readNode(shape, node, initializers));
    assert.is(error.location?.node, 'node');
    assert.ok((error.hint ?? '') !== '');
  });
}

test('a declared shape that contradicts the operators is noted and not used, a declared type is ADC1018', async () => {
  const node = { operator: 'Relu', inputs: ['x'], name: 'node' };
  const network = read({
    inputs: [{ name: 'x', shape: [1, 4] }],
    outputs: [{ name: 'y', shape: [1, 5] }],
    nodes: [node],
  });
  assert.equal(network.tensors.get('y')?.shape, [1, 4]);
  assert.equal(network.notes, [
    "The model declares 'y' with the shape [1, 5], but Relu 'node' makes [1, 4]: the declared shape is not used.",
  ]);
  await expectError('ADC1018', () =>
    read({
      inputs: [{ name: 'x', shape: [1, 4] }],
      outputs: [{ name: 'y', type: 'int8', shape: [1, 4] }],
      nodes: [node],
    }),
  );
});

test.run();
