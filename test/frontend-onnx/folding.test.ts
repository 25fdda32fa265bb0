import { importOnnx } from '@autodnnchip/plugin-frontend-onnx';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { encodeModel, type NodeSpec, type TensorSpec } from './onnx-writer.js';

const test = suite('frontend-onnx: constants that the model computes');

const floats = (name: string, shape: readonly number[], values: readonly number[]): TensorSpec => ({
  name,
  type: 'float',
  shape,
  typed: values,
});
const int64s = (name: string, values: readonly number[]): TensorSpec => ({
  name,
  type: 'int64',
  shape: [values.length],
  typed: values,
});

/** Values that a node makes of constants, rounded to 4 places; `m` is [[1, -2, 3], [-4, 5, -6]]. */
function folded(node: NodeSpec, further: readonly TensorSpec[] = [], opset = 17): unknown {
  const model = encodeModel({
    opset,
    inputs: [{ name: 'x', shape: [1] }],
    outputs: [{ name: 'y' }],
    nodes: [
      { outputs: ['c'], ...node },
      { operator: 'Wobble', inputs: ['x', 'c'] },
    ],
    initializers: [floats('m', [2, 3], [1, -2, 3, -4, 5, -6]), ...further],
  });
  const [wobble] = importOnnx('test.onnx', model, { weights: true }).operators;
  const constant = importOnnx('test.onnx', model, { weights: true }).tensors.get(wobble.inputs[1]);
  return [constant?.shape, [...(constant?.data ?? [])].map(value => Math.round(Number(value) * 1e4) / 1e4)];
}

