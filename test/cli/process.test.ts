// time-limit-seconds: 900
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

// Processes of their own start here, as slowly as the computer is busy: only a hang should reach this limit.
const test = suite('command line process', { timeLimitSeconds: 240 });

const command = resolve('plugins/cli/bin/autodnnchip.js');

/** How long a command that does nothing takes here and now: on a busy computer everything takes as much longer. */
function startMilliseconds(): number {
  const started = performance.now();
  assert.is(spawnSync(process.execPath, [command, '--version']).status, 0);
  return performance.now() - started;
}

/** A signal ends a command within a second on a computer where one starts in half of that, later on a busy one. */
function assertPrompt({ milliseconds }: Ended): void {
  const limit = 2 * Math.max(500, startMilliseconds());
  assert.ok(milliseconds < limit, `it took ${milliseconds} ms to end; ${limit} ms are allowed`);
}

test('runs from another folder and prints its version', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, '--version'], {
    cwd: temporaryFolder(),
    encoding: 'utf8',
  });
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
  assert.is(await new Promise(done => child.once('exit', done)), 0);
});

const endings = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

/** What a network's loading does, as the text of a function. */
const behaviours = {
  waits: 'await new Promise(() => setInterval(() => {}, 1000))',
  computes: 'for (;;);',
  'computes in turns': 'for (;;) await new Promise((resolve) => setImmediate(resolve))',
  'waits for a file': `readFileSync('pipe')`,
  'waits for a file in the background': `await readFile('pipe')`,
} as const;

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
  readonly messages: string;
  readonly milliseconds: number;
}

/** Starts a build that hangs in its own way, sends these signals one after the other, and tells how it ended. */
async function interruptBuild(behaviour: keyof typeof behaviours, signals: readonly NodeJS.Signals[]): Promise<Ended> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'model.hang'), '');
  if (behaviour.startsWith('waits for a file')) assert.is(spawnSync('mkfifo', [join(folder, 'pipe')]).status, 0);
  writeFileSync(
    join(folder, 'hang.mjs'),
    `import { readFileSync, writeSync } from 'node:fs';
    import { readFile } from 'node:fs/promises';
    export const plugin = { name: 'hang', apiVersion: 1, apply(chip) {
      chip.hooks.loadNetwork.tapPromise({ name: 'hang', stage: -1000 }, async () => { writeSync(2, 'hanging'); ${behaviours[behaviour]}; });
    } };`,
  );
  const parameters = [
    command,
    'build',
    'model.hang',
    '--platform',
    'ultra96',
    '--out',
    'chip',
    '--json',
    '--plugin',
    './hang.mjs',
  ];
  const child = spawn(process.execPath, parameters, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let messages = '';
  let sent = 0;
  let started = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    messages += text;
    const heard = messages.includes('Interrupted') ? 2 : messages.includes('hanging') ? 1 : 0;
    for (; sent < Math.min(heard, signals.length); sent++) {
      started = performance.now();
      child.kill(signals[sent]);
    }
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.is(sent, signals.length, messages);
  assert.not.ok(existsSync(join(folder, 'chip')));
  return { code, signal, output, messages, milliseconds: performance.now() - started };
}

for (const [signal, exitCode] of endings) {
  test(`${signal} ends a command that computes without a pause, with its code and a document`, async () => {
    const ended = await interruptBuild('computes', [signal]);
    assert.equal([ended.code, ended.signal], [exitCode, null], ended.messages);
    assertPrompt(ended);
    const { command: name, error } = JSON.parse(ended.output) as {
      command: string;
      error: { code: string; exitCode: number };
    };
    assert.equal([name, error.code, error.exitCode], ['build', 'ADC6002', exitCode]);
    assert.match(ended.messages, 'ADC6002');
  });
}

for (const behaviour of ['waits', 'computes in turns'] as const) {
  test(`a second signal ends at once a command that ${behaviour}`, async () => {
    const { code, messages } = await interruptBuild(behaviour, ['SIGTERM', 'SIGINT']);
    assert.is(code, 130, messages);
  });
}

for (const behaviour of ['waits for a file', 'waits for a file in the background'] as const) {
  test(`a second signal ends a command that ${behaviour}, by the signal where nothing else can`, async () => {
    const { code, signal, messages } = await interruptBuild(behaviour, ['SIGINT', 'SIGINT']);
    assert.ok(code === 130 || signal === 'SIGINT', `${code} ${signal} ${messages}`);
    assert.match(messages, 'ADC6002');
  });
}

test('a thread that runs out of memory is refused with a code', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'model.hoard'), '');
  writeFileSync(
    join(folder, 'hoard.mjs'),
    `export const plugin = { name: 'hoard', apiVersion: 1, apply(chip) {
    chip.hooks.loadNetwork.tapPromise({ name: 'hoard', stage: -1000 }, async () => { const all = []; for (;;) all.push(new Array(1000).fill(all)); });
  } };`,
  );
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      '--max-old-space-size=100',
      command,
      'build',
      'model.hoard',
      '--platform',
      'ultra96',
      '--out',
      'chip',
      '--plugin',
      './hoard.mjs',
    ],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  assert.is(status, 1, stderr);
  assert.match(stderr, 'ADC6008');
});

test.run();
