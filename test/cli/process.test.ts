import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite('command line process');

const command = resolve('plugins/cli/bin/autodnnchip.js');

test('runs from another folder and prints its version', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, '--version'], { cwd: temporaryFolder(), encoding: 'utf8' });
  assert.is(status, 0, stderr);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

test('a usage error ends with 2 and leaves standard output empty', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'build'], { encoding: 'utf8' });
  assert.equal([status, stdout], [2, '']);
  assert.match(stderr, 'ADC6001');
});

test('a reader that has seen enough is no error', async () => {
  const child = spawn(process.execPath, [command, '--help'], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.destroy();
  assert.is(await new Promise((done) => child.once('exit', done)), 0);
});

test('an interrupt ends with 130, at the second one at once', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'model.hang'), '');
  writeFileSync(join(folder, 'hang.mjs'), `export const plugin = { name: 'hang', apiVersion: 1, apply(chip) {
    chip.hooks.loadNetwork.tapPromise({ name: 'hang', stage: -1000 }, () => new Promise(() => { console.error('hanging'); setInterval(() => {}, 1000); }));
  } };`);
  const parameters = [command, 'build', 'model.hang', '--platform', 'ultra96', '--out', 'chip', '--plugin', './hang.mjs'];
  const child = spawn(process.execPath, parameters, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let messages = '';
  let interrupts = 0;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    messages += text;
    const wanted = messages.includes('Interrupted') ? 2 : messages.includes('hanging') ? 1 : 0;
    if (interrupts < wanted) {
      interrupts++;
      child.kill('SIGINT');
    }
  });
  const started = performance.now();
  assert.is(await new Promise((done) => child.once('exit', done)), 130, messages);
  assert.is(interrupts, 2);
  assert.ok(performance.now() - started < 15_000);
});

test.run();
