import type { Network, NumericArray, WindowAttributes } from '@autodnnchip/core';
import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import { foldNetwork, fuseActivations, normalizeNetwork } from '@autodnnchip/plugin-network-passes';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { kindsOf, scaled, sketchNetwork, values, type TensorSketch } from './network-under-test.js';

const passes = suite('folding and fusing');

const window: WindowAttributes = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1] };

function run(network: Network): Float32Array {
  const input = network.tensors.get(network.inputs[0]);
  if (input === undefined) throw new Error('no input');
  const data = values(
    input.shape.reduce((product, extent) => product * extent, 1),
    7,
  );
  const results = executeNetwork(
    network,
    new Map([[input.name, { shape: input.shape, elementType: 'float32' as const, data }]]),
  );
  return (results.get(network.outputs[0]) as NumericArray).data as Float32Array;
}

/** The rewritten network computes what the first did, and has these operators. */
function assertSame(before: Network, after: Network, kinds: readonly string[]): void {
  assert.equal(kindsOf(after), kinds);
  const [wanted, got] = [run(before), run(after)];
  assert.is(got.length, wanted.length);
  for (let index = 0; index < wanted.length; index++)
    assert.ok(Math.abs(wanted[index] - got[index]) < 1e-5, `element ${index}: ${wanted[index]} and ${got[index]}`);
  assert.equal(after.outputs, before.outputs);
}

const map: TensorSketch = { shape: [1, 4, 6, 6] };
const normalization = {
  g: { shape: [4], data: values(4, 1).map(value => value + 2) },
  b: { shape: [4], data: values(4, 2) },
  m: { shape: [4], data: values(4, 3) },
  v: { shape: [4], data: values(4, 4).map(value => value + 2) },
};
const weights = { shape: [4, 4, 3, 3], data: values(144, 5) };

passes('batch normalisation folds into the convolution before it, and relu6 after it', () => {
  const network = sketchNetwork({ x: map, w: weights, c: map, n: map, y: map, ...normalization }, [
    { kind: 'conv', inputs: ['x', 'w'], outputs: ['c'], attributes: { ...window, group: 1 } },
    { kind: 'batchNormalization', inputs: ['c', 'g', 'b', 'm', 'v'], outputs: ['n'], attributes: { epsilon: 1e-5 } },
    { kind: 'clip', inputs: ['n'], outputs: ['y'], attributes: { low: 0, high: 6 } },
  ]);
  assertSame(network, fuseActivations(foldNetwork(network)), ['conv']);
});

passes('batch normalisation without a convolution becomes a depthwise one', () => {
  const network = sketchNetwork({ x: map, y: map, ...normalization }, [
    { kind: 'batchNormalization', inputs: ['x', 'g', 'b', 'm', 'v'], outputs: ['y'], attributes: { epsilon: 1e-3 } },
  ]);
  assertSame(network, foldNetwork(network), ['conv']);
});

passes(
  'a factor per channel before any layer, as in the normalisation of pixels, becomes a depthwise convolution; one factor stays',
  () => {
    const scaledMap = (shape: readonly number[]): Network =>
      sketchNetwork(
        {
          x: map,
          k: {
            shape,
            data: values(
              shape.reduce((product, extent) => product * extent, 1),
              3,
            ),
          },
          y: map,
        },
        [{ kind: 'binary', inputs: ['x', 'k'], outputs: ['y'], attributes: { function: 'mul' } }],
      );
    assertSame(scaledMap([4, 1, 1]), foldNetwork(scaledMap([4, 1, 1])), ['conv']);
    assertSame(scaledMap([1, 4, 1, 1]), foldNetwork(scaledMap([1, 4, 1, 1])), ['conv']);
    assertSame(scaledMap([1]), foldNetwork(scaledMap([1])), ['binary']);
    assertSame(scaledMap([6, 6]), foldNetwork(scaledMap([6, 6])), ['binary']);
  },
);

passes('what other operators read, or the network gives out, is not folded away', () => {
  const network = sketchNetwork({ x: map, w: weights, c: map, n: map, y: map, ...normalization }, [
    { kind: 'conv', inputs: ['x', 'w'], outputs: ['c'], attributes: { ...window, group: 1 } },
    { kind: 'batchNormalization', inputs: ['c', 'g', 'b', 'm', 'v'], outputs: ['n'], attributes: { epsilon: 1e-5 } },
    { kind: 'binary', inputs: ['c', 'n'], outputs: ['y'], attributes: { function: 'add' } },
  ]);
  assertSame(network, foldNetwork(network), ['conv', 'conv', 'binary']);
});

