import {
  createAutoDNNchip,
  Hooks,
  type NamedArray,
  type Network,
  type NumericArray,
  type Operator,
} from '@autodnnchip/core';
import { createReferenceExecutor, executeNetwork } from '@autodnnchip/plugin-executor-reference';
import { networkPasses, prepareNetwork, withRandomWeights } from '@autodnnchip/plugin-network-passes';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import {
  fixtureArray,
  fixtureFiles,
  kindsOf,
  readFixture,
  scaled,
  signalToNoise,
  sketchNetwork,
  values,
  type TensorSketch,
} from './network-under-test.js';

const quantization = suite('networks made ready for hardware');

const executor = createReferenceExecutor();
const hardwareKinds: ReadonlySet<Operator['kind']> = new Set([
  'quantize',
  'conv',
  'fullyConnected',
  'binary',
  'maxPool',
  'averagePool',
  'globalAveragePool',
  'concat',
  'reshape',
  'transpose',
  'spaceToDepth',
  'unary',
  'requantize',
  'dequantize',
]);

function run(network: Network, input: NumericArray): Float32Array {
  return (executeNetwork(network, new Map([[network.inputs[0], input]])).get(network.outputs[0]) as NumericArray)
    .data as Float32Array;
}

/** Quantize at inputs, dequantize at outputs, integers with a scale in between. */
function assertReady(network: Network): void {
  for (const operator of network.operators) {
    assert.ok(hardwareKinds.has(operator.kind), `${operator.name} is ${operator.kind}`);
    if (operator.kind === 'quantize') assert.ok(network.inputs.includes(operator.inputs[0]), operator.name);
    if (operator.kind === 'dequantize') assert.ok(network.outputs.includes(operator.outputs[0]), operator.name);
    for (const name of operator.kind === 'dequantize' ? operator.inputs : operator.outputs) {
      const tensor = network.tensors.get(name);
      assert.match(tensor?.elementType ?? '', /^u?int8$/, name);
      assert.is(tensor?.quantization?.scales.length, 1, name);
    }
  }
}

const quantizedFiles = fixtureFiles('onnx-quant', '').filter(
  file => !file.includes('vit_tiny') && !file.includes('-dyn'),
);

for (const file of quantizedFiles) {
  quantization(`${file} in QLinear form gives ONNX Runtime's outputs`, async () => {
    const network = await prepareNetwork(await readFixture(file));
    const output = run(network, fixtureArray(file, 'input'));
    const wanted = fixtureArray(file, 'y_noopt').data as Float32Array;
    assertReady(network);
    if (file.includes('mobilenet_v2-qdq')) {
      // ONNX Runtime runs this file in float, and differs from the QLinear form: see docs/integer-semantics.md.
      const step =
        network.tensors.get(network.operators[network.operators.length - 1].inputs[0])?.quantization?.scales[0] ?? 0;
      assert.is(wanted.filter((value, index) => value !== output[index]).length, 7);
      assert.ok(wanted.every((value, index) => Math.abs(value - output[index]) < 1.001 * step));
      return;
    }
    assert.equal(output, wanted);
  });
}

quantization('SkyNet has its reorg recognised in every form', async () => {
  for (const file of [...fixtureFiles('onnx-quant', 'skynet'), ...fixtureFiles('onnx', 'skynet')]) {
    const calibration = file.startsWith('onnx/') ? [{ name: 'input', ...fixtureArray(file, 'input') }] : undefined;
    const network = await prepareNetwork(await readFixture(file), { calibration, executor });
    assert.equal(
      kindsOf(network).filter(kind => ['spaceToDepth', 'reshape', 'transpose'].includes(kind)),
      ['spaceToDepth'],
      file,
    );
  }
});

for (const file of fixtureFiles('onnx', '').filter(name => !name.includes('vit_tiny'))) {
  quantization(`${file} quantised after training stays close to float`, async () => {
    const input = fixtureArray(file, 'input');
    const network = await prepareNetwork(await readFixture(file), {
      calibration: [{ name: 'input', ...input }],
      executor,
    });
    assertReady(network);
    const noise = signalToNoise(fixtureArray(file, 'output').data as Float32Array, run(network, input));
    assert.ok(noise > 30, `${noise.toFixed(1)} dB`);
  });
}

