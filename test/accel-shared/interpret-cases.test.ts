import type { NumericArray, Operator } from '@autodnnchip/core';
import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import * as assert from 'uvu/assert';
import type { ConvMapping } from '../../ip-plugins/conv-adder-tree/src/conv-mapping.js';
import { scaled, sketchNetwork, type TensorSketch } from '../network-passes/network-under-test.js';
import { suite } from '../support/suite.js';
import { mapNetwork, plainChip, runMapped, type MappedNetwork } from './schedule-under-test.js';
import type { ChipOfTests } from '../support/chip-engines.js';

const cases = suite('accel-shared programs of particular layers');

type Sketch = Omit<Operator, 'name' | 'sourceType'>;
const int8 = (...shape: number[]): TensorSketch => ({ shape, type: 'int8', quantization: scaled(0.05, 3) });
function weights(type: 'int8' | 'uint8', zeroPoint: number, ...shape: number[]): TensorSketch {
  const count = shape.reduce((a, b) => a * b, 1);
  const data = type === 'int8' ? new Int8Array(count) : new Uint8Array(count);
  for (let index = 0; index < count; index++) data[index] = (index * 2654435761) >> 11;
  return { shape, type, quantization: scaled(0.003, zeroPoint), data };
}

/** Maps a network, runs it in several orders and compares every output with the reference executor. */
function check(
  tensors: Readonly<Record<string, TensorSketch>>,
  operators: readonly Sketch[],
  changes: Partial<ChipOfTests> = {},
): MappedNetwork {
  const network = sketchNetwork(tensors, operators);
  const inputs = new Map(
    network.inputs.map((name): [string, NumericArray] => {
      const { shape } = tensors[name];
      return [
        name,
        {
          shape,
          elementType: 'int8',
          data: Int8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => (index * 40503) >> 5),
        },
      ];
    }),
  );
  const mapped = mapNetwork(network, { ...plainChip, ...changes });
  const expected = executeNetwork(network, inputs);
  for (const seed of [undefined, 1, 2]) {
    const results = runMapped(mapped, inputs, seed);
    for (const name of network.outputs)
      assert.equal(results.get(name)?.data, expected.get(name)?.data, `${name}, order ${seed}`);
  }
  return mapped;
}

function convMapping(mapped: MappedNetwork, layer: number): ConvMapping {
  const { plan, engine } = mapped.schedule.layers[layer];
  assert.is(engine, 'conv');
  return plan.mapping as ConvMapping;
}

const convolution = (
  x: string,
  w: string,
  y: string,
  kernel: [number, number],
  rest: Partial<{
    stride: [number, number];
    dilation: [number, number];
    padding: [number, number, number, number];
    group: number;
  }> = {},
): Sketch => ({
  kind: 'conv',
  inputs: [x, w],
  outputs: [y],
  attributes: { kernel, stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], group: 1, ...rest },
});

cases('an addition whose operands are reordered', () => {
  const reorg = (x: string, y: string, order: 'blocksFirst' | 'channelsFirst'): Sketch => ({
    kind: 'spaceToDepth',
    inputs: [x],
    outputs: [y],
    attributes: { block: 2, order },
  });
  check(
    {
      x: int8(1, 11, 6, 4),
      a: int8(1, 44, 3, 2),
      b: int8(1, 44, 3, 2),
      y: { ...int8(1, 44, 3, 2), quantization: scaled(0.08, -20) },
    },
    [
      reorg('x', 'a', 'blocksFirst'),
      reorg('x', 'b', 'channelsFirst'),
      { kind: 'binary', inputs: ['a', 'b'], outputs: ['y'], attributes: { function: 'add' } },
    ],
  );
});

cases('a kernel whose rows, columns and repeats are split over partial sums', () => {
  const tensors = {
    u: int8(1, 9, 9, 8),
    z: weights('int8', 0, 20, 9, 1, 1),
    x: int8(1, 20, 9, 8),
    w: weights('uint8', 0, 18, 20, 7, 7),
    y: int8(1, 18, 6, 5),
  };
  const operators = [
    convolution('u', 'z', 'x', [1, 1]),
    convolution('x', 'w', 'y', [7, 7], { padding: [2, 1, 2, 3], stride: [1, 1] }),
  ];
  for (const [weightDepth, parts] of [
    [22, 7],
    [10, 7 * 3],
    [4, 7 * 7],
    [2, 7 * 7 * 3],
  ] as const) {
    const mapped = check({ ...tensors, y: int8(1, 18, 7, 6) }, operators, { weightDepth, partialSumDepth: 20 });
    assert.ok(convMapping(mapped, 1).partitions[0].chunks.length >= parts, `weightDepth ${weightDepth}`);
  }
});

cases('tiles that begin and end in padding', () => {
  check(
    {
      x: int8(1, 24, 5, 7),
      w: weights('int8', 0, 24, 24, 5, 5),
      y: int8(1, 24, 5, 7),
      v: weights('int8', 0, 24, 1, 3, 3),
      z: int8(1, 24, 5, 7),
    },
    [
      convolution('x', 'w', 'y', [5, 5], { padding: [2, 2, 2, 2] }),
      convolution('y', 'v', 'z', [3, 3], { padding: [2, 2, 2, 2], dilation: [2, 2], group: 24 }),
    ],
    {
      activationDepth: 30,
      weightDepth: 16,
      partialSumDepth: 3,
      convOutputDepth: 8,
      laneInputDepth: 28,
      laneOutputDepth: 8,
      laneWeightDepth: 18,
    },
  );
});