passes('products and sums with a constant per channel fold into a fully connected layer', () => {
  const row: TensorSketch = { shape: [2, 5] };
  const network = sketchNetwork(
    {
      x: { shape: [2, 3] },
      w: { shape: [5, 3], data: values(15, 1) },
      bias: { shape: [5], data: values(5, 2) },
      f: row,
      scale: { shape: [1, 5], data: values(5, 3) },
      s: row,
      offset: { shape: [5], data: values(5, 4) },
      y: row,
    },
    [
      { kind: 'fullyConnected', inputs: ['x', 'w', 'bias'], outputs: ['f'], attributes: {} },
      { kind: 'binary', inputs: ['scale', 'f'], outputs: ['s'], attributes: { function: 'mul' } },
      { kind: 'binary', inputs: ['s', 'offset'], outputs: ['y'], attributes: { function: 'add' } },
    ],
  );
  assertSame(network, foldNetwork(network), ['fullyConnected']);
});

function padded(
  pool: 'maxPool' | 'averagePool' | 'conv',
  value: number,
  relu: boolean,
  before: readonly number[] = [0, 0, 1, 1],
  own = 0,
  countIncludePad = false,
): Network {
  const after = before.map(amount => amount);
  const size = 6 + 2 * before[2];
  const outer = size + 2 * own - 2;
  const attributes: WindowAttributes = { ...window, padding: [own, own, own, own] };
  const source = relu ? 'r' : 'x';
  const reader =
    pool === 'conv'
      ? ({ kind: pool, inputs: ['p', 'w'], outputs: ['y'], attributes: { ...attributes, group: 1 } } as const)
      : pool === 'maxPool'
        ? ({ kind: pool, inputs: ['p'], outputs: ['y'], attributes } as const)
        : ({ kind: pool, inputs: ['p'], outputs: ['y'], attributes: { ...attributes, countIncludePad } } as const);
  return sketchNetwork(
    {
      x: map,
      ...(relu ? { r: map } : {}),
      p: { shape: [1, 4, size, size] },
      y: { shape: [1, 4, outer, outer] },
      ...(pool === 'conv' ? { w: weights } : {}),
    },
    [
      ...(relu ? [{ kind: 'unary', inputs: ['x'], outputs: ['r'], attributes: { function: 'relu' } } as const] : []),
      { kind: 'pad', inputs: [source], outputs: ['p'], attributes: { before, after, value } },
      reader,
    ],
  );
}

passes('padding folds into convolutions and pools where the result stays the same', () => {
  const cases: readonly [Network, boolean][] = [
    [padded('conv', 0, false), true],
    [padded('conv', 1, false), false],
    [padded('averagePool', 0, false), true],
    [padded('averagePool', 0, false, [0, 0, 1, 1], 1, false), false],
    [padded('averagePool', 0, false, [0, 0, 1, 1], 1, true), true],
    [padded('maxPool', 0, false), false],
    [padded('maxPool', 0, true), true],
    [padded('maxPool', -Infinity, false), true],
    // Windows that would lie wholly in the padding.
    [padded('maxPool', 0, true, [0, 0, 3, 3]), false],
  ];
  for (const [network, folds] of cases) {
    const after = foldNetwork(network);
    assertSame(
      network,
      after,
      kindsOf(network).filter(kind => !(folds && kind === 'pad')),
    );
  }
});

passes('padding of integers folds where its value is the zero point', () => {
  const integers = (value: number): Network =>
    sketchNetwork(
      {
        x: { shape: [1, 4, 6, 6], type: 'int8', quantization: scaled(1, -3) },
        p: { shape: [1, 4, 8, 8], type: 'int8', quantization: scaled(1, -3) },
        w: { shape: [4, 4, 3, 3], type: 'int8', data: new Int8Array(144), quantization: scaled(1) },
        y: { shape: [1, 4, 6, 6], type: 'int8', quantization: scaled(1) },
      },
      [
        {
          kind: 'pad',
          inputs: ['x'],
          outputs: ['p'],
          attributes: { before: [0, 0, 1, 1], after: [0, 0, 1, 1], value },
        },
        {
          kind: 'conv',
          inputs: ['p', 'w'],
          outputs: ['y'],
          attributes: { ...window, padding: [0, 0, 0, 0], group: 1 },
        },
      ],
    );
  assert.equal(kindsOf(foldNetwork(integers(-3))), ['conv']);
  assert.equal(kindsOf(foldNetwork(integers(0))), ['pad', 'conv']);
});

for (const [order, permutation] of [
  ['blocksFirst', [0, 3, 5, 1, 2, 4]],
  ['channelsFirst', [0, 1, 3, 5, 2, 4]],
] as const) {
  passes(`reshape-transpose-reshape is a reorg with ${order}`, () => {
    const split = [1, 4, 3, 2, 3, 2];
    const network = sketchNetwork(
      { x: map, s: { shape: split }, t: { shape: permutation.map(axis => split[axis]) }, y: { shape: [1, 16, 3, 3] } },
      [
        { kind: 'reshape', inputs: ['x'], outputs: ['s'], attributes: {} },
        { kind: 'transpose', inputs: ['s'], outputs: ['t'], attributes: { permutation } },
        { kind: 'reshape', inputs: ['t'], outputs: ['y'], attributes: {} },
      ],
    );
    const after = normalizeNetwork(network);
    assertSame(network, after, ['spaceToDepth']);
    assert.equal(after.operators[0].attributes, { block: 2, order });
  });
}

