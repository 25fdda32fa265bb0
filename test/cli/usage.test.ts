import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pluginApiVersion } from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { parseDocument } from './documents.js';
import { fakeChip, fakeModel } from './fake-chip.js';
import { run } from './run.js';

const test = suite('usage');

async function usageError(argv: readonly string[]): Promise<string> {
  const { exitCode, messages, output } = await run(argv, { plugins: [fakeChip()] });
  assert.is(exitCode, 2, `${argv.join(' ')}: ${messages}`);
  assert.is(output, '');
  assert.match(messages, /^ADC6001 Usage: /);
  return messages;
}

test('help and version are results', async () => {
  for (const argv of [['--help'], ['help'], ['build', '--help'], ['--version'], ['help', 'simulate']]) {
    const { exitCode, output, messages } = await run(argv);
    assert.is(exitCode, 0, argv.join(' '));
    assert.ok(output.length > 0);
    assert.is(messages, '');
  }
  const { output } = await run(['build', '--help']);
  for (const option of [
    '--platform',
    '--out',
    '--objective',
    '--set',
    '--calibration',
    '--host-fallback',
    '--json',
    '--quiet',
    '--plugin',
    'Examples:',
  ])
    assert.match(output, option);
});

test('a command that does not exist, or none', async () => {
  assert.match(await usageError(['bulid']), /unknown command 'bulid'[\s\S]*build/);
  assert.match(await usageError([]), 'No command');
});

test('what is missing, unknown or too much is named', async () => {
  assert.match(await usageError(['build']), 'MODEL');
  assert.match(await usageError(['build', 'x']), /--platform: is required; --out: is required/);
  assert.match(await usageError(['build', 'x', '--plattform', 'y']), /--plattform/);
  assert.match(await usageError(['doctor', 'extra']), /too many arguments/);
  assert.match(await usageError(['simulate', 'x']), /--input: is required/);
  assert.match(await usageError(['build', 'x', '--platform']), /--platform/);
});

test('values are checked, and the option is named', async () => {
  const build = ['build', fakeModel(), '--platform', 'board', '--out', 'never'];
  assert.match(await usageError([...build, '--objective', 'beauty']), /--objective: .*latency/);
  assert.match(await usageError([...build, '--set', 'rows']), /--set: 'rows' is not name=number/);
  assert.match(await usageError([...build, '--set', 'rows=1', '--set', 'rows=2']), /rows is given twice/);
  assert.match(await usageError(['synthesize', 'x', '--seeds', '3']), /--seeds: only placements have seeds/);
  assert.match(await usageError(['synthesize', 'x', '--place-and-route', '--seeds', '0']), /--seeds: '0'/);
  assert.match(await usageError(['simulate', 'x', '--input', 'y.npz', '--tool', 'modelsim']), /--tool: .*verilator/);
  assert.match(await usageError(['simulate', 'x', '--input', 'y.npz', '--memory', 'speed=3']), /--memory/);
  assert.match(await usageError(['synthesize', 'x', '--target', 'moon']), /--target: .*ecp5/);
});

test('a platform that does not exist is an error that lists the platforms', async () => {
  const { exitCode, messages } = await run(['predict', fakeModel(), '--platform', 'moon'], { plugins: [fakeChip()] });
  assert.is(exitCode, 2);
  assert.match(messages, /no platform named moon[\s\S]*Known: board/);
});

test('files that are missing or folders are errors with the path', async () => {
  const folder = temporaryFolder();
  for (const argv of [
    ['predict', join(folder, 'missing.onnx'), '--platform', 'board'],
    ['predict', folder, '--platform', 'board'],
    ['build', folder, '--platform', 'board', '--out', join(folder, 'out')],
    ['simulate', folder, '--input', 'x.npz'],
    ['synthesize', join(folder, 'nothing')],
  ]) {
    const { exitCode, messages } = await run(argv, { plugins: [fakeChip()] });
    assert.is(exitCode, 2, messages);
    assert.match(messages, folder);
    assert.match(messages, 'what to do:');
  }
});

