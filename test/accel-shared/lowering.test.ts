import type { Network, Operator, UnsupportedOperator } from '@autodnnchip/core';
import type { ConvolutionWork } from '@autodnnchip/core/engine';
import { lowerNetwork, type LoweredNetwork } from '@autodnnchip/plugin-accel-shared';
import { prepareNetwork } from '@autodnnchip/plugin-network-passes';
import * as assert from 'uvu/assert';
import { partitionsOf } from '../../ip-plugins/conv-adder-tree/src/conv-partitions.js';
import { readFixture, scaled, sketchNetwork, type TensorSketch } from '../network-passes/network-under-test.js';
import { suite } from '../support/suite.js';
import { plainChip } from './schedule-under-test.js';
import type { ChipOfTests } from '../support/chip-engines.js';

const lowering = suite('lowering to accel-shared');

type Sketch = Omit<Operator, 'name' | 'sourceType'>;
const int8 = (...shape: number[]): TensorSketch => ({ shape, type: 'int8', quantization: scaled(0.05, 3) });
const float = (...shape: number[]): TensorSketch => ({ shape });
const weights = (...shape: number[]): TensorSketch => ({
  shape,
  type: 'int8',
  quantization: scaled(0.01),
  data: new Int8Array(shape.reduce((a, b) => a * b, 1)).fill(1),
});
const window = (
  kernel: number,
  padding = 0,
  stride = 1,
): {
  kernel: [number, number];
  stride: [number, number];
  dilation: [number, number];
  padding: [number, number, number, number];
} => ({
  kernel: [kernel, kernel],
  stride: [stride, stride],
  dilation: [1, 1],
  padding: [padding, padding, padding, padding],
});
const conv = (x: string, w: string, y: string, kernel: number, padding = 0, group = 1): Sketch => ({
  kind: 'conv',
  inputs: [x, w],
  outputs: [y],
  attributes: { ...window(kernel, padding), group },
});

function lower(
  tensors: Readonly<Record<string, TensorSketch>>,
  operators: readonly Sketch[],
  changes: Partial<ChipOfTests> = {},
): LoweredNetwork {
  return lowerNetwork(sketchNetwork(tensors, operators), { ...plainChip, ...changes });
}

function reasons(unsupported: readonly UnsupportedOperator[]): string {
  return unsupported.map(({ name, reason }) => `${name}: ${reason}`).join('\n');
}

lowering('few input channels: the host makes kernel columns channels', () => {
  const { layers, inputs } = lower(
    { x: int8(1, 3, 20, 20), w: weights(16, 3, 5, 5), y: int8(1, 16, 20, 20) },
    [conv('x', 'w', 'y', 5, 2)],
    { channelBlock: 16, outputParallelism: 16 },
  );
  const [{ work }] = layers;
  assert.equal(
    [
      work.window.kernelHeight,
      work.window.kernelWidth,
      work.window.paddingTop,
      work.window.paddingLeft,
      work.inputs[0].blocks,
    ],
    [5, 1, 2, 0, 1],
  );
  assert.equal(inputs[0].layout.unfold, {
    channels: 3,
    sourceWidth: 20,
    kernelWidth: 5,
    strideX: 1,
    dilationX: 1,
    paddingLeft: 2,
  });
  assert.is(work.multiplyAccumulates, 16 * 3 * 25 * 400);
});

lowering('an input with two readers keeps its plain layout', () => {
  const { inputs } = lower(
    { x: int8(1, 3, 8, 8), w: weights(8, 3, 3, 3), v: weights(8, 3, 3, 3), y: int8(1, 8, 8, 8), z: int8(1, 8, 8, 8) },
    [conv('x', 'w', 'y', 3, 1), conv('x', 'v', 'z', 3, 1)],
  );
  assert.is(inputs.length, 1);
  assert.is(inputs[0].layout.unfold, undefined);
});

