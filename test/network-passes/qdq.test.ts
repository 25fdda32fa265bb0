import { type Network, type NumericArray, type Operator } from '@autodnnchip/core';
import { createReferenceExecutor, executeNetwork } from '@autodnnchip/plugin-executor-reference';
import { prepareNetwork } from '@autodnnchip/plugin-network-passes';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { kindsOf, scaled, sketchNetwork, values, type TensorSketch } from './network-under-test.js';

const qdq = suite('QDQ form');

function differing(left: Float32Array, right: Float32Array): number {
  return left.filter((value, index) => value !== right[index]).length;
}

type Sketch = Omit<Operator, 'name' | 'sourceType'>;
const window = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1] } as const;
const map: TensorSketch = { shape: [1, 4, 6, 6] };
const bytes = (shape: readonly number[], scale: number, zeroPoint: number): TensorSketch => ({
  shape,
  type: 'int8',
  quantization: scaled(scale, zeroPoint),
});
const input: NumericArray = { shape: map.shape, elementType: 'float32', data: values(144, 3) };

function run(network: Network): Float32Array {
  return (executeNetwork(network, new Map([['x', input]])).get(network.outputs[0]) as NumericArray)
    .data as Float32Array;
}

/** x, quantised, through a convolution to the float tensor c. */
function convolution(
  weights: Int8Array,
  weightScales: readonly number[],
  bias: readonly number[],
  attributes: object = {},
): { tensors: Record<string, TensorSketch>; operators: Sketch[] } {
  const quantization = { scales: Float32Array.from(weightScales), zeroPoints: new Int32Array(4), axis: 0 };
  return {
    tensors: {
      x: map,
      xq: bytes(map.shape, 0.01, 3),
      xd: map,
      w: { shape: [4, 4, 3, 3], type: 'int8', data: weights, quantization },
      wd: { shape: [4, 4, 3, 3] },
      b: { shape: [4], data: Float32Array.from(bias) },
      c: map,
    },
    operators: [
      { kind: 'quantize', inputs: ['x'], outputs: ['xq'], attributes: {} },
      { kind: 'dequantize', inputs: ['xq'], outputs: ['xd'], attributes: {} },
      { kind: 'dequantize', inputs: ['w'], outputs: ['wd'], attributes: {} },
      { kind: 'conv', inputs: ['xd', 'wd', 'b'], outputs: ['c'], attributes: { ...window, group: 1, ...attributes } },
    ] as Sketch[],
  };
}

const someWeights = Int8Array.from(values(144, 9), value => Math.round(value * 127));
const plain = convolution(someWeights, [0.003, 0.002, 0.004, 0.001], [0.1, -0.2, 0.05, 0]);

/** What may stand between a convolution and its quantize operator; shapes follow. */
interface Step {
  readonly operator: (from: string, to: string) => Sketch;
  readonly shape: (before: readonly number[]) => readonly number[];
}
const same = (shape: readonly number[]): readonly number[] => shape;
const steps: Readonly<Record<string, Step>> = {
  relu: {
    operator: (from, to) => ({ kind: 'unary', inputs: [from], outputs: [to], attributes: { function: 'relu' } }),
    shape: same,
  },
  clip: {
    operator: (from, to) => ({
      kind: 'clip',
      inputs: [from],
      outputs: [to],
      attributes: { low: Math.fround(-0.123), high: Math.fround(0.345) },
    }),
    shape: same,
  },
  maxPool: {
    operator: (from, to) => ({
      kind: 'maxPool',
      inputs: [from],
      outputs: [to],
      attributes: { kernel: [2, 2], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 1, 1] },
    }),
    shape: same,
  },
  pad: {
    operator: (from, to) => ({
      kind: 'pad',
      inputs: [from],
      outputs: [to],
      attributes: { before: [0, 0, 1, 0], after: [0, 0, 0, 1], value: 0 },
    }),
    shape: ([n, c, h, w]) => [n, c, h + 1, w + 1],
  },
  transpose: {
    operator: (from, to) => ({
      kind: 'transpose',
      inputs: [from],
      outputs: [to],
      attributes: { permutation: [0, 1, 3, 2] },
    }),
    shape: ([n, c, h, w]) => [n, c, w, h],
  },
};

