import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import {
  numericArray,
  outputRange,
  requantizeAccumulator,
  convolutionScale,
  type Network,
  type NumericArray,
  type Operator,
  type Tensor,
} from '@autodnnchip/core';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const kernels = suite('executor kernels');

function network(operator: Operator, tensors: readonly Tensor[]): Network {
  const byRole = (role: Tensor['role']): string[] =>
    tensors.filter(tensor => tensor.role === role).map(tensor => tensor.name);
  return {
    name: 'one operator',
    source: 'test',
    inputs: byRole('input'),
    outputs: byRole('output'),
    operators: [operator],
    tensors: new Map(tensors.map(tensor => [tensor.name, tensor])),
    weightless: false,
  };
}

/** Small repeatable numbers. */
function numbers(count: number, low: number, high: number, seed: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + ((state >>> 8) % (high - low + 1));
  });
}

const convolutionCase = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  group: fc.integer({ min: 1, max: 3 }),
  channelsPerGroup: fc.integer({ min: 1, max: 5 }),
  outputsPerGroup: fc.integer({ min: 1, max: 6 }),
  rows: fc.integer({ min: 1, max: 9 }),
  columns: fc.integer({ min: 1, max: 9 }),
  kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
  padding: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
  seed: fc.nat(),
  perChannel: fc.boolean(),
});

kernels('quantised convolution equals the definition', () => {
  fc.assert(
    fc.property(convolutionCase, example => {
      const { batch, group, kernel, stride, dilation, padding, rows, columns, seed } = example;
      const [channels, outputs] = [group * example.channelsPerGroup, group * example.outputsPerGroup];
      const outputRows =
        Math.floor((rows + padding[0] + padding[2] - dilation[0] * (kernel[0] - 1) - 1) / stride[0]) + 1;
      const outputColumns =
        Math.floor((columns + padding[1] + padding[3] - dilation[1] * (kernel[1] - 1) - 1) / stride[1]) + 1;
      if (outputRows < 1 || outputColumns < 1) return;
      const [xZero, yZero] = numbers(2, -128, 127, seed);
      const entries = example.perChannel ? outputs : 1;
      const weightZeros = numbers(entries, -128, 127, seed + 1);
      const x = numbers(batch * channels * rows * columns, -128, 127, seed + 2);
      const w = numbers(outputs * example.channelsPerGroup * kernel[0] * kernel[1], -128, 127, seed + 3);
      const bias = numbers(outputs, -5000, 5000, seed + 4);
      const weightScales = Float32Array.from(numbers(entries, 1, 1000, seed + 5), value => value / 7777);
      const tensors: Tensor[] = [
        {
          name: 'x',
          elementType: 'int8',
          shape: [batch, channels, rows, columns],
          role: 'input',
          quantization: { scales: Float32Array.of(0.1), zeroPoints: Int32Array.of(xZero) },
        },
        {
          name: 'w',
          elementType: 'int8',
          shape: [outputs, example.channelsPerGroup, ...kernel],
          role: 'constant',
          data: Int8Array.from(w),
          quantization: { scales: weightScales, zeroPoints: Int32Array.from(weightZeros), axis: 0 },
        },
        { name: 'b', elementType: 'int32', shape: [outputs], role: 'constant', data: Int32Array.from(bias) },
        {
          name: 'y',
          elementType: 'int8',
          shape: [batch, outputs, outputRows, outputColumns],
          role: 'output',
          quantization: { scales: Float32Array.of(0.7), zeroPoints: Int32Array.of(yZero) },
        },
      ];
      const operator: Operator = {
        name: 'c',
        kind: 'conv',
        sourceType: 'QLinearConv',
        inputs: ['x', 'w', 'b'],
        outputs: ['y'],
        attributes: { kernel, stride, dilation, padding, group },
      };
      const y = executeNetwork(
        network(operator, tensors),
        new Map([['x', numericArray(tensors[0].shape, 'int8', Int8Array.from(x))]]),
      ).get('y') as NumericArray;
      let at = 0;
      for (let n = 0; n < batch; n++)
        for (let k = 0; k < outputs; k++)
          for (let p = 0; p < outputRows; p++)
            for (let q = 0; q < outputColumns; q++) {
              let sum = bias[k];
              const scaleIndex = entries === 1 ? 0 : k;
              for (let c = 0; c < example.channelsPerGroup; c++)
                for (let r = 0; r < kernel[0]; r++)
                  for (let s = 0; s < kernel[1]; s++) {
                    const row = p * stride[0] + r * dilation[0] - padding[0];
                    const column = q * stride[1] + s * dilation[1] - padding[1];
                    if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
                    const channel = Math.floor(k / example.outputsPerGroup) * example.channelsPerGroup + c;
                    const tap =
                      w[((k * example.channelsPerGroup + c) * kernel[0] + r) * kernel[1] + s] - weightZeros[scaleIndex];
                    sum += (x[((n * channels + channel) * rows + row) * columns + column] - xZero) * tap;
                  }
              const scale = convolutionScale(Math.fround(0.1), weightScales[scaleIndex], Math.fround(0.7));
              assert.is(y.data[at++], requantizeAccumulator(sum, scale, yZero, outputRange('int8')));
            }
    }),
    { numRuns: 150 },
  );
});

kernels('accumulators wrap at 32 bits', () => {
  const channels = 40000;
  const quantization = { scales: Float32Array.of(1), zeroPoints: Int32Array.of(-128) };
  const tensors: Tensor[] = [
    { name: 'x', elementType: 'int8', shape: [1, channels], role: 'input', quantization },
    {
      name: 'w',
      elementType: 'int8',
      shape: [1, channels],
      role: 'constant',
      data: new Int8Array(channels).fill(127),
      quantization,
    },
    {
      name: 'y',
      elementType: 'int8',
      shape: [1, 1],
      role: 'output',
      quantization: { scales: Float32Array.of(2 ** 24), zeroPoints: Int32Array.of(0) },
    },
  ];
  const operator: Operator = {
    name: 'f',
    kind: 'fullyConnected',
    sourceType: 'QGemm',
    inputs: ['x', 'w'],
    outputs: ['y'],
    attributes: {},
  };
  const x = numericArray([1, channels], 'int8', new Int8Array(channels).fill(127));
  const y = executeNetwork(network(operator, tensors), new Map([['x', x]])).get('y') as NumericArray;
  assert.is(y.data[0], Math.round(((channels * 255 * 255) | 0) / 2 ** 24));
});

kernels('average pool divides by what lies under the window', () => {
  const pool = (countIncludePad: boolean): number[] => {
    const tensors: Tensor[] = [
      { name: 'x', elementType: 'float32', shape: [1, 1, 2, 2], role: 'input' },
      { name: 'y', elementType: 'float32', shape: [1, 1, 2, 2], role: 'output' },
    ];
    const operator: Operator = {
      name: 'p',
      kind: 'averagePool',
      sourceType: 'AveragePool',
      inputs: ['x'],
      outputs: ['y'],
      attributes: { kernel: [2, 2], stride: [2, 2], dilation: [1, 1], padding: [1, 1, 0, 0], countIncludePad },
    };
    const x = numericArray([1, 1, 2, 2], 'float32', Float32Array.of(4, 8, 12, 16));
    return [...(executeNetwork(network(operator, tensors), new Map([['x', x]])).get('y') as NumericArray).data].map(
      Number,
    );
  };
  // The last window of each dimension reaches one past the padded input (ceil mode): that never counts.
  assert.equal(pool(false), [4, 8, 12, 16]);
  assert.equal(pool(true), [1, 4, 6, 16]);
});

kernels.run();
