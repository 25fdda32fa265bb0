import type { Log, Prediction } from '@autodnnchip/core';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import * as assert from 'uvu/assert';
import { parseDocument } from '../cli/documents.js';
import { run } from '../cli/run.js';
import { floats, writeModel, type ModelSpec, type NodeSpec } from '../frontend-onnx/onnx-writer.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { listed, platforms, predict, totalProducts } from './all-platforms.js';

const batches = suite('batch', { timeLimitSeconds: 120 });
const silent: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};

const node = (
  operator: string,
  name: string,
  inputs: readonly string[],
  attributes: NodeSpec['attributes'] = {},
): NodeSpec => ({ operator, name, inputs, outputs: [`${name}_y`], attributes });

function convolutional(batch: number | string): ModelSpec {
  return {
    inputs: [{ name: 'x', shape: [batch, 16, 32, 32] }],
    outputs: [{ name: 'fc_y' }],
    initializers: [floats('w1', [64, 16, 3, 3]), floats('w2', [64, 64, 3, 3]), floats('w3', [10, 64])],
    nodes: [
      node('Conv', 'c1', ['x', 'w1'], { pads: [1, 1, 1, 1] }),
      node('Relu', 'r1', ['c1_y']),
      node('Conv', 'c2', ['r1_y', 'w2'], { pads: [1, 1, 1, 1] }),
      node('GlobalAveragePool', 'gap', ['c2_y']),
      node('Flatten', 'flat', ['gap_y']),
      node('Gemm', 'fc', ['flat_y', 'w3'], { transB: 1 }),
    ],
  };
}

batches(
  'a batch of the file is the batch of the prediction: as if the file for one input had been predicted with it',
  () => {
    for (const { id } of platforms) {
      for (const batch of [2, 8]) {
        const [own, given, one] = [
          predict(convolutional(batch), id),
          predict(convolutional(1), id, batch),
          predict(convolutional(1), id, 1),
        ];
        assert.is(own.prediction.batch, batch, id);
        assert.is(own.prediction.latencyCycles, given.prediction.latencyCycles, id);
        assert.is(own.prediction.energyPicojoules, given.prediction.energyPicojoules, id);
        assert.is(totalProducts(own), batch * totalProducts(one), id);
        assert.is(totalProducts(given), totalProducts(one), id);
        assert.equal(listed(own), listed(one), id);
        for (const { prediction } of [own, given])
          assert.ok(
            prediction.layers.every(({ utilization }) => utilization <= 1 + 1e-9),
            id,
          );
      }
    }
  },
);

batches('an open batch is one input; on the DPU inputs come one after another', () => {
  const [open, eight, one] = [
    predict(convolutional('N'), 'dpu-b4096-kv260'),
    predict(convolutional(8), 'dpu-b4096-kv260'),
    predict(convolutional(1), 'dpu-b4096-kv260'),
  ];
  assert.is(open.prediction.batch, 1);
  assert.is(open.prediction.latencyCycles, one.prediction.latencyCycles);
  assert.ok(
    eight.prediction.latencyCycles > 7 * one.prediction.latencyCycles &&
      eight.prediction.latencyCycles <= 8 * one.prediction.latencyCycles,
  );
});

batches('another batch than the one that the file has is refused', async () => {
  const error = await expectError('ADC3003', () => predict(convolutional(8), 'jetson-tx2', 4));
  assert.match(error.message, 'batch of 8');
  assert.is(predict(convolutional(8), 'jetson-tx2', 8).prediction.batch, 8);
});

batches('energy per inference is that of one inference, and power is that of the batch over its latency', () => {
  for (const { id } of platforms.filter(({ id: name }) => !name.startsWith('dpu'))) {
    for (const batch of [1, 4, 16]) {
      const { prediction, total } = predict(convolutional(1), id, batch);
      const { energyPicojoules, powerMilliwatts, throughputPerSecond, latencySeconds, layers } = prediction;
      assert.ok(Math.abs((energyPicojoules * 1e-12) / ((powerMilliwatts * 1e-3) / throughputPerSecond) - 1) < 1e-9, id);
      assert.ok(
        Math.abs((powerMilliwatts * 1e-3 * latencySeconds) / (batch * energyPicojoules * 1e-12) - 1) < 1e-9,
        id,
      );
      assert.ok(
        Math.abs(layers.reduce((sum, layer) => sum + layer.energyPicojoules, 0) / energyPicojoules - 1) < 1e-9,
        id,
      );
      assert.ok(Math.abs((total['energy'] ?? NaN) / (batch * energyPicojoules * 1e-12) - 1) < 1e-9, id);
    }
  }
});