cases('more K-groups than partial sums and weights hold', () => {
  const mapped = check(
    { x: int8(1, 40, 4, 4), w: weights('int8', 0, 150, 40, 3, 3), y: int8(1, 150, 4, 4) },
    [convolution('x', 'w', 'y', [3, 3], { padding: [1, 1, 1, 1] })],
    { weightDepth: 20, partialSumDepth: 40, convParameterDepth: 9 },
  );
  const { rangeGroups, parameterBatch } = convMapping(mapped, 0);
  assert.ok(rangeGroups < 10 && parameterBatch === 1);
});

cases('mean pools: of windows, of whole maps in the lanes, and of maps that only the conv engine can add up', () => {
  const mean = (x: string, y: string, countIncludePad: boolean, padding: [number, number, number, number]): Sketch => ({
    kind: 'averagePool',
    inputs: [x],
    outputs: [y],
    attributes: { kernel: [2, 3], stride: [2, 1], dilation: [1, 1], padding, countIncludePad },
  });
  const mapped = check(
    { x: int8(1, 21, 8, 9), a: int8(1, 21, 4, 7), b: int8(1, 21, 4, 9), c: int8(1, 21, 1, 1), d: int8(1, 21, 1, 1) },
    [
      mean('x', 'a', false, [0, 0, 0, 0]),
      mean('x', 'b', true, [0, 1, 0, 1]),
      { kind: 'globalAveragePool', inputs: ['a'], outputs: ['c'], attributes: {} },
      { kind: 'globalAveragePool', inputs: ['x'], outputs: ['d'], attributes: {} },
    ],
    { laneInputDepth: 40 },
  );
  assert.equal(
    mapped.lowered.layers.map(({ engine }) => engine),
    ['lane', 'lane', 'lane', 'conv'],
  );
});

cases('concatenations of concatenations, with gaps, read by convolutions in part and as a whole', () => {
  const concat = (inputs: string[], y: string): Sketch => ({
    kind: 'concat',
    inputs,
    outputs: [y],
    attributes: { axis: 1 },
  });
  check(
    {
      x: int8(1, 5, 4, 3),
      p: weights('int8', 0, 13, 5, 1, 1),
      a: int8(1, 13, 4, 3),
      q: weights('int8', 0, 6, 13, 3, 3),
      b: int8(1, 6, 4, 3),
      ab: int8(1, 19, 4, 3),
      r: weights('int8', 0, 19, 1, 3, 3),
      c: int8(1, 19, 4, 3),
      all: int8(1, 57, 4, 3),
      s: weights('int8', 0, 10, 57, 1, 1),
      y: int8(1, 10, 4, 3),
    },
    [
      convolution('x', 'p', 'a', [1, 1]),
      convolution('a', 'q', 'b', [3, 3], { padding: [1, 1, 1, 1] }),
      concat(['a', 'b'], 'ab'),
      convolution('ab', 'r', 'c', [3, 3], { padding: [1, 1, 1, 1], group: 19 }),
      concat(['ab', 'c', 'ab'], 'all'),
      convolution('all', 's', 'y', [1, 1]),
    ],
  );
});

cases('a transposed output and a transposed network', () => {
  const transpose = (x: string, y: string, permutation: number[]): Sketch => ({
    kind: 'transpose',
    inputs: [x],
    outputs: [y],
    attributes: { permutation },
  });
  check(
    {
      x: int8(1, 5, 4, 3),
      a: int8(1, 4, 3, 5),
      b: int8(1, 5, 4, 3),
      w: weights('int8', 0, 6, 5, 1, 1),
      c: int8(1, 6, 4, 3),
      y: int8(1, 4, 3, 6),
      z: int8(1, 3, 6, 4),
    },
    [
      transpose('x', 'a', [0, 2, 3, 1]),
      transpose('a', 'b', [0, 3, 1, 2]),
      convolution('b', 'w', 'c', [1, 1]),
      transpose('c', 'y', [0, 2, 3, 1]),
      transpose('c', 'z', [0, 3, 1, 2]),
    ],
  );
});

cases('a function by table, and depthwise convolution with a channel multiplier', () => {
  check(
    {
      x: int8(1, 19, 5, 5),
      t: { ...int8(1, 19, 5, 5), type: 'uint8', quantization: scaled(1 / 256, 0) },
      w: weights('int8', 0, 57, 1, 3, 3),
      y: int8(1, 57, 2, 2),
      v: weights('int8', 0, 9, 57, 2, 2),
      z: int8(1, 9, 1, 1),
    },
    [
      { kind: 'unary', inputs: ['x'], outputs: ['t'], attributes: { function: 'sigmoid' } },
      convolution('t', 'w', 'y', [3, 3], { stride: [2, 2], group: 19 }),
      convolution('y', 'v', 'z', [2, 2]),
    ],
  );
});

cases.run();
