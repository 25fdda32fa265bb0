import { createAutoDNNchip } from '@autodnnchip/core';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { defaultPlugins } from '../../plugins/cli/src/default-plugins.js';
import { plainChip } from '../accel-shared/schedule-under-test.js';
import { suite } from '../support/suite.js';
import { backendTestNames, findBackendData, readBackendTest } from './backend-data.js';
import { runBackendTest } from './run-backend-test.js';

const backend = suite('backend tests of the PyPI package onnx', { timeLimitSeconds: 120 });
const data = findBackendData();
const seed = 11;
const drawn = 300;
/** On the chip as a whole. */
const accepted = [
  'abs',
  'add',
  'averagepool_2d_dilations',
  'averagepool_2d_pads_count_include_pad',
  'erf',
  'globalmaxpool',
  'hardswish_expanded',
  'maxpool_2d_pads',
  'maxpool_2d_same_lower',
  'spacetodepth_example',
];

const silent = { warn: () => undefined, info: () => undefined, detail: () => undefined, progress: () => undefined };
const settings = { chip: createAutoDNNchip({ plugins: defaultPlugins(silent) }), configuration: plainChip, rtl: false };
const test = backend.unless(
  data === undefined
    ? 'not installed: python3 with onnx, 1.19 or older; ONNX_TEST_DATA can name its backend/test/data'
    : undefined,
);

test(`${drawn} of them, drawn with seed ${seed}: each is right or refused with a code`, async () => {
  const folder = data ?? '';
  const [names] = fc.sample(fc.shuffledSubarray(backendTestNames(folder), { minLength: drawn, maxLength: drawn }), {
    numRuns: 1,
    seed,
  });
  for (const name of names) {
    const { verdict, detail } = await runBackendTest(readBackendTest(folder, name), settings);
    assert.ok(verdict !== 'wrong' && verdict !== 'crashed', `${name} (${verdict}): ${detail}`);
  }
});

test('pools, functions and reorgs run on the chip, as near to the expected values as 8 bits allow', async () => {
  for (const name of accepted) {
    const { verdict, detail } = await runBackendTest(readBackendTest(data ?? '', `node/test_${name}`), settings);
    assert.is(verdict, 'accepted', `${name}: ${detail}`);
  }
});

backend.run();
