import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createProcessToolRunner } from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { fakeTool } from '../support/fake-tool.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite('tool runner');

async function isAlive(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      process.kill(pid, 0);
      // A killed process without a parent to wait for it is a zombie until the system reaps it.
      if (existsSync(`/proc/${pid}/stat`) && / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return false;
    } catch {
      return false;
    }
    await sleep(50);
  }
  return true;
}

test('runs a tool with arguments, input, folder and environment, and tells its version', async () => {
  const folder = temporaryFolder();
  const result = await createProcessToolRunner().run({
    tool: fakeTool('echo "$1 $VALUE $(pwd) $(cat)"; echo note >&2'),
    arguments: ['first'],
    input: 'typed',
    workingDirectory: folder,
    environment: { VALUE: 'seven' },
    timeLimitSeconds: 10,
  });
  assert.is(result.standardOutput, `first seven ${folder} typed\n`);
  assert.is(result.standardError, 'note\n');
  assert.is(result.version, '5.006');
  assert.ok(result.wallSeconds > 0);
});

test('a missing tool is an error with purpose and install line, exit code 3', async () => {
  const tool = { ...fakeTool(''), executable: 'no-such-tool-anywhere' };
  const runner = createProcessToolRunner();
  assert.is(await runner.find(tool), undefined);
  const error = await expectError('ADC4001', () => runner.run({ tool, arguments: [], timeLimitSeconds: 10 }));
  assert.match(error.message, /faketool is not installed; it is needed to pretend/);
  assert.match(error.hint ?? '', 'apt-get install faketool');
  assert.is(error.exitCode, 3);
});

test('a tool that is too old is an error with both versions', async () => {
  const tool = { ...fakeTool('', '4.99'), minimumVersion: '5.006' };
  const error = await expectError('ADC4005', () => createProcessToolRunner().require(tool));
  assert.match(error.message, /4\.99.*5\.006/);
});

test('a tool that does not tell its version is an error', async () => {
  const tool = { ...fakeTool('echo "broken library"; exit 127'), versionArguments: ['--about'] };
  assert.match((await expectError('ADC4002', () => createProcessToolRunner().find(tool))).message, 'broken library');
});

test('a failing tool is an error with the lines that say why, exit code 4', async () => {
  const tool = fakeTool(
    'for i in 1 2 3 4 5 6 7 8 9; do echo line $i; done; echo "%Error: top.sv:3: no such module"; echo end; exit 7',
  );
  const error = await expectError('ADC4002', () =>
    createProcessToolRunner().run({ tool, arguments: [], timeLimitSeconds: 10 }),
  );
  assert.match(error.message, /faketool 5\.006 failed: exit code 7/);
  assert.match(error.message, 'top.sv:3: no such module');
  assert.not.match(error.message, 'line 1');
  assert.is(error.exitCode, 4);
});

test('a tool that crashes is an error that names the signal', async () => {
  const tool = fakeTool('kill -SEGV $$');
  assert.match(
    (await expectError('ADC4002', () => createProcessToolRunner().run({ tool, arguments: [], timeLimitSeconds: 10 })))
      .message,
    'SIGSEGV',
  );
});

test('a hanging tool is killed with its children', async () => {
  const folder = temporaryFolder();
  const tool = fakeTool('sleep 300 & echo $! > child; echo begun; wait');
  const started = performance.now();
  const error = await expectError('ADC4003', () =>
    createProcessToolRunner().run({ tool, arguments: [], workingDirectory: folder, timeLimitSeconds: 0.5 }),
  );
  assert.match(error.message, 'begun');
  assert.ok(performance.now() - started < 10_000);
  assert.not.ok(await isAlive(Number(readFileSync(join(folder, 'child'), 'utf8'))));
});

test('a tool that does not heed SIGTERM is killed', async () => {
  const tool = fakeTool('trap "" TERM; while :; do sleep 1; done');
  await expectError('ADC4003', () => createProcessToolRunner().run({ tool, arguments: [], timeLimitSeconds: 0.5 }));
});