batches('rows of matrices that stay apart are a batch, computed together; rows that meet are one input', () => {
  const mlp = (rows: number): ModelSpec => ({
    inputs: [{ name: 'x', shape: [rows, 128] }],
    outputs: [{ name: 'p_y' }],
    initializers: [floats('w1', [128, 64]), floats('w2', [64, 10])],
    nodes: [
      node('MatMul', 'f1', ['x', 'w1']),
      node('Relu', 'r', ['f1_y']),
      node('MatMul', 'f2', ['r_y', 'w2']),
      node('Softmax', 'p', ['f2_y'], { axis: 1 }),
    ],
  });
  for (const { id } of platforms) {
    const [one, sixteen] = [predict(mlp(1), id, 1), predict(mlp(16), id)];
    assert.is(sixteen.prediction.batch, 16, id);
    assert.is(totalProducts(sixteen), 16 * totalProducts(one), id);
    // ShiDianNao's array is filled better by the outputs of one row than by 16 pixels.
    if (id !== 'shidiannao') assert.ok(sixteen.prediction.latencyCycles < 16 * one.prediction.latencyCycles, id);
  }
  const attention: ModelSpec = {
    inputs: [{ name: 'x', shape: [16, 128] }],
    outputs: [{ name: 'a_y' }],
    initializers: [floats('w', [128, 64])],
    nodes: [
      node('MatMul', 'q', ['x', 'w']),
      node('Transpose', 't', ['q_y'], { perm: [1, 0] }),
      node('MatMul', 's', ['q_y', 't_y']),
      node('MatMul', 'a', ['s_y', 'q_y']),
    ],
  };
  const { prediction } = predict(attention, 'jetson-tx2');
  assert.is(prediction.batch, 1);
  assert.is(totalProducts(predict(attention, 'jetson-tx2')), 16 * 128 * 64 + 16 * 64 * 16 + 16 * 16 * 64);
});

batches('the batch is named in text and document, and the latency is said to be that of the batch', async () => {
  const file = writeModel(convolutional(8));
  const predictFile = async (...argv: string[]): Promise<string> =>
    (await run(['predict', ...argv], { plugins: defaultPlugins(silent) })).output;
  const text = await predictFile(file, '--platform', 'eyeriss');
  assert.match(text, /^batch +8 inputs computed together$/m);
  assert.match(text, /^latency of the batch /m);
  assert.is(parseDocument('predict', await predictFile(file, '--platform', 'eyeriss', '--json'))['batch'], 8);
  const usual = await predictFile(writeModel(convolutional(1)), '--platform', 'eyeriss');
  assert.match(usual, /^batch +4 inputs computed together$/m);
  const single = await predictFile(writeModel(convolutional(1)), '--platform', 'jetson-tx2');
  assert.match(single, /^latency +[\d,]+ cycles/m);
});

batches('energy per inference of the usual batch of four: power over throughput', async () => {
  const file = writeModel({
    inputs: [{ name: 'x', shape: [1, 128, 8, 8] }],
    outputs: [{ name: 'lin_y' }],
    initializers: [floats('w', [256, 128, 1, 1])],
    nodes: [node('Conv', 'lin', ['x', 'w'])],
  });
  const predictFile = async (...argv: string[]): Promise<string> =>
    (await run(['predict', file, '--platform', 'eyeriss', ...argv], { plugins: defaultPlugins(silent) })).output;
  const { powerMilliwatts, throughputPerSecond, batch } = parseDocument(
    'predict',
    await predictFile('--json'),
  ) as unknown as Prediction;
  assert.is(batch, 4);
  assert.match(
    await predictFile(),
    new RegExp(`^energy +${((powerMilliwatts * 1e3) / throughputPerSecond).toFixed(2)} µJ per inference$`, 'm'),
  );
});

batches.run();
