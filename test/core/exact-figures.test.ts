import { requireExactFigures, type LayerPrediction, type Prediction } from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const test = suite('exact figures');

const layer: LayerPrediction = {
  name: 'conv',
  operator: 'conv',
  latencyCycles: 2 ** 53 - 1,
  energyPicojoules: 1,
  limitedBy: 'compute',
  multiplyAccumulates: 2 ** 53 - 1,
  utilization: 1,
  readBytes: 0,
  writtenBytes: 0,
};
const prediction: Prediction = {
  mode: 'fine',
  platform: 'any',
  batch: 1,
  clockMegahertz: 100,
  latencyCycles: 2 ** 53 - 1,
  latencySeconds: 1,
  throughputPerSecond: 1,
  energyPicojoules: 1,
  powerMilliwatts: 1,
  resources: { multipliers: 0 },
  blocks: [],
  layers: [layer],
  notCosted: [],
};

test('figures up to the last exact one are shown', () => {
  assert.is(requireExactFigures(prediction), prediction);
});

for (const figure of ['latencyCycles', 'multiplyAccumulates', 'readBytes', 'writtenBytes'] as const) {
  for (const value of [2 ** 53, Infinity, Number.NaN, -1]) {
    test(`${figure} of a layer that is ${value} is refused with its layer`, async () => {
      const error = await expectError(value > 0 ? 'ADC3503' : 'ADC3504', () =>
        requireExactFigures({ ...prediction, layers: [layer, { ...layer, name: 'other', [figure]: value }] }),
      );
      assert.is(error.location?.node, 'other');
      assert.match(error.message, figure);
    });
  }
}

test('cycles of a network, and rates that are not finite, are refused', async () => {
  await expectError('ADC3503', () => requireExactFigures({ ...prediction, latencyCycles: 2 ** 60 }));
  for (const figure of ['energyPicojoules', 'powerMilliwatts', 'throughputPerSecond'] as const) {
    await expectError('ADC3503', () => requireExactFigures({ ...prediction, [figure]: Infinity }));
  }
});

test.run();