test('with --json an error is a document, wherever the option stands', async () => {
  for (const argv of [
    ['--json', 'predict', 'x'],
    ['predict', 'x', '--json'],
    ['predict', 'x', '--json', '--mode', 'odd'],
  ]) {
    const { output, messages, exitCode } = await run(argv, { plugins: [fakeChip()] });
    assert.is(exitCode, 2);
    const document = parseDocument('error', output);
    assert.is(document['command'], 'predict');
    assert.match(messages, 'ADC6001');
  }
  assert.is(parseDocument('error', (await run(['--json'])).output)['command'], null);
});

test('--quiet shows no progress, --verbose shows causes', async () => {
  const out = join(temporaryFolder(), 'chip');
  const build = ['build', fakeModel(), '--platform', 'board', '--out', out];
  assert.is((await run([...build, '--quiet'], { plugins: [fakeChip()] })).messages, '');
  const missing = ['predict', '/nowhere/x.fake', '--platform', 'board'];
  assert.not.match((await run(missing, { plugins: [fakeChip()] })).messages, 'caused by');
  assert.match((await run([...missing, '--verbose'], { plugins: [fakeChip()] })).messages, 'caused by');
});

test('a failing plugin is named, with exit code 70', async () => {
  const broken = {
    name: 'broken',
    apiVersion: pluginApiVersion,
    apply: ({ hooks }: Parameters<ReturnType<typeof fakeChip>['apply']>[0]) =>
      hooks.report.tapPromise('x', () => Promise.reject(new Error('oh no'))),
  };
  const { exitCode, messages } = await run(['plugins'], { plugins: [broken] });
  assert.is(exitCode, 70);
  assert.match(messages, /plugin broken, hook report/);
});

const pluginText = (name: string): string =>
  `{ name: '${name}', apiVersion: 1, apply(chip) { chip.hooks.definePlatforms.tap('x', (p) => p.add({ id: '${name}-board', title: 'T' })); } }`;

test('--plugin loads a file, a factory, a preset and an installed package', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'object.mjs'), `export const plugin = ${pluginText('object')};`);
  writeFileSync(join(folder, 'factory.mjs'), `export default () => [${pluginText('one')}, ${pluginText('two')}];`);
  const packageFolder = join(folder, 'node_modules', 'autodnnchip-plugin-three');
  mkdirSync(join(packageFolder, 'lib'), { recursive: true });
  writeFileSync(
    join(packageFolder, 'package.json'),
    JSON.stringify({
      name: 'autodnnchip-plugin-three',
      type: 'module',
      exports: { '.': { types: './x.d.ts', import: './lib/main.js' } },
    }),
  );
  writeFileSync(join(packageFolder, 'lib', 'main.js'), `export const plugin = () => (${pluginText('three')});`);
  const argv = [
    'plugins',
    '--json',
    '--plugin',
    './object.mjs',
    '--plugin=factory.mjs',
    '--plugin',
    'autodnnchip-plugin-three',
  ];
  const { exitCode, output, messages } = await run(argv, { workingDirectory: folder });
  assert.is(exitCode, 0, messages);
  assert.equal(
    (parseDocument('plugins', output)['platforms'] as { id: string }[]).map(({ id }) => id),
    ['object-board', 'one-board', 'two-board', 'three-board'],
  );
});

test('a plugin module that is missing, broken or exports nothing is a clear error', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'broken.mjs'), 'throw new Error("at load");');
  writeFileSync(join(folder, 'syntax.mjs'), 'export const = 3;');
  writeFileSync(join(folder, 'other.mjs'), 'export const something = 1;');
  writeFileSync(join(folder, 'factory.mjs'), 'export const plugin = () => { throw new Error("in factory"); };');
  for (const [specifier, text] of [
    ['./missing.mjs', /there is no file/],
    ['autodnnchip-plugin-none', /no package of this name/],
    ['./broken.mjs', /at load/],
    ['./syntax.mjs', /cannot be loaded/],
    ['./other.mjs', /exports: something/],
    ['./factory.mjs', /in factory/],
  ] as const) {
    const { exitCode, messages } = await run(['plugins', '--plugin', specifier], { workingDirectory: folder });
    assert.is(exitCode, 2, messages);
    assert.match(messages, text);
    assert.match(messages, 'ADC2010');
  }
  writeFileSync(join(folder, 'number.mjs'), 'export const plugin = 3;');
  assert.match((await run(['plugins', '--plugin', './number.mjs'], { workingDirectory: folder })).messages, 'ADC2001');
});

test.run();
