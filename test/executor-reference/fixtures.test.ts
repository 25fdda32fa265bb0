import { createAutoDNNchip, NetworkExecutor, type Network, type NumericArray } from '@autodnnchip/core';
import { createReferenceExecutor, executeNetwork, referenceExecutor } from '@autodnnchip/plugin-executor-reference';
import * as assert from 'uvu/assert';
import { fixtureArray, fixtureFiles, readFixture } from '../network-passes/network-under-test.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const fixtures = suite('reference executor on fixtures');

function run(network: Network, input: NumericArray): ArrayLike<number> {
  return (executeNetwork(network, new Map([[network.inputs[0], input]])).get(network.outputs[0]) as NumericArray)
    .data as Float32Array;
}

for (const file of fixtureFiles('onnx-quant', '-qop_').filter(name => !name.includes('vit_tiny'))) {
  fixtures(`${file} equals ONNX Runtime bit for bit`, async () => {
    const output = run(await readFixture(file), fixtureArray(file, 'input'));
    assert.equal(output, fixtureArray(file, 'y_noopt').data);
  });
}

for (const file of fixtureFiles('onnx', '').filter(name => !name.includes('vit_tiny'))) {
  fixtures(`${file} equals PyTorch within 1e-4`, async () => {
    const output = run(await readFixture(file), fixtureArray(file, 'input'));
    const wanted = fixtureArray(file, 'output').data as Float32Array;
    assert.is(output.length, wanted.length);
    for (let index = 0; index < wanted.length; index++) assert.ok(Math.abs(wanted[index] - output[index]) < 1e-4);
  });
}

fixtures('keeps every tensor when asked to, and only outputs otherwise', async () => {
  const network = await readFixture('onnx-quant/lenet-qop_s8s8_pc.onnx');
  const inputs = new Map([[network.inputs[0], fixtureArray('onnx-quant/lenet-qop_s8s8_pc.onnx', 'input')]]);
  assert.equal([...executeNetwork(network, inputs).keys()], network.outputs);
  const all = executeNetwork(network, inputs, { keep: 'all' });
  for (const operator of network.operators) assert.ok(all.has(operator.outputs[0]), operator.name);
});

fixtures('says which input is missing or has the wrong shape, and which operators it cannot run', async () => {
  const network = await readFixture('onnx-quant/lenet-qop_s8s8_pc.onnx');
  const missing = await expectError('ADC1105', () => executeNetwork(network, new Map()));
  assert.match(missing.hint ?? '', new RegExp(network.inputs[0]));
  const input = fixtureArray('onnx-quant/lenet-qop_s8s8_pc.onnx', 'input');
  await expectError('ADC1105', () =>
    executeNetwork(network, new Map([[network.inputs[0], { ...input, shape: [1, 1, 1, input.data.length] }]])),
  );
  const transformer = await readFixture('onnx/vit_tiny-ts17.onnx');
  const unknown = await expectError('ADC3103', () => executeNetwork(transformer, new Map()));
  assert.match(unknown.message, /LayerNormalization/);
  const weightless = await readFixture('onnx-graph/lenet-full-ts13.onnx', false);
  const empty = { shape: [1, 1, 28, 28], elementType: 'float32' as const, data: new Float32Array(784) };
  const noWeights = await expectError('ADC3103', () =>
    executeNetwork(weightless, new Map([[weightless.inputs[0], empty]])),
  );
  assert.match(noWeights.message, /without its weights/);
});

fixtures('is the NetworkExecutor service', async () => {
  const executor = createAutoDNNchip({ plugins: [referenceExecutor()] }).get(NetworkExecutor);
  const file = 'onnx-quant/mlperf_dscnn-qop_u8u8_pt.onnx';
  const network = await readFixture(file);
  const results = await executor.run(network, [{ name: network.inputs[0], ...fixtureArray(file, 'input') }]);
  assert.equal(
    results.map(({ name, data }) => ({ name, data })),
    [{ name: network.outputs[0], data: fixtureArray(file, 'y_noopt').data }],
  );
  assert.type(createReferenceExecutor().run, 'function');
});

fixtures.run();