/** Expected values by NumPy 2. */
const cases: readonly (readonly [string, unknown, NodeSpec, (readonly TensorSpec[])?, number?])[] = [
  [
    'ReduceSum over an axis',
    [[2], [2, -5]],
    { operator: 'ReduceSum', inputs: ['m', 'a'], attributes: { keepdims: 0 } },
    [int64s('a', [1])],
  ],
  ['ReduceL2 over all', [[1, 1], [9.5394]], { operator: 'ReduceL2', inputs: ['m'] }],
  [
    'ReduceMean over the first axis',
    [
      [1, 3],
      [-1.5, 1.5, -1.5],
    ],
    { operator: 'ReduceMean', inputs: ['m'], attributes: { axes: [0] } },
  ],
  ['ReduceMax', [[2], [3, 5]], { operator: 'ReduceMax', inputs: ['m'], attributes: { axes: [-1], keepdims: 0 } }],
  ['ReduceProd', [[1, 1], [-720]], { operator: 'ReduceProd', inputs: ['m'] }],
  [
    'ReduceLogSumExp',
    [[2], [3.1328, 5.0001]],
    { operator: 'ReduceLogSumExp', inputs: ['m'], attributes: { axes: [1], keepdims: 0 } },
  ],
  [
    'Sum of three',
    [
      [2, 3],
      [3, -3, 7, -7, 11, -11],
    ],
    { operator: 'Sum', inputs: ['m', 'm', 'r'] },
    [floats('r', [3], [1, 1, 1])],
  ],
  [
    'Max of two',
    [
      [2, 3],
      [1, 0, 3, 0, 5, 0],
    ],
    { operator: 'Max', inputs: ['m', 'z'] },
    [floats('z', [], [0])],
  ],
  [
    'Mean of two',
    [
      [2, 3],
      [0.5, -1, 1.5, -2, 2.5, -3],
    ],
    { operator: 'Mean', inputs: ['m', 'z'] },
    [floats('z', [1], [0])],
  ],
  [
    'Clip',
    [
      [2, 3],
      [1, -1, 2, -1, 2, -1],
    ],
    { operator: 'Clip', inputs: ['m', 'l', 'h'] },
    [floats('l', [], [-1]), floats('h', [], [2])],
  ],
  [
    'LeakyRelu',
    [
      [2, 3],
      [1, -0.5, 3, -1, 5, -1.5],
    ],
    { operator: 'LeakyRelu', inputs: ['m'], attributes: { alpha: { float: 0.25 } } },
  ],
  [
    'Softmax',
    [
      [2, 3],
      [0.1185, 0.0059, 0.8756, 0.0001, 0.9999, 0],
    ],
    { operator: 'Softmax', inputs: ['m'] },
  ],
  [
    'Softmax over all, as before operator set 13',
    [
      [2, 3],
      [0.0159, 0.0008, 0.1172, 0.0001, 0.866, 0],
    ],
    { operator: 'Softmax', inputs: ['m'], attributes: { axis: 0 } },
    [],
    11,
  ],
  [
    'MatMul',
    [
      [2, 2],
      [4, 4, -10, -10],
    ],
    { operator: 'MatMul', inputs: ['m', 'b'] },
    [floats('b', [3, 2], [1, 1, 0, 0, 1, 1])],
  ],
  [
    'MatMul of batches',
    [
      [2, 1, 1],
      [2, -5],
    ],
    { operator: 'MatMul', inputs: ['p', 'o'] },
    [floats('p', [2, 1, 3], [1, -2, 3, -4, 5, -6]), floats('o', [3, 1], [1, 1, 1])],
  ],
  [
    'Gemm',
    [
      [2, 2],
      [7, 8, -21, -20],
    ],
    { operator: 'Gemm', inputs: ['m', 'b', 'c0'], attributes: { transB: 1, alpha: { float: 2 } } },
    [floats('b', [2, 3], [1, 0, 1, 1, 0, 1]), floats('c0', [2], [-1, 0])],
  ],
  [
    'Tile',
    [
      [2, 6],
      [1, -2, 3, 1, -2, 3, -4, 5, -6, -4, 5, -6],
    ],
    { operator: 'Tile', inputs: ['m', 'r'] },
    [int64s('r', [1, 2])],
  ],
  [
    'Pad with a constant',
    [
      [2, 5],
      [9, 1, -2, 3, 9, 9, -4, 5, -6, 9],
    ],
    { operator: 'Pad', inputs: ['m', 'p', 'v'] },
    [int64s('p', [0, 1, 0, 1]), floats('v', [], [9])],
  ],
  [
    'Pad by reflection',
    [
      [2, 5],
      [-2, 1, -2, 3, -2, 5, -4, 5, -6, 5],
    ],
    { operator: 'Pad', inputs: ['m', 'p'], attributes: { mode: 'reflect' } },
    [int64s('p', [0, 1, 0, 1])],
  ],
  [
    'Pad that crops',
    [
      [2, 2],
      [-2, 3, 5, -6],
    ],
    { operator: 'Pad', inputs: ['m', 'p'] },
    [int64s('p', [0, -1, 0, 0])],
  ],
  [
    'EyeLike',
    [
      [2, 3],
      [0, 1, 0, 0, 0, 1],
    ],
    { operator: 'EyeLike', inputs: ['m'], attributes: { k: 1 } },
  ],
  [
    'PRelu',
    [
      [2, 3],
      [1, -4, 3, -8, 5, -12],
    ],
    { operator: 'PRelu', inputs: ['m', 's'] },
    [floats('s', [1], [2])],
  ],
];
for (const [what, expected, node, further, opset] of cases) {
  test(what, () => assert.equal(folded(node, further, opset), expected));
}

test('products of constants beyond the bound are refused before they are computed', async () => {
  const side = 1024;
  const ones = { type: 'float', shape: [side, side], raw: new Uint8Array(4 * side * side) } as const;
  const error = await expectError('ADC1016', () =>
    folded({ operator: 'MatMul', inputs: ['a', 'b'] }, [
      { name: 'a', ...ones },
      { name: 'b', ...ones },
    ]),
  );
  assert.match(error.message, /more than \d+ elements/);
});

test.run();
