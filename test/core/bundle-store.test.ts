import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFileBundleStore, readBundleFile, temporaryBeside, type BundleFile } from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { acceptChanges } from '../support/bundle-checksums.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite('bundle store');

const manifest = {
  schemaVersion: 1,
  kind: 'autodnnchip-bundle',
  template: 'accel_shared',
  platform: 'ultra96',
  configuration: { rows: 8 },
  network: { name: 'lenet', source: 'lenet.onnx' },
  layers: ['conv1'],
};
const files: readonly BundleFile[] = [
  { path: 'manifest.json', content: JSON.stringify(manifest) },
  { path: 'rtl/top.sv', content: 'module top; endmodule\n' },
  { path: 'weights.bin', content: new Uint8Array([0, 255]) },
];
const store = createFileBundleStore();
const isRoot = process.getuid?.() === 0;

test('a bundle that was written is read again, with fields of its template', async () => {
  const directory = join(temporaryFolder(), 'deep', 'chip');
  await store.check(directory, false);
  assert.not.ok(existsSync(join(directory, '..')), 'checking writes nothing');
  assert.is((await store.write({ directory, files, force: false })).directory, directory);
  assert.equal((await store.read(directory)).manifest, manifest);
  assert.equal([...readFileSync(join(directory, 'weights.bin'))], [0, 255]);
  assert.equal(readdirSync(join(directory, '..')), ['chip']);
  assert.is(await store.isBundle(directory), true);
});

test('a previous bundle and an empty folder are replaced as a whole', async () => {
  const directory = join(temporaryFolder(), 'chip');
  mkdirSync(directory);
  await store.write({ directory, files: [...files, { path: 'old.txt', content: 'old' }], force: false });
  await store.write({ directory, files, force: false });
  assert.equal(readdirSync(directory).sort(), ['checksums.txt', 'manifest.json', 'rtl', 'weights.bin']);
});

test('a folder with other things is left alone, unless forced', async () => {
  const directory = join(temporaryFolder(), 'thesis');
  mkdirSync(directory);
  writeFileSync(join(directory, 'chapter1.tex'), 'years of work');
  await expectError('ADC6004', () => store.check(directory, false));
  assert.match(
    (await expectError('ADC6004', () => store.write({ directory, files, force: false }))).hint ?? '',
    '--force',
  );
  assert.equal(readdirSync(directory), ['chapter1.tex']);
  await store.write({ directory, files, force: true });
  assert.ok(existsSync(join(directory, 'manifest.json')));
});

test('files, links and the working directory are not replaced', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  symlinkSync(folder, join(folder, 'link'));
  await expectError('ADC6004', () => store.check(join(folder, 'file'), true));
  await expectError('ADC6004', () => store.check(join(folder, 'link'), true));
  await expectError('ADC6004', () => store.check('.', true));
  await expectError('ADC6004', () => store.check('..', true));
});

test('a folder that cannot be written is an error before and while writing', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  await expectError('ADC6003', () => store.check(join(folder, 'file', 'chip'), false));
  await expectError('ADC6003', () => store.write({ directory: join(folder, 'file', 'chip'), files, force: false }));
  if (isRoot) return;
  chmodSync(folder, 0o500);
  await expectError('ADC6003', () => store.check(join(folder, 'chip'), false));
  await expectError('ADC6003', () => store.write({ directory: join(folder, 'chip'), files, force: false }));
  chmodSync(folder, 0o700);
});

test('when writing fails half way, the folder is as it was', async () => {
  const folder = temporaryFolder();
  const directory = join(folder, 'chip');
  await store.write({ directory, files, force: false });
  const clash: BundleFile[] = [...files, { path: 'rtl', content: 'a file where a folder is' }];
  await expectError('ADC6003', () => store.write({ directory, files: clash, force: false }));
  assert.equal(readdirSync(folder), ['chip']);
  assert.equal(readdirSync(directory).sort(), ['checksums.txt', 'manifest.json', 'rtl', 'weights.bin']);
});

test('files outside of the folder and a bundle without manifest are bugs', async () => {
  const folder = temporaryFolder();
  const directory = join(folder, 'chip');
  await expectError('ADC9001', () =>
    store.write({ directory, files: [...files, { path: '../escape', content: '' }], force: false }),
  );
  await expectError('ADC9001', () => store.write({ directory, files: files.slice(1), force: false }));
  assert.equal(readdirSync(folder), []);
});

