import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createAutoDNNchip,
  NetworkLoader,
  pluginApiVersion,
  type Network,
  type NetworkTransformation,
} from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite('network loader');

const read: Network = {
  name: 'read',
  source: 'x',
  inputs: [],
  outputs: [],
  operators: [],
  tensors: new Map(),
  weightless: false,
};

test('reads through the front ends, then through the passes', async () => {
  const path = join(temporaryFolder(), 'model.test');
  writeFileSync(path, 'model');
  const seen: NetworkTransformation[] = [];
  const loader = createAutoDNNchip({
    plugins: [
      {
        name: 'front',
        apiVersion: pluginApiVersion,
        apply({ hooks }) {
          hooks.loadNetwork.tapPromise('front', file =>
            Promise.resolve(file.weights ? read : { ...read, weightless: true }),
          );
          hooks.transformNetwork.tapPromise('pass', transformation => {
            seen.push(transformation);
            return Promise.resolve({ ...transformation, network: { ...transformation.network, name: 'ready' } });
          });
        },
      },
    ],
  }).get(NetworkLoader);
  const calibration = [{ name: 'x', elementType: 'float32', shape: [1], data: new Float32Array(1) }] as const;
  assert.is((await loader.load({ path, purpose: 'build', calibration })).name, 'ready');
  assert.is((await loader.load({ path, purpose: 'predict' })).weightless, true);
  assert.is((await loader.read(path, 'build')).name, 'read');
  assert.equal(
    seen.map(({ purpose }) => purpose),
    ['build', 'predict'],
  );
  assert.is(seen[0].calibration, calibration);
  assert.is('calibration' in seen[1], false);
});

test('a missing file, a folder and a format that nobody reads are errors with the path', async () => {
  const folder = temporaryFolder();
  const loader = createAutoDNNchip({ plugins: [] }).get(NetworkLoader);
  const missing = join(folder, 'missing.onnx');
  assert.is(
    (await expectError('ADC1001', () => loader.load({ path: missing, purpose: 'build' }))).location?.file,
    missing,
  );
  assert.match(
    (await expectError('ADC1001', () => loader.load({ path: folder, purpose: 'build' }))).message,
    'not a file',
  );
  const unknown = join(folder, 'model.xyz');
  writeFileSync(unknown, 'x');
  assert.match(
    (await expectError('ADC1002', () => loader.load({ path: unknown, purpose: 'build' }))).message,
    'model.xyz',
  );
});

test.run();