passes('another order of dimensions is not a reorg', () => {
  const network = sketchNetwork(
    { x: map, s: { shape: [1, 4, 3, 2, 3, 2] }, t: { shape: [1, 2, 2, 4, 3, 3] }, y: { shape: [1, 16, 3, 3] } },
    [
      { kind: 'reshape', inputs: ['x'], outputs: ['s'], attributes: {} },
      { kind: 'transpose', inputs: ['s'], outputs: ['t'], attributes: { permutation: [0, 5, 3, 1, 2, 4] } },
      { kind: 'reshape', inputs: ['t'], outputs: ['y'], attributes: {} },
    ],
  );
  assert.equal(kindsOf(normalizeNetwork(network)), ['reshape', 'transpose', 'reshape']);
});

passes('sigmoid and product are silu, the spelled-out hardSwish is one operator', () => {
  const one = (value: number): TensorSketch => ({ shape: [], data: Float32Array.of(value) });
  const silu = sketchNetwork({ x: map, g: map, y: map }, [
    { kind: 'unary', inputs: ['x'], outputs: ['g'], attributes: { function: 'sigmoid' } },
    { kind: 'binary', inputs: ['g', 'x'], outputs: ['y'], attributes: { function: 'mul' } },
  ]);
  assertSame(silu, normalizeNetwork(silu), ['unary']);
  const hardSwish = sketchNetwork({ x: map, three: one(3), a: map, c: map, p: map, six: one(6), y: map }, [
    { kind: 'binary', inputs: ['x', 'three'], outputs: ['a'], attributes: { function: 'add' } },
    { kind: 'clip', inputs: ['a'], outputs: ['c'], attributes: { low: 0, high: 6 } },
    { kind: 'binary', inputs: ['x', 'c'], outputs: ['p'], attributes: { function: 'mul' } },
    { kind: 'binary', inputs: ['p', 'six'], outputs: ['y'], attributes: { function: 'div' } },
  ]);
  assertSame(hardSwish, normalizeNetwork(hardSwish), ['unary']);
  const gated = sketchNetwork({ x: map, g: map, y: map }, [
    { kind: 'unary', inputs: ['x'], outputs: ['g'], attributes: { function: 'hardSigmoid', alpha: 1 / 6, beta: 0.5 } },
    { kind: 'binary', inputs: ['x', 'g'], outputs: ['y'], attributes: { function: 'mul' } },
  ]);
  assertSame(gated, normalizeNetwork(gated), ['unary']);
});

passes('identities and operators that nothing reads go, names of outputs stay', () => {
  const network = sketchNetwork(
    { x: map, r: map, unread: map, a: map, y: map, zero: { shape: [1], data: Float32Array.of(0) } },
    [
      { kind: 'reshape', inputs: ['x'], outputs: ['r'], attributes: {} },
      { kind: 'unary', inputs: ['r'], outputs: ['a'], attributes: { function: 'abs' } },
      { kind: 'binary', inputs: ['a', 'zero'], outputs: ['y'], attributes: { function: 'add' } },
      { kind: 'unary', inputs: ['r'], outputs: ['unread'], attributes: { function: 'neg' } },
    ],
  );
  const outputs = ['y'];
  assertSame({ ...network, outputs }, normalizeNetwork({ ...network, outputs }), ['unary']);
});

passes('differences and quotients with a constant become sums and products', () => {
  const constant: TensorSketch = { shape: [4, 1, 1], data: Float32Array.of(1, 2, 4, 8) };
  const network = sketchNetwork({ x: map, c: constant, s: map, y: map }, [
    { kind: 'binary', inputs: ['x', 'c'], outputs: ['s'], attributes: { function: 'sub' } },
    { kind: 'binary', inputs: ['s', 'c'], outputs: ['y'], attributes: { function: 'div' } },
  ]);
  const after = normalizeNetwork(network);
  assertSame(network, after, ['binary', 'binary']);
  assert.equal(
    after.operators.map(operator => (operator.kind === 'binary' ? operator.attributes.function : '')),
    ['add', 'mul'],
  );
});

passes('a network that needs nothing comes back itself', () => {
  const network = sketchNetwork({ x: map, y: map }, [
    { kind: 'unary', inputs: ['x'], outputs: ['y'], attributes: { function: 'tanh' } },
  ]);
  assert.is(normalizeNetwork(network), network);
  assert.is(foldNetwork(network), network);
  assert.is(fuseActivations(network), network);
});

passes.run();