lowering(
  'depthwise goes to the lanes, and to the conv engine without lane multipliers, only the blocks it needs',
  () => {
    const tensors = {
      x: int8(1, 40, 8, 8),
      v: weights(40, 40, 1, 1),
      u: int8(1, 40, 8, 8),
      w: weights(40, 1, 3, 3),
      y: int8(1, 40, 8, 8),
    };
    const operators = [conv('x', 'v', 'u', 1), conv('u', 'w', 'y', 3, 1, 40)];
    const [, onLanes] = lower(tensors, operators).layers;
    assert.equal([onLanes.engine, onLanes.work.form], ['lane', 'depthwise']);
    assert.equal(
      onLanes.answers.map(({ engine, form, refused }) => [engine, form, refused !== undefined]),
      [
        ['lane', 'depthwise', false],
        ['conv', 'depthwise', true],
        ['conv', 'convolution', false],
        ['lane', 'convolution', true],
      ],
    );
    const [, onConv] = lower(tensors, operators, { laneMultiply: 0 }).layers;
    assert.is(onConv.engine, 'conv');
    assert.match(
      onConv.answers.find(({ engine, form }) => engine === 'lane' && form === 'depthwise')?.refused ?? '',
      /no multipliers/,
    );
    assert.equal(
      partitionsOf(onConv.work as ConvolutionWork, plainChip).map(({ blockBase, blocks }) => [blockBase, blocks]),
      [
        [0, 2],
        [2, 2],
        [4, 1],
      ],
    );
  },
);

lowering('a flattened feature map makes a fully connected layer a convolution with a kernel of its size', () => {
  const { layers, tensors } = lower({ x: int8(1, 10, 4, 5), f: int8(1, 200), w: weights(7, 200), y: int8(1, 7) }, [
    { kind: 'reshape', inputs: ['x'], outputs: ['f'], attributes: {} },
    { kind: 'fullyConnected', inputs: ['f', 'w'], outputs: ['y'], attributes: {} },
  ]);
  const work = layers[0].work as ConvolutionWork;
  assert.equal(
    [layers.length, work.window.kernelHeight, work.window.kernelWidth, work.weights.channels],
    [1, 4, 5, 10],
  );
  assert.equal(
    tensors.map(({ role }) => role),
    ['input', 'output'],
  );
});

lowering('parts of a concatenation are written into place; unequal scales and inputs of the chip take a copy', () => {
  const tensors = {
    x: int8(1, 5, 4, 4),
    w: weights(12, 5, 1, 1),
    a: int8(1, 12, 4, 4),
    v: weights(9, 12, 1, 1),
    b: int8(1, 9, 4, 4),
    c: { ...int8(1, 9, 4, 4), quantization: scaled(0.07) },
    u: weights(9, 12, 1, 1),
    y: int8(1, 35, 4, 4),
  };
  const {
    layers,
    tensors: lowered,
    outputs,
  } = lower(tensors, [
    conv('x', 'w', 'a', 1),
    conv('a', 'v', 'b', 1),
    conv('a', 'u', 'c', 1),
    { kind: 'concat', inputs: ['b', 'x', 'a', 'c'], outputs: ['y'], attributes: { axis: 1 } },
  ]);
  assert.equal(
    layers.map(({ work, engine }) => `${work.operator} ${engine}`),
    ['conv conv', 'conv conv', 'conv conv', 'copy lane', 'concat lane'],
  );
  assert.equal(
    layers.map(({ work: { output } }) => [lowered[output.tensor].name, output.blockBase]),
    [
      ['y', 3],
      ['y', 0],
      ['c', 0],
      ['y', 2],
      ['y', 5],
    ],
  );
  // Words of 8: 9 channels take two blocks, so there are gaps.
  const map = [...outputs[0].layout.channelMap];
  assert.equal(map.slice(0, 17), [0, 1, 2, 3, 4, 5, 6, 7, 8, -1, -1, -1, -1, -1, -1, -1, 9]);
  assert.equal(
    map.filter(channel => channel >= 0).sort((p, q) => p - q),
    Array.from({ length: 35 }, (_, channel) => channel),
  );
});

lowering('operands of an addition whose channels lie differently are reordered', () => {
  const reorg = (x: string, y: string, order: 'blocksFirst' | 'channelsFirst'): Sketch => ({
    kind: 'spaceToDepth',
    inputs: [x],
    outputs: [y],
    attributes: { block: 2, order },
  });
  const { layers } = lower({ x: int8(1, 3, 4, 4), a: int8(1, 12, 2, 2), b: int8(1, 12, 2, 2), y: int8(1, 12, 2, 2) }, [
    reorg('x', 'a', 'blocksFirst'),
    reorg('x', 'b', 'channelsFirst'),
    { kind: 'binary', inputs: ['a', 'b'], outputs: ['y'], attributes: { function: 'add' } },
  ]);
  assert.equal(
    layers.map(({ work, engine }) => `${work.name} ${engine}`),
    ['spaceToDepth0 lane', 'spaceToDepth1 lane', 'binary2 (reorder) conv', 'binary2 lane'],
  );
});