test('children that a tool leaves behind do not keep us waiting, and are killed', async () => {
  const folder = temporaryFolder();
  const tool = fakeTool('sleep 300 & echo $! > child; exit 0');
  const started = performance.now();
  await createProcessToolRunner().run({ tool, arguments: [], workingDirectory: folder, timeLimitSeconds: 60 });
  assert.ok(performance.now() - started < 10_000);
  assert.not.ok(await isAlive(Number(readFileSync(join(folder, 'child'), 'utf8'))));
});

test('a tool that floods its output is killed', async () => {
  const tool = fakeTool('yes flood');
  const error = await expectError('ADC4004', () =>
    createProcessToolRunner().run({ tool, arguments: [], timeLimitSeconds: 30, outputLimitBytes: 100_000 }),
  );
  assert.is(error.exitCode, 4);
});

test('a tool that takes more memory than it may is refused with a code', async () => {
  const tool = fakeTool(`exec "${process.execPath}" -e "Buffer.alloc(2**29)"`);
  const error = await expectError('ADC4006', () =>
    createProcessToolRunner().run({ tool, arguments: [], timeLimitSeconds: 30, memoryLimitBytes: 2 ** 28 }),
  );
  assert.is(error.exitCode, 4);
  assert.match(error.message, '256 MiB');
});

test('every tool has a limit of memory, less than the computer has', async () => {
  const { standardOutput } = await createProcessToolRunner().run({
    tool: fakeTool('ulimit -d'),
    arguments: [],
    timeLimitSeconds: 30,
  });
  const limitBytes = Number(standardOutput) * 1024;
  assert.ok(limitBytes > 0 && limitBytes < totalmem(), standardOutput);
});

test('an interrupt kills the tool', async () => {
  const controller = new AbortController();
  const running = createProcessToolRunner().run({
    tool: fakeTool('sleep 300'),
    arguments: [],
    timeLimitSeconds: 60,
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(), 200);
  assert.is((await expectError('ADC6002', () => running)).exitCode, 130);
  await expectError('ADC6002', () =>
    createProcessToolRunner().run({
      tool: fakeTool('exit 0'),
      arguments: [],
      timeLimitSeconds: 60,
      signal: controller.signal,
    }),
  );
});

/** What a process does that has started a tool. */
const endings = {
  'is killed': "process.kill(process.pid, 'SIGKILL')",
  'is terminated': "process.kill(process.pid, 'SIGTERM')",
  exits: 'process.exit(0)',
  fails: "throw new Error('by intent')",
} as const;

for (const [name, statement] of Object.entries(endings)) {
  test(`a tool and its children end with the process that started it, when that ${name}`, async () => {
    const folder = temporaryFolder();
    const parent = join(folder, 'parent.mts');
    const { executable } = fakeTool('trap "" TERM HUP; sleep 300 & echo $! > child; echo $$ > tool; touch begun; wait');
    writeFileSync(
      parent,
      `import { existsSync } from 'node:fs';
      import { createProcessToolRunner } from ${JSON.stringify(import.meta.resolve('@autodnnchip/core'))};
      const tool = { id: 'faketool', executable: ${JSON.stringify(executable)}, purpose: 'pretend', installHint: '', versionArguments: ['--version'], versionPattern: /(5.006)/ };
      void createProcessToolRunner().run({ tool, arguments: [], workingDirectory: ${JSON.stringify(folder)}, timeLimitSeconds: 300 });
      setInterval(() => { if (existsSync(${JSON.stringify(join(folder, 'begun'))})) { ${statement}; } }, 50);`,
    );
    spawnSync(process.execPath, [...process.execArgv, parent], { stdio: 'ignore' });
    for (const file of ['child', 'tool'])
      assert.not.ok(await isAlive(Number(readFileSync(join(folder, file), 'utf8'))), file);
  });
}

test('the version is asked for once per tool', async () => {
  const tool = fakeTool('exit 0');
  const log = join(temporaryFolder(), 'calls');
  const script = readFileSync(tool.executable, 'utf8').replace('#!/bin/sh\n', `#!/bin/sh\necho called >> ${log}\n`);
  writeFileSync(tool.executable, script);
  const runner = createProcessToolRunner();
  await Promise.all([runner.find(tool), runner.find(tool), runner.require(tool)]);
  assert.is(readFileSync(log, 'utf8'), 'called\n');
});

test.run();