for (const file of fixtureFiles('onnx-graph', '').filter(name => !name.includes('vit_tiny'))) {
  quantization(`${file} without weights has the shape of the quantised network`, async () => {
    const network = await prepareNetwork(await readFixture(file, false));
    assertReady(network);
    assert.is(network.weightless, true);
    for (const operator of network.operators) {
      if (operator.kind === 'conv' || operator.kind === 'fullyConnected') {
        assert.is(network.tensors.get(operator.inputs[1])?.elementType, 'int8');
        assert.is(network.tensors.get(operator.inputs[2] ?? '')?.elementType ?? 'int32', 'int32');
      }
    }
  });
}

quantization('quantised networks read without weights keep their form', async () => {
  for (const file of quantizedFiles) {
    const network = await prepareNetwork(await readFixture(file, false));
    assertReady(network);
    assert.equal(kindsOf(network), kindsOf(await prepareNetwork(await readFixture(file))), file);
  }
});

quantization('a percentile leaves outliers out of the range', async () => {
  const row: TensorSketch = { shape: [1, 1000] };
  const network = sketchNetwork({ x: row, y: row }, [
    { kind: 'unary', inputs: ['x'], outputs: ['y'], attributes: { function: 'tanh' } },
  ]);
  const data = values(1000, 5);
  data[17] = 50;
  const scaleOf = async (percentile?: number): Promise<number> => {
    const prepared = await prepareNetwork(network, {
      calibration: [{ name: 'x', elementType: 'float32', shape: row.shape, data }],
      executor,
      percentile,
    });
    return prepared.tensors.get(prepared.operators[0].outputs[0])?.quantization?.scales[0] ?? NaN;
  };
  assert.ok(Math.abs((await scaleOf()) - 51 / 255) < 0.001);
  assert.ok((await scaleOf(99.8)) < 2.1 / 255);
});

quantization('random weights fill a graph, the same for the same seed', async () => {
  const graph = await readFixture('onnx-graph/mlperf_resnet8-full-ts13.onnx', false);
  const input: NamedArray = {
    name: graph.inputs[0],
    shape: [1, 3, 32, 32],
    elementType: 'float32',
    data: values(3072, 3),
  };
  const [first, again, other] = [1, 1, 2].map(seed => run(withRandomWeights(graph, seed), input));
  assert.equal(first, again);
  assert.not.equal(first, other);
  const prepared = await prepareNetwork(withRandomWeights(graph, 1), { calibration: [input], executor });
  assert.ok(signalToNoise(first, run(prepared, input)) > 20);
});

quantization('a float network without calibration is refused with the way out', async () => {
  const network = await readFixture('onnx/lenet-ts17.onnx');
  const error = await expectError('ADC3101', () => prepareNetwork(network, { executor }));
  assert.match(error.hint ?? '', /--calibration FILE\.npz.*'input'/);
  const transformer = await readFixture('onnx/vit_tiny-ts17.onnx');
  const refused = await expectError('ADC3102', () => prepareNetwork(transformer, { executor }));
  assert.match(refused.message, /LayerNormalization/);
});

quantization('calibration that nothing needs is said', async () => {
  const input = { name: 'input', ...fixtureArray('onnx-quant/lenet-qop_s8s8_pc.onnx', 'input') };
  const network = await prepareNetwork(await readFixture('onnx-quant/lenet-qop_s8s8_pc.onnx'), {
    executor,
    calibration: [input],
  });
  assert.match((network.notes ?? []).join(' '), 'calibration inputs are not used');
});

