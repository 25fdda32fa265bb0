import {
  createAutoDNNchip,
  definePlugin,
  Hooks,
  NetworkLoader,
  pluginApiVersion,
  serviceToken,
  type Platform,
  type Plugin,
  type PluginContext,
} from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const test = suite('plugin contract');

function plugin(name: string, apply: (chip: PluginContext) => void = () => undefined): Plugin {
  return { name, apiVersion: pluginApiVersion, apply };
}

function platform(id: string): Platform {
  return { id, title: id } as Platform;
}

interface Counter {
  next(): number;
}
const Counter = serviceToken<Counter>('test.Counter');

test('plugins of nested arrays are applied in order; falsy ones are ignored', () => {
  const applied: string[] = [];
  const named = (name: string): Plugin => plugin(name, () => void applied.push(name));
  const isOff = applied.length > 0;
  const chip = createAutoDNNchip({
    plugins: [named('a'), [named('b'), [isOff && named('x'), named('c')], undefined, null], named('d')],
  });
  assert.equal(applied, ['a', 'b', 'c', 'd']);
  assert.equal(
    chip.definitions.plugins.map(({ name }) => name),
    ['a', 'b', 'c', 'd'],
  );
});

test('the same plugin twice is an error that names it', async () => {
  const error = await expectError('ADC2003', () => createAutoDNNchip({ plugins: [plugin('same'), [plugin('same')]] }));
  assert.match(error.message, 'same');
  assert.is(error.exitCode, 2);
});

test('another version of the interface is an error with plugin, wanted and offered', async () => {
  const error = await expectError('ADC2002', () =>
    createAutoDNNchip({ plugins: [{ ...plugin('old'), apiVersion: 99 }] }),
  );
  assert.match(error.message, /old.*99.*version 1/);
  assert.is(error.plugin, 'old');
});

test('what is not a plugin is refused with the reason', async () => {
  const wrong = async (value: unknown): Promise<string> =>
    (await expectError('ADC2001', () => createAutoDNNchip({ plugins: [value as Plugin] }))).message;
  assert.match(await wrong(() => plugin('uncalled')), /function/);
  assert.match(await wrong(Promise.resolve(plugin('later'))), /promise/);
  assert.match(await wrong('text'), /string/);
  assert.match(await wrong({ apiVersion: 1 }), /no name/);
  assert.match(await wrong({ name: 'lazy', apiVersion: 1 }), /lazy has no apply/);
});

test('definePlugin checks the plugin where it is made and freezes it', async () => {
  const make = definePlugin((name: string) => plugin(name));
  assert.ok(Object.isFrozen(make('fine')));
  await expectError('ADC2001', () => make(''));
});

test('an error in apply names the plugin', async () => {
  const error = await expectError('ADC2005', () =>
    createAutoDNNchip({
      plugins: [
        plugin('broken', () => {
          throw new Error('no luck');
        }),
      ],
    }),
  );
  assert.match(error.message, /broken.*no luck/);
  assert.is(error.plugin, 'broken');
});

test('an async apply is refused', async () => {
  const apply = (async () => {
    await Promise.resolve();
  }) as () => void;
  assert.is(
    (await expectError('ADC2004', () => createAutoDNNchip({ plugins: [plugin('waiting', apply)] }))).plugin,
    'waiting',
  );
});

test('definitions reach the registries; an identifier that is taken is an error with plugin and hook', async () => {
  const define = (name: string) =>
    plugin(name, chip => {
      chip.hooks.definePlatforms.tap(name, platforms => platforms.add(platform('board')));
    });
  assert.is(createAutoDNNchip({ plugins: [define('first')] }).definitions.platforms.get('board').id, 'board');
  const error = await expectError('ADC2007', () => createAutoDNNchip({ plugins: [define('first'), define('second')] }));
  assert.is(error.plugin, 'second');
  assert.is(error.hook, 'definePlatforms');
});

test('an identifier that nothing has is an error that lists the known ones', async () => {
  const chip = createAutoDNNchip({
    plugins: [
      plugin('boards', ({ hooks }) => {
        hooks.definePlatforms.tap('boards', platforms => ['one', 'two'].forEach(id => platforms.add(platform(id))));
      }),
    ],
  });
  assert.match((await expectError('ADC2008', () => chip.definitions.platforms.get('three'))).hint ?? '', /one, two/);
});

test('nothing can be tapped, bound or added after start-up', async () => {
  let context: PluginContext | undefined;
  const chip = createAutoDNNchip({
    plugins: [
      plugin('keeper', given => {
        context = given;
      }),
    ],
  });
  await expectError('ADC2006', () => chip.hooks.defineEngines.tap('late', () => undefined));
  await expectError('ADC2006', () => chip.hooks.loadNetwork.tapPromise('late', () => Promise.resolve(undefined)));
  await expectError('ADC2006', () => context?.bind(Counter, [], () => ({ next: () => 0 })));
  await expectError('ADC2006', () => chip.definitions.platforms.add(platform('late')));
  assert.throws(() => Object.assign(chip.hooks, { mine: 1 }));
});

test('a service is made once, when it is asked for, with the services that it names', () => {
  let made = 0;
  const chip = createAutoDNNchip({
    plugins: [
      plugin('counting', context => {
        context.bind(Counter, [NetworkLoader, Hooks], (loader, hooks) => {
          made++;
          assert.type(loader.load, 'function');
          assert.is(typeof hooks.loadNetwork.promise, 'function');
          return { next: () => made };
        });
      }),
    ],
  });
  assert.is(made, 0);
  assert.is(chip.get(Counter), chip.get(Counter));
  assert.is(made, 1);
  assert.is(chip.definitions.providers().get('test.Counter'), 'counting');
});

test('a plugin replaces a service of the core, but not one of another plugin', async () => {
  const loader = { load: () => Promise.reject(new Error('unused')), read: () => Promise.reject(new Error('unused')) };
  const replacing = (name: string): Plugin => plugin(name, chip => chip.bind(NetworkLoader, [], () => loader));
  assert.is(createAutoDNNchip({ plugins: [replacing('a')] }).get(NetworkLoader), loader);
  assert.match(
    (await expectError('ADC2007', () => createAutoDNNchip({ plugins: [replacing('a'), replacing('b')] }))).message,
    /both a and b/,
  );
});

test('a service that nobody provides, that fails or that needs itself is a clear error', async () => {
  assert.match(
    (await expectError('ADC2009', () => createAutoDNNchip({ plugins: [] }).get(Counter))).message,
    'test.Counter',
  );
  const failing = createAutoDNNchip({
    plugins: [
      plugin('failing', chip =>
        chip.bind(Counter, [], () => {
          throw new Error('no parts');
        }),
      ),
    ],
  });
  assert.match((await expectError('ADC2005', () => failing.get(Counter))).message, /failing.*test\.Counter.*no parts/);
  const circular = createAutoDNNchip({
    plugins: [plugin('circular', chip => chip.bind(Counter, [Counter], counter => counter))],
  });
  await expectError('ADC2009', () => circular.get(Counter));
});

test.run();