lowering('9-bit differences of weight and zero point take two or three int8 parts', () => {
  const partsOf = (zeroPoint: number, ...values: number[]): number => {
    const w: TensorSketch = {
      shape: [values.length, 8, 1, 1],
      type: 'uint8',
      quantization: scaled(0.01, zeroPoint),
      data: Uint8Array.from(values.flatMap(value => Array.from({ length: 8 }, () => value))),
    };
    return (
      lower({ x: int8(1, 8, 2, 2), w, y: int8(1, values.length, 2, 2) }, [conv('x', 'w', 'y', 1)]).layers[0]
        .work as ConvolutionWork
    ).weights.parts;
  };
  assert.is(partsOf(128, 0, 255), 1);
  assert.is(partsOf(100, 0, 255), 2);
  assert.is(partsOf(100, 50, 200), 1);
  assert.is(partsOf(0, 0, 255), 3);
});

lowering('transposes that cancel are free, and one before an output is left to the host', () => {
  const transpose = (x: string, y: string, permutation: number[]): Sketch => ({
    kind: 'transpose',
    inputs: [x],
    outputs: [y],
    attributes: { permutation },
  });
  const { layers, outputs, unsupported } = lower(
    {
      x: int8(1, 5, 4, 3),
      a: int8(1, 4, 3, 5),
      b: int8(1, 5, 4, 3),
      w: weights(6, 5, 1, 1),
      c: int8(1, 6, 4, 3),
      y: int8(1, 4, 3, 6),
    },
    [
      transpose('x', 'a', [0, 2, 3, 1]),
      transpose('a', 'b', [0, 3, 1, 2]),
      conv('b', 'w', 'c', 1),
      transpose('c', 'y', [0, 2, 3, 1]),
    ],
  );
  assert.is(reasons(unsupported), '');
  assert.is(layers.length, 1);
  assert.equal(outputs[0].moves, [{ shape: [1, 6, 4, 3], permutation: [0, 2, 3, 1] }]);
});

lowering('lists every operator that the chip cannot run, with its reason', () => {
  const { unsupported } = lower(
    {
      x: { ...int8(2, 8, 6, 6) },
      w: weights(8, 8, 1, 1),
      a: int8(2, 8, 6, 6),
      b: int8(1, 8, 6, 6),
      c: int8(1, 8, 6, 6),
      d: int8(1, 8, 6, 6),
      e: float(1, 8, 6, 6),
      f: float(1, 8, 6, 6),
      g: int8(1, 8, 6, 6),
    },
    [
      conv('x', 'w', 'a', 1),
      { kind: 'binary', inputs: ['b', 'b'], outputs: ['c'], attributes: { function: 'mul' } },
      { kind: 'averagePool', inputs: ['c'], outputs: ['d'], attributes: { ...window(3, 1), countIncludePad: false } },
      { kind: 'dequantize', inputs: ['d'], outputs: ['e'], attributes: {} },
      { kind: 'softmax', inputs: ['e'], outputs: ['f'], attributes: { axis: 1 } },
      { kind: 'quantize', inputs: ['f'], outputs: ['g'], attributes: {} },
    ],
  );
  const text = reasons(unsupported);
  assert.equal(
    unsupported.map(({ name }) => name),
    ['conv0', 'binary1', 'averagePool2', 'softmax4'],
  );
  for (const part of [/batch 2/, /element-wise mul/, /average fewer values/, /floating point/])
    assert.match(text, part);
});

lowering('names dynamic quantisation', async () => {
  const { unsupported } = lowerNetwork(await readFixture('onnx-quant/lenet-dyn.onnx'), plainChip);
  assert.match(reasons(unsupported), /dynamic quantisation/);
});

lowering('lists the same for networks without weights', async () => {
  const network: Network = await prepareNetwork(await readFixture('onnx-graph/mobilenet_v2-full-ts13.onnx', false));
  const lowered = lowerNetwork(network, plainChip);
  assert.is(reasons(lowered.unsupported), '');
  assert.ok(lowered.weightless);
  assert.is(lowered.layers.filter(({ work }) => work.operator === 'binary').length, 10);
});

lowering.run();