quantization('calibration that does not fit says what does', async () => {
  const network = await readFixture('onnx/lenet-ts17.onnx');
  const array = (name: string, shape: number[]): NamedArray => ({
    name,
    shape,
    elementType: 'float32',
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  });
  const wrongShape = await expectError('ADC1105', () =>
    prepareNetwork(network, { executor, calibration: [array('input', [1, 3, 5, 5])] }),
  );
  assert.match(wrongShape.message, /\[1, 3, 5, 5\]/);
  const names = await expectError('ADC1105', () =>
    prepareNetwork(network, { executor, calibration: [array('a', [1, 1, 28, 28]), array('b', [1, 1, 28, 28])] }),
  );
  assert.match(names.hint ?? '', /a, b/);
  const several = await prepareNetwork(network, { executor, calibration: [array('anything', [3, 1, 28, 28])] });
  assertReady(several);
});

const map: TensorSketch = { shape: [1, 3, 8, 8] };
const calibration: NamedArray[] = [{ name: 'x', shape: map.shape, elementType: 'float32', data: values(192, 9) }];

async function quantized(network: Network): Promise<Network> {
  return await prepareNetwork(network, { calibration, executor });
}

quantization(
  'activations become tables, products and sums quantised binaries, softmax stays float at the end',
  async () => {
    const network = sketchNetwork(
      {
        x: map,
        w: { shape: [3, 3, 1, 1], data: values(9, 1) },
        c: map,
        g: map,
        s: map,
        h: map,
        sum: map,
        flat: { shape: [1, 192] },
        y: { shape: [1, 192] },
      },
      [
        {
          kind: 'conv',
          inputs: ['x', 'w'],
          outputs: ['c'],
          attributes: { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], group: 1 },
        },
        { kind: 'unary', inputs: ['c'], outputs: ['g'], attributes: { function: 'sigmoid' } },
        { kind: 'binary', inputs: ['c', 'g'], outputs: ['s'], attributes: { function: 'mul' } },
        { kind: 'unary', inputs: ['s'], outputs: ['h'], attributes: { function: 'hardSwish' } },
        { kind: 'binary', inputs: ['h', 'c'], outputs: ['sum'], attributes: { function: 'add' } },
        { kind: 'reshape', inputs: ['sum'], outputs: ['flat'], attributes: {} },
        { kind: 'softmax', inputs: ['flat'], outputs: ['y'], attributes: { axis: 1 } },
      ],
    );
    const after = await quantized(network);
    assert.equal(kindsOf(after), ['quantize', 'conv', 'unary', 'unary', 'binary', 'reshape', 'dequantize', 'softmax']);
    assert.ok(signalToNoise(run(network, calibration[0]), run(after, calibration[0])) > 30);
  },
);

quantization('what cannot be quantised stays float amid the network', async () => {
  const network = sketchNetwork({ x: map, a: map, d: map, y: map }, [
    { kind: 'unary', inputs: ['x'], outputs: ['a'], attributes: { function: 'tanh' } },
    { kind: 'binary', inputs: ['a', 'x'], outputs: ['d'], attributes: { function: 'sub' } },
    {
      kind: 'maxPool',
      inputs: ['d'],
      outputs: ['y'],
      attributes: {
        kernel: [1, 1],
        stride: [1, 1],
        dilation: [1, 1],
        padding: [0, 0, 0, 0],
        clamp: { low: 0, high: 0.5 },
      },
    },
  ]);
  const after = await quantized(network);
  assert.equal(kindsOf(after), ['quantize', 'unary', 'dequantize', 'binary', 'quantize', 'maxPool', 'dequantize']);
  assert.ok(signalToNoise(run(network, calibration[0]), run(after, calibration[0])) > 20);
});