test('what is not a bundle is not read', async () => {
  const folder = temporaryFolder();
  assert.is(await store.isBundle(folder), false);
  await expectError('ADC6005', () => store.read(folder));
  await expectError('ADC6005', () => store.read(join(folder, 'missing')));
  const path = join(folder, 'manifest.json');
  for (const [text, reason] of [
    ['{', /not JSON/],
    ['{}', /schemaVersion/],
    [JSON.stringify({ ...manifest, configuration: { rows: 'many' } }), /configuration/],
  ] as const) {
    writeFileSync(path, text);
    acceptChanges(folder);
    const error = await expectError('ADC6005', () => store.read(folder));
    assert.match(error.message, reason);
    assert.is(error.location?.file, path);
  }
});

test('every file is covered: one that is changed, missing or a link is refused', async () => {
  const folder = temporaryFolder();
  const directory = join(folder, 'chip');
  await store.write({ directory, files, force: false });
  for (const { path } of files) {
    const place = join(directory, path);
    const before = readFileSync(place);
    writeFileSync(place, Buffer.concat([before, Buffer.from(' ')]));
    const changed = await expectError('ADC6006', () => store.read(directory));
    assert.match(changed.message, path);
    rmSync(place);
    await expectError('ADC6005', () => store.read(directory));
    writeFileSync(join(folder, 'elsewhere'), before);
    symlinkSync(join(folder, 'elsewhere'), place);
    await expectError('ADC6005', () => store.read(directory));
    rmSync(place);
    writeFileSync(place, before);
    await store.read(directory);
  }
});

test('what a bundle does not list is not one of its files', async () => {
  const directory = join(temporaryFolder(), 'chip');
  await store.write({ directory, files, force: false });
  writeFileSync(join(directory, 'rtl', 'more.sv'), 'module more; endmodule\n');
  const bundle = await store.read(directory);
  await expectError('ADC6005', () => readBundleFile(bundle, 'rtl/more.sv'));
  await expectError('ADC6005', () => readBundleFile(bundle, '../chip/manifest.json'));
  writeFileSync(join(directory, 'checksums.txt'), `${'0'.repeat(64)}  ../secret\n`);
  await expectError('ADC6005', () => store.read(directory));
  rmSync(join(directory, 'checksums.txt'));
  await expectError('ADC6005', () => store.read(directory));
});

test('a run that was killed between two renames loses nothing: the next one brings the old bundle back', async () => {
  const folder = temporaryFolder();
  const directory = join(folder, 'chip');
  for (const next of [
    () => store.read(directory),
    () => store.check(directory, false),
    () => store.write({ directory, files, force: false }),
  ]) {
    await store.write({ directory, files, force: false });
    leaveAsKilled(directory, 'old');
    const half = leaveAsKilled(directory, 'new');
    mkdirSync(half);
    writeFileSync(join(half, 'manifest.json'), '{"half": "written');
    assert.not.ok(existsSync(directory));
    await next();
    assert.equal(readdirSync(folder), ['chip'], 'nothing hidden is left');
    assert.equal((await store.read(directory)).manifest, manifest);
  }
});

test('a writer that is killed between its renames, or right after them, leaves the old bundle or the new one, whole', async () => {
  const next = { ...manifest, platform: 'ecp5-85f' };
  const text: readonly BundleFile[] = [
    { path: 'manifest.json', content: JSON.stringify(next) },
    { path: 'rtl/top.sv', content: 'module other; endmodule\n' },
  ];
  for (const [renames, expected] of [
    [1, manifest],
    [2, next],
  ] as const) {
    const folder = temporaryFolder();
    const directory = join(folder, 'chip');
    await store.write({ directory, files, force: false });
    const writer = spawnSync(
      process.execPath,
      [
        ...process.execArgv,
        fileURLToPath(new URL('../support/killed-writer.ts', import.meta.url)),
        directory,
        String(renames),
        JSON.stringify(text),
      ],
      { encoding: 'utf8' },
    );
    assert.is(writer.signal, 'SIGKILL', writer.stderr);
    assert.is(existsSync(directory), renames === 2);
    assert.ok(
      readdirSync(folder).some(name => name !== 'chip'),
      'something hidden is left',
    );
    assert.equal((await store.read(directory)).manifest, expected);
    assert.equal(readdirSync(folder), ['chip'], 'nothing hidden is left');
  }
});

/** What a process that is gone leaves: the folder under the hidden name of its role. Returns the name. */
function leaveAsKilled(directory: string, role: 'new' | 'old'): string {
  const gone = spawnSync(process.execPath, ['--version']).pid;
  const hidden = temporaryBeside(directory, role).replace(`.${process.pid}.`, `.${gone}.`);
  if (role === 'old') renameSync(directory, hidden);
  return hidden;
}

test.run();
