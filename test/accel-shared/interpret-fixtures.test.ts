import { ChipError, type NumericArray } from '@autodnnchip/core';
import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import { prepareNetwork } from '@autodnnchip/plugin-network-passes';
import * as assert from 'uvu/assert';
import { fixtureArray, fixtureFiles, readFixture } from '../network-passes/network-under-test.js';
import { suite } from '../support/suite.js';
import { mapNetwork, oddChips, plainChip, runMapped } from './schedule-under-test.js';

const units = ['load', 'conv', 'lane', 'store'];
const fixtures = suite('accel-shared programs of fixture networks', { timeLimitSeconds: 120 });
const odd = Object.entries(oddChips);

/** Attention in vit_tiny: not for this chip. */
const files = fixtureFiles('onnx-quant', '-q').filter(file => !file.includes('vit_tiny'));

for (const [index, file] of files.entries()) {
  const [oddName, oddChip] = odd[index % odd.length];
  fixtures(`${file}: same bits as the reference, also on a chip with ${oddName}`, async () => {
    const network = await prepareNetwork(await readFixture(file));
    const inputs = new Map([[network.inputs[0], fixtureArray(file, 'input')]]);
    // The reference of QOperator files is ONNX Runtime itself, of QDQ files their QLinear form.
    const expected = file.includes('-qop_')
      ? fixtureArray(file, 'y_noopt')
      : (executeNetwork(network, inputs).get(network.outputs[0]) as NumericArray);
    for (const chip of [plainChip, oddChip]) {
      const mapped = mapNetwork(network, chip);
      for (const seed of [undefined, index]) {
        assert.equal(
          runMapped(mapped, inputs, seed).get(network.outputs[0])?.data,
          expected.data,
          `${chip === plainChip ? 'plain' : oddName}, order ${seed}`,
        );
      }
    }
  });
}

fixtures('a missing wait shows as wrong bytes when units run in another order', async () => {
  const file = 'onnx-quant/mlperf_resnet8-qop_s8s8_pc.onnx';
  const network = await prepareNetwork(await readFixture(file));
  const inputs = new Map([[network.inputs[0], fixtureArray(file, 'input')]]);
  const expected = fixtureArray(file, 'y_noopt').data.toString();
  // A store's wait for loads of a tensor that lay there before follows from the loads' own order: it alone is never
  // missed.
  for (const [unit, other] of [
    ['load', 'conv'],
    ['load', 'lane'],
    ['load', 'store'],
    ['conv', 'load'],
    ['conv', 'store'],
    ['lane', 'load'],
    ['lane', 'store'],
    ['store', 'conv'],
    ['store', 'lane'],
  ] as const) {
    const mapped = mapNetwork(network, plainChip);
    const [waiting, awaited] = [units.indexOf(unit), units.indexOf(other)];
    for (const instruction of mapped.schedule.instructions)
      if (instruction.unit === waiting) instruction.waits[awaited] = 0;
    const wrong = [1, 2, 3, 4, 5, 6].some(
      seed => runMapped(mapped, inputs, seed).get(network.outputs[0])?.data.toString() !== expected,
    );
    assert.ok(wrong, `${unit} without waiting for ${other}`);
  }
});

fixtures('a wait for a later instruction, and one that is never met, are reported', async () => {
  const file = 'onnx-quant/lenet-qop_s8s8_pc.onnx';
  const network = await prepareNetwork(await readFixture(file));
  const inputs = new Map([[network.inputs[0], fixtureArray(file, 'input')]]);
  const mapped = mapNetwork(network, plainChip);
  const first = mapped.schedule.instructions.find(instruction => instruction.unit === units.indexOf('conv'));
  assert.ok(first !== undefined);
  first.waits[units.indexOf('store')] = 30000;
  for (const seed of [undefined, 1]) {
    assert.throws(
      () => runMapped(mapped, inputs, seed),
      (error: unknown) => error instanceof ChipError && error.code === 'ADC9001',
    );
  }
});

fixtures.run();