qdq(
  'what commutes with quantisation may lie before the quantize operator or behind the dequantize operator, in any order',
  async () => {
    const names = Object.keys(steps);
    const chain = fc.array(fc.constantFrom(...names), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        chain,
        chain,
        fc.double({ min: 0.002, max: 0.02, noNaN: true }),
        fc.integer({ min: -128, max: 100 }),
        async (before, after, scale, zeroPoint) => {
          const { tensors, operators } = convolution(someWeights, [0.003, 0.002, 0.004, 0.001], [0.1, -0.2, 0.05, 0]);
          let [name, shape] = ['c', map.shape];
          const add = (list: readonly string[], isMoved: boolean): void => {
            for (const [index, step] of list.entries()) {
              if (isMoved && step === 'clip') continue;
              const next = `${name}${index}`;
              shape = steps[step].shape(shape);
              tensors[next] = { shape };
              operators.push(steps[step].operator(name, next));
              name = next;
            }
          };
          add(before, false);
          operators.push(
            { kind: 'quantize', inputs: [name], outputs: ['q'], attributes: {} },
            { kind: 'dequantize', inputs: ['q'], outputs: ['d'], attributes: {} },
          );
          Object.assign(tensors, { q: bytes(shape, scale, zeroPoint), d: { shape } });
          name = 'd';
          add(after, true);
          const network = sketchNetwork(tensors, operators);
          const ready = await prepareNetwork(network);
          // The float run of the file is exact here but for products that round near a tie; the integer form says
          // which.
          assert.ok(
            ready.operators.every(
              ({ kind, outputs }) => kind === 'dequantize' || ready.tensors.get(outputs[0])?.elementType === 'int8',
            ),
            kindsOf(ready).join(),
          );
          const [wanted, got] = [run(network), run(ready)];
          assert.is(got.length, wanted.length);
          const different = got.filter((value, index) => value !== wanted[index]);
          assert.ok(
            different.length <= got.length / 50 &&
              got.every((value, index) => Math.abs(value - wanted[index]) < 1.01 * scale),
            `${before.join()} | ${after.join()}: ${different.length} differ`,
          );
        },
      ),
      { numRuns: 60, seed: 20 },
    );
  },
);

/** The convolution and its quantize and dequantize operators. */
function quantized(
  weights: Int8Array,
  scales: readonly number[],
  bias: readonly number[],
  step = 0.02,
  attributes: object = {},
): Network {
  const { tensors, operators } = convolution(weights, scales, bias, attributes);
  Object.assign(tensors, { q: bytes(map.shape, step, -128), d: map });
  operators.push(
    { kind: 'quantize', inputs: ['c'], outputs: ['q'], attributes: {} },
    { kind: 'dequantize', inputs: ['q'], outputs: ['d'], attributes: {} },
  );
  return sketchNetwork(tensors, operators);
}

/** Weights of zero in channel 2. */
const deadWeights = someWeights.map((value, index) => (index >= 72 && index < 108 ? 0 : value));

qdq('a bias beyond 32 bits gets a larger weight scale where that is exact, or as good', async () => {
  for (const [weights, scales, bias] of [
    [deadWeights, [0.003, 0.002, 1.1920929e-7, 0.001], [0.1, -0.2, 2, 0]],
    [deadWeights, [0.003, 0.002, 1e-30, 0.001], [0.1, -0.2, 1.37, 0]],
    [deadWeights, [0.003, 0.002, 1e-12, 0.001], [0.1, -0.2, -3e8, 0]],
    [someWeights, [0.003, 0.002, 1.1920929e-7, 0.001], [0.1, -0.2, 3, 0]],
    [someWeights, [0.003, 0.002, 1.1920929e-7, 0.001], [0.1, -0.2, 1e9, 0]],
    [someWeights, [1e-20, 1e-20, 1e-20, 1e-20], [0.1, 0.2, 0.3, 0.4]],
  ] as const) {
    const network = quantized(Int8Array.from(weights), scales, bias);
    const ready = await prepareNetwork(network);
    assert.equal(kindsOf(ready), ['quantize', 'conv', 'dequantize']);
    assert.is(differing(run(ready), run(network)), 0, `${scales.join()} ${bias.join()}`);
  }
});

qdq(
  'weights that are real numbers amid quantised tensors are rounded where calibration is asked for, and that is said',
  async () => {
    const network = quantized(someWeights, [0.003, 0.002, 0.004, 0.001], [0.1, -0.2, 0.05, 0]);
    const real = Float32Array.from(someWeights, (value, index) =>
      Math.fround(value * [0.003, 0.002, 0.004, 0.001][Math.floor(index / 36)]),
    );
    const tensors = new Map(network.tensors).set('wd', {
      ...network.tensors.get('wd')!,
      role: 'constant' as const,
      data: real,
    });
    tensors.delete('w');
    const withReal = { ...network, tensors, operators: network.operators.filter(({ inputs }) => inputs[0] !== 'w') };
    assert.equal(kindsOf(await prepareNetwork(withReal)), ['quantize', 'dequantize', 'conv', 'quantize', 'dequantize']);
    const executor = createReferenceExecutor();
    const ready = await prepareNetwork(withReal, { executor, calibration: [{ name: 'x', ...input }] });
    assert.equal(kindsOf(ready), ['quantize', 'conv', 'dequantize']);
    assert.match(String(ready.notes), /weights of conv\d+ \(conv\) are real numbers/);
    const [wanted, got] = [run(network), run(ready)];
    assert.ok(got.every((value, index) => Math.abs(value - wanted[index]) < 2.01 * 0.02));
  },
);