quantization(
  'QDQ form: clips become clamps, changes of scale requantisations, odd biases are requantised',
  async () => {
    const bytes = (shape: readonly number[], scale: number, zeroPoint: number): TensorSketch => ({
      shape,
      type: 'int8',
      quantization: scaled(scale, zeroPoint),
    });
    const network = sketchNetwork(
      {
        x: bytes([1, 2, 4, 4], 0.02, -7),
        xf: { shape: [1, 2, 4, 4] },
        w: { ...bytes([3, 2, 1, 1], 0.01, 0), data: Int8Array.of(90, -30, 60, 100, -120, 20) },
        wf: { shape: [3, 2, 1, 1] },
        b: { shape: [3], data: Float32Array.of(0.1, -0.2, 0.3) },
        c: { shape: [1, 3, 4, 4] },
        r: { shape: [1, 3, 4, 4] },
        rq: bytes([1, 3, 4, 4], 0.01, -20),
        rf: { shape: [1, 3, 4, 4] },
        m: { shape: [1, 3, 2, 2] },
        mq: bytes([1, 3, 2, 2], 0.013, 5),
        y: { shape: [1, 3, 2, 2] },
      },
      [
        { kind: 'dequantize', inputs: ['x'], outputs: ['xf'], attributes: {} },
        { kind: 'dequantize', inputs: ['w'], outputs: ['wf'], attributes: {} },
        {
          kind: 'conv',
          inputs: ['xf', 'wf', 'b'],
          outputs: ['c'],
          attributes: { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], group: 1 },
        },
        { kind: 'clip', inputs: ['c'], outputs: ['r'], attributes: { low: -0.1, high: 0.9 } },
        { kind: 'quantize', inputs: ['r'], outputs: ['rq'], attributes: {} },
        { kind: 'dequantize', inputs: ['rq'], outputs: ['rf'], attributes: {} },
        {
          kind: 'maxPool',
          inputs: ['rf'],
          outputs: ['m'],
          attributes: { kernel: [2, 2], stride: [2, 2], dilation: [1, 1], padding: [0, 0, 0, 0] },
        },
        { kind: 'quantize', inputs: ['m'], outputs: ['mq'], attributes: {} },
        { kind: 'dequantize', inputs: ['mq'], outputs: ['y'], attributes: {} },
      ],
    );
    const after = await prepareNetwork(network);
    assert.equal(kindsOf(after), ['conv', 'maxPool', 'requantize', 'dequantize']);
    assert.equal(after.operators[0].kind === 'conv' && after.operators[0].attributes.clamp, { low: -30, high: 70 });
    const x: NumericArray = {
      shape: [1, 2, 4, 4],
      elementType: 'int8',
      data: Int8Array.from(values(32, 11), value => value * 128),
    };
    const [wanted, got] = [run(network, x), run(after, x)];
    assert.ok(
      wanted.every((value, index) => Math.abs(value - got[index]) < 1.001 * Math.fround(0.013)),
      `${[...wanted].join(' ')} and ${[...got].join(' ')}`,
    );
  },
);

quantization('a relu on integers of one scale is a clamp, one between scales a table', () => {
  const network = (scale: number): Network =>
    sketchNetwork(
      {
        x: { shape: [1, 3], type: 'int8', quantization: scaled(0.5, 4) },
        w: { shape: [2, 3], type: 'int8', data: Int8Array.of(1, 2, 3, -4, 5, -6), quantization: scaled(0.1) },
        f: { shape: [1, 2], type: 'int8', quantization: scaled(0.2, -5) },
        y: { shape: [1, 2], type: 'int8', quantization: scaled(scale, -5) },
      },
      [
        { kind: 'fullyConnected', inputs: ['x', 'w'], outputs: ['f'], attributes: {} },
        { kind: 'unary', inputs: ['f'], outputs: ['y'], attributes: { function: 'relu' } },
      ],
    );
  const check = async (scale: number, kinds: string[]): Promise<void> => {
    const before = network(scale);
    const after = await prepareNetwork(before);
    assert.equal(kindsOf(after), kinds);
    const x: NumericArray = { shape: [1, 3], elementType: 'int8', data: Int8Array.of(-30, 7, 90) };
    assert.equal(run(after, x), run(before, x));
  };
  return Promise.all([check(0.2, ['fullyConnected']), check(0.1, ['fullyConnected', 'unary'])]).then(() => undefined);
});

quantization('the plugin runs the passes in the stages of transformNetwork', async () => {
  const file = 'onnx-quant/skynet-qdq_s8s8_pc.onnx';
  const chip = createAutoDNNchip({ plugins: [networkPasses({ executor })] });
  const network = await readFixture(file);
  const transformed = await chip.get(Hooks).transformNetwork.promise({ network, purpose: 'build' });
  assert.equal(kindsOf(transformed.network), kindsOf(await prepareNetwork(network)));
});

quantization.run();
