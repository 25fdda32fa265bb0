import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  inputFileKinds,
  parseInputJson,
  readInputFile,
  readInputFileStart,
  readInputFileSync,
  readInputJsonSync,
  withWorkingFolder,
  writeResultFile,
  type InputFileKindName,
} from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite('files that users name', { timeLimitSeconds: 20 });
const kinds = Object.keys(inputFileKinds) as InputFileKindName[];

test('a regular file is read, as a whole and from its start', async () => {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, 'content');
  for (const kind of kinds) {
    assert.is(Buffer.from(await readInputFile(path, kind)).toString(), 'content');
    assert.is(Buffer.from(readInputFileSync(path, kind)).toString(), 'content');
    assert.is(Buffer.from(await readInputFileStart(path, kind, 3)).toString(), 'con');
  }
});

test('pipes, devices, sockets, folders, circles and what is not there are refused at once, by path', async () => {
  const folder = temporaryFolder();
  const pipe = join(folder, 'pipe');
  assert.is(spawnSync('mkfifo', [pipe]).status, 0);
  const socket = join(folder, 'socket');
  const server = createServer().listen(socket);
  await new Promise(resolve => {
    server.once('listening', resolve);
  });
  symlinkSync(pipe, join(folder, 'link-to-pipe'));
  symlinkSync(join(folder, 'circle'), join(folder, 'circle'));
  const paths = [
    pipe,
    socket,
    join(folder, 'link-to-pipe'),
    join(folder, 'circle'),
    '/dev/zero',
    '/dev/stdin',
    folder,
    join(folder, 'missing'),
    join(folder, 'x'.repeat(5000)),
    join(pipe, 'below'),
  ];
  try {
    for (const path of paths) {
      for (const kind of kinds) {
        const { code } = inputFileKinds[kind];
        for (const read of [
          () => readInputFile(path, kind),
          () => readInputFileSync(path, kind),
          () => readInputFileStart(path, kind, 2),
        ]) {
          // Standard input of a test may be a file.
          if (path === '/dev/stdin' && spawnSync('test', ['-f', path], { stdio: 'inherit' }).status === 0) continue;
          const error = await expectError(code, read);
          assert.ok(error.message.includes(path), error.message);
          assert.ok((error.hint ?? '') !== '');
        }
      }
    }
  } finally {
    server.close();
  }
});

test('a size beyond the cap is refused before anything is read', async () => {
  const path = join(temporaryFolder(), 'large');
  writeFileSync(path, '');
  for (const kind of kinds) {
    const { maximumBytes, code, sizeCode } = { sizeCode: undefined, ...inputFileKinds[kind] };
    // Sparse: it takes no room.
    truncateSync(path, maximumBytes + 1);
    assert.match(
      (await expectError(sizeCode ?? code, () => readInputFileSync(path, kind))).message,
      String(maximumBytes),
    );
    await expectError(sizeCode ?? code, () => readInputFile(path, kind));
    assert.is((await readInputFileStart(path, 'model', 2)).length, 2);
  }
});

test('an interrupt ends reading', async () => {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, 'content');
  await expectError('ADC6002', () => readInputFile(path, 'array', AbortSignal.abort()));
});

test('JSON: too deep, with hidden keys, cut off', async () => {
  const parse = (text: string, kind: InputFileKindName = 'platform'): unknown =>
    parseInputJson(Buffer.from(text), 'a.json', kind);
  assert.equal(parse('\ufeff{"a": "[[[{{{\\"[", "proto": [1, {"b": null}]}'), {
    a: '[[[{{{"[',
    proto: [1, { b: null }],
  });
  await expectError('ADC4010', () => parse('['.repeat(100_000)));
  await expectError('ADC3308', () => parse(`${'[{"a":'.repeat(80)}1${'}]'.repeat(80)}`, 'graph'));
  await expectError('ADC3301', () => parse('{"a": 1', 'graph'));
  for (const key of ['__proto__', '\\u005f_proto__', '__\\u0070roto__', '\\u005F\\u005fproto__'])
    assert.match((await expectError('ADC4010', () => parse(`{"a": [{"${key}": 1}]}`))).message, '__proto__');
  const path = join(temporaryFolder(), 'a.json');
  writeFileSync(path, '{"a": [1]}');
  assert.equal(readInputJsonSync(path, 'graph'), { a: [1] });
});

test('a result file is whole or as it was; a long name is no obstacle, and what a killed run left is removed', async () => {
  const folder = temporaryFolder();
  const path = join(folder, `${'n'.repeat(246)}.json`);
  await writeResultFile(path, 'one', 'output');
  await writeResultFile(path, 'two', 'output');
  assert.is(readFileSync(path, 'utf8'), 'two');
  assert.equal(readdirSync(folder).length, 1);
  await expectError('ADC6003', () => writeResultFile(join(folder, 'n'.repeat(256)), '', 'output'));
  await expectError('ADC6003', () => writeResultFile(join(folder, 'n/'.repeat(3000)), '', 'output'));
  mkdirSync(join(folder, 'folder'));
  await expectError('ADC6003', () => writeResultFile(join(folder, 'folder'), '', 'output'));
});

test('a missing folder for temporary files is said, with what to do', async () => {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = join(temporaryFolder(), 'gone');
  try {
    const error = await expectError('ADC6003', () => withWorkingFolder('test', () => Promise.resolve(1)));
    assert.match(error.hint ?? '', 'TMPDIR');
    assert.is(error.exitCode, 2);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});

test.run();