qdq('a bias that no weight scale fits is refused with its channel', async () => {
  // The products of channel 1 matter beside its bias, which is out of reach: the output starts at -1e9.
  const network = quantized(someWeights, [0.003, 0.0009, 0.001, 0.001], [0.1, 4e7, 2, 0], 0.02);
  const far = {
    ...network,
    tensors: new Map(network.tensors).set('q', { ...network.tensors.get('q')!, quantization: scaled(400000, -128) }),
  };
  assert.equal(kindsOf(await prepareNetwork(far)), ['quantize', 'conv', 'dequantize']);
  const { tensors } = quantized(someWeights, [0.003, 1e-6, 0.001, 0.001], [0.1, 30, 2, 0], 1e-9);
  const fine = {
    ...network,
    tensors: new Map(tensors)
      .set('q', { ...tensors.get('q')!, quantization: scaled(2.6e-7, 0) })
      .set('b', { ...tensors.get('b')!, data: Float32Array.of(0.1, Infinity, 2, 0) }),
  };
  const error = await expectError('ADC3102', () => prepareNetwork(fine));
  assert.match(error.message, /^Channel 1 of conv3 \(conv\) has no integer form: its bias is Infinity/);
});

qdq('a tensor that is quantised in two ways is computed once for each', async () => {
  const { tensors, operators } = plain;
  const network = sketchNetwork(
    {
      ...tensors,
      q: bytes(map.shape, 0.0213, 0),
      d: map,
      r: bytes(map.shape, 0.0117, -5),
      e: map,
      s: map,
      y: bytes(map.shape, 0.0311, 1),
      z: map,
    },
    [
      ...operators,
      { kind: 'quantize', inputs: ['c'], outputs: ['q'], attributes: {} },
      { kind: 'dequantize', inputs: ['q'], outputs: ['d'], attributes: {} },
      { kind: 'quantize', inputs: ['c'], outputs: ['r'], attributes: {} },
      { kind: 'dequantize', inputs: ['r'], outputs: ['e'], attributes: {} },
      { kind: 'binary', inputs: ['d', 'e'], outputs: ['s'], attributes: { function: 'add' } },
      { kind: 'quantize', inputs: ['s'], outputs: ['y'], attributes: {} },
      { kind: 'dequantize', inputs: ['y'], outputs: ['z'], attributes: {} },
    ] as Sketch[],
  );
  const ready = await prepareNetwork(network);
  assert.equal(kindsOf(ready), ['quantize', 'conv', 'conv', 'binary', 'dequantize']);
  assert.is(differing(run(ready), run(network)), 0);
});

qdq('a clip of integers narrows the range of what is before it, and of constants', async () => {
  const { tensors, operators } = convolution(someWeights, [0.003, 0.002, 0.004, 0.001], [0.1, -0.2, 0.05, 0]);
  const weight = { ...tensors['w'] };
  const network = sketchNetwork(
    {
      ...tensors,
      w0: weight,
      w: { shape: weight.shape, type: 'int8', quantization: weight.quantization ?? scaled(1) },
      q: bytes(map.shape, 0.004, -3),
      k: bytes(map.shape, 0.004, -3),
      d: map,
    },
    [
      { kind: 'clip', inputs: ['w0'], outputs: ['w'], attributes: { low: -63, high: 63 } },
      ...operators,
      { kind: 'quantize', inputs: ['c'], outputs: ['q'], attributes: {} },
      { kind: 'clip', inputs: ['q'], outputs: ['k'], attributes: { low: -64, high: 63 } },
      { kind: 'dequantize', inputs: ['k'], outputs: ['d'], attributes: {} },
    ] as Sketch[],
  );
  const ready = await prepareNetwork(network);
  assert.equal(kindsOf(ready), ['quantize', 'conv', 'dequantize']);
  const levels = [...run(ready)].map(value => Math.round(value / 0.004) - 3);
  assert.is(Math.max(...levels), 63);
  assert.is(Math.min(...levels), -64);
  const weights = ready.tensors.get(ready.operators[1].inputs[1])?.data as Int8Array;
  assert.is(Math.max(...weights), 63);
});

qdq.run();
