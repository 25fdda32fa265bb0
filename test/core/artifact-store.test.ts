import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFileArtifactStore, hashContent } from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite('artifact store');

const fill =
  (text: string) =>
  async (directory: string): Promise<void> =>
    await writeFile(join(directory, 'result'), text);

test('makes an artifact once per inputs', async () => {
  const store = createFileArtifactStore(temporaryFolder());
  const first = await store.obtain({ kind: 'thing', inputs: ['a', new Uint8Array([1])], create: fill('one') });
  const again = await store.obtain({ kind: 'thing', inputs: ['a', new Uint8Array([1])], create: fill('two') });
  const other = await store.obtain({ kind: 'thing', inputs: ['a', new Uint8Array([2])], create: fill('three') });
  assert.equal([first.reused, again.reused, other.reused], [false, true, false]);
  assert.is(again.directory, first.directory);
  assert.is(readFileSync(join(again.directory, 'result'), 'utf8'), 'one');
  assert.is(readFileSync(join(other.directory, 'result'), 'utf8'), 'three');
});

test('two at the same time share the work; two stores end with the same folder', async () => {
  const root = temporaryFolder();
  const store = createFileArtifactStore(root);
  let made = 0;
  const request = {
    kind: 'thing',
    inputs: ['x'],
    create: async (directory: string) => {
      made++;
      await fill('x')(directory);
    },
  };
  const other = createFileArtifactStore(root);
  const results = await Promise.all([store.obtain(request), store.obtain(request), other.obtain(request)]);
  assert.is(new Set(results.map(({ directory }) => directory)).size, 1);
  assert.ok(made <= 2);
  assert.equal(readdirSync(join(root, 'thing')).length, 1);
});

test('many processes at the same time in a home without a cache folder: all get theirs', async () => {
  const root = join(temporaryFolder(), 'home', '.cache', 'autodnnchip');
  const results = await Promise.all(
    Array.from(
      { length: 40 },
      async (_, index) =>
        await createFileArtifactStore(root).obtain({
          kind: 'thing',
          inputs: [String(index)],
          create: fill(String(index)),
        }),
    ),
  );
  assert.is(new Set(results.map(({ directory }) => directory)).size, 40);
});

test('a failure leaves nothing, and the next attempt starts anew', async () => {
  const root = temporaryFolder();
  const store = createFileArtifactStore(root);
  const failing = store.obtain({
    kind: 'thing',
    inputs: ['x'],
    create: async directory => {
      await fill('half')(directory);
      throw new Error('out of luck');
    },
  });
  assert.is(
    await failing.then(
      () => '',
      (error: Error) => error.message,
    ),
    'out of luck',
  );
  assert.equal(readdirSync(join(root, 'thing')), []);
  assert.is((await store.obtain({ kind: 'thing', inputs: ['x'], create: fill('whole') })).reused, false);
});

test('what nobody used for a month is removed', async () => {
  const root = temporaryFolder();
  const store = createFileArtifactStore(root);
  const old = await store.obtain({ kind: 'thing', inputs: ['old'], create: fill('old') });
  const fresh = await store.obtain({ kind: 'thing', inputs: ['fresh'], create: fill('fresh') });
  const longAgo = Date.now() / 1000 - 40 * 24 * 3600;
  utimesSync(old.directory, longAgo, longAgo);
  await createFileArtifactStore(root).obtain({ kind: 'thing', inputs: ['new'], create: fill('new') });
  assert.equal([existsSync(old.directory), existsSync(fresh.directory)], [false, true]);
});

test('an artifact that was damaged, cut off or added to is made again', async () => {
  const root = temporaryFolder();
  const request = { kind: 'thing', inputs: ['x'], create: fill('whole') };
  const { directory } = await createFileArtifactStore(root).obtain(request);
  for (const damage of [
    () => writeFile(join(directory, 'result'), 'hole'),
    () => writeFile(join(directory, 'more'), ''),
    () => rm(join(directory, 'result')),
    () => rm(join(directory, 'contents.txt')),
    () => chmod(join(directory, 'result'), 0o755),
  ]) {
    await damage();
    const again = await createFileArtifactStore(root).obtain(request);
    assert.equal([again.reused, readFileSync(join(directory, 'result'), 'utf8')], [false, 'whole']);
    assert.is((await createFileArtifactStore(root).obtain(request)).reused, true);
  }
});

test('a cache folder that cannot be made is a clear error', async () => {
  const file = join(temporaryFolder(), 'file');
  await writeFile(file, '');
  const error = await expectError('ADC6003', () =>
    createFileArtifactStore(file).obtain({ kind: 'thing', inputs: [], create: fill('') }),
  );
  assert.match(error.hint ?? '', 'XDG_CACHE_HOME');
});

test('hashes tell lists of parts apart', () => {
  assert.is.not(hashContent(['ab', 'c']), hashContent(['a', 'bc']));
  assert.is.not(hashContent(['a', '']), hashContent(['a']));
  assert.is(hashContent(['a', new Uint8Array([98])]), hashContent(['a', 'b']));
});

test.run();
