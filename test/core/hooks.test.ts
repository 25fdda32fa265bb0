import {
  ChipError,
  createAutoDNNchip,
  pluginApiVersion,
  transformStages,
  type AutoDNNchip,
  type Network,
  type PluginContext,
} from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const test = suite('hooks');

function chipWith(apply: (chip: PluginContext) => void, name = 'tapping'): AutoDNNchip {
  return createAutoDNNchip({ plugins: [{ name, apiVersion: pluginApiVersion, apply }] });
}

function network(name: string): Network {
  return { name, source: name, inputs: [], outputs: [], operators: [], tensors: new Map(), weightless: false };
}

test('all hooks are there, in the order of the data', () => {
  const chip = chipWith(() => undefined);
  assert.equal(Object.keys(chip.hooks), [
    'loadNetwork',
    'transformNetwork',
    'defineEngines',
    'defineTemplates',
    'defineAcceleratorModels',
    'definePlatforms',
    'mapOperator',
    'predict',
    'explore',
    'emitRtl',
    'simulate',
    'synthesize',
    'report',
    'defineCommands',
  ]);
});

test('a hook that does not exist is an error that lists the hooks', async () => {
  const chip = chipWith(() => undefined);
  const error = await expectError('ADC2004', () => (chip.hooks as unknown as Record<string, unknown>)['loadNetworks']);
  assert.match(error.hint ?? '', /loadNetwork, transformNetwork/);
});

test('an async function on a sync hook is refused by its type, when tapped, and when it returns a promise', async () => {
  await expectError('ADC2004', () =>
    chipWith(chip => {
      // @ts-expect-error -- an async function is what must not be given
      chip.hooks.defineEngines.tap('late', async () => {
        await Promise.resolve();
      });
    }),
  );
  const error = await expectError('ADC2004', () =>
    chipWith(chip => {
      // @ts-expect-error -- so is a function that returns a promise
      chip.hooks.defineEngines.tap('later', () => Promise.reject(new Error('nobody hears this')));
    }),
  );
  assert.is(error.plugin, 'tapping');
  assert.is(error.hook, 'defineEngines');
});

test('tapAsync is refused with what to use instead', async () => {
  const error = await expectError('ADC2004', () =>
    chipWith(({ hooks }) => {
      (hooks.loadNetwork as unknown as { tapAsync(name: string, run: () => void): void }).tapAsync(
        'callback',
        () => undefined,
      );
    }),
  );
  assert.match(error.hint ?? '', 'tapPromise');
});

test('an error in a tap names plugin and hook and keeps its cause', async () => {
  const cause = new TypeError('bad bytes');
  const chip = chipWith(({ hooks }) => hooks.loadNetwork.tapPromise('read', () => Promise.reject(cause)));
  const error = await expectError('ADC2005', () => chip.hooks.loadNetwork.promise({ path: 'x', weights: true }));
  assert.is(error.plugin, 'tapping');
  assert.is(error.hook, 'loadNetwork');
  assert.is(error.cause, cause);
  assert.match(error.message, 'bad bytes');
});

test('a ChipError passes as it is, with plugin and hook added where they are not known', async () => {
  const thrown = new ChipError('ADC1001', 'cut off', { location: { file: 'a.onnx' } });
  const chip = chipWith(({ hooks }) =>
    hooks.loadNetwork.tapPromise('read', () => {
      throw thrown;
    }),
  );
  const error = await expectError('ADC1001', () => chip.hooks.loadNetwork.promise({ path: 'x', weights: true }));
  assert.is(error, thrown);
  assert.equal([error.plugin, error.hook], ['tapping', 'loadNetwork']);

  const stamped = new ChipError('ADC1001', 'cut off', { plugin: 'inner', hook: 'other' });
  const outer = chipWith(({ hooks }) => hooks.loadNetwork.tapPromise('read', () => Promise.reject(stamped)));
  assert.is(
    (await expectError('ADC1001', () => outer.hooks.loadNetwork.promise({ path: 'x', weights: true }))).plugin,
    'inner',
  );
});

test('the first answer ends a bail hook', async () => {
  const asked: string[] = [];
  const chip = chipWith(({ hooks }) => {
    for (const [name, answer] of [
      ['a', undefined],
      ['b', network('b')],
      ['c', network('c')],
    ] as const) {
      hooks.loadNetwork.tapPromise(name, () => {
        asked.push(name);
        return Promise.resolve(answer);
      });
    }
  });
  assert.is((await chip.hooks.loadNetwork.promise({ path: 'x', weights: true }))?.name, 'b');
  assert.equal(asked, ['a', 'b']);
});

test('passes run by stage, whatever the order in which they were tapped', async () => {
  const chip = chipWith(({ hooks }) => {
    for (const stage of ['fuse', 'normalise', 'check', 'quantise', 'layOut', 'fold'] as const) {
      hooks.transformNetwork.tapPromise({ name: stage, stage: transformStages[stage] }, transformation =>
        Promise.resolve({ ...transformation, network: network(`${transformation.network.name} ${stage}`) }),
      );
    }
  });
  const result = await chip.hooks.transformNetwork.promise({ network: network('n'), purpose: 'build' });
  assert.is(result.network.name, 'n normalise fold quantise fuse layOut check');
});

test('taps are recorded with the plugin that made them', () => {
  const chip = chipWith(({ hooks }) => hooks.definePlatforms.tap('boards', () => undefined), 'my-plugin');
  assert.equal(chip.definitions.taps, [{ plugin: 'my-plugin', hook: 'definePlatforms', tap: 'boards' }]);
});

test.run();
