import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const test = suite('test runner');
const folder = join('.cache', `runner-test-${process.pid}`);

const head = "import { test } from 'uvu';\nimport * as assert from 'uvu/assert';\n";
const files = {
  'good.test.ts': `${head}test('a', () => assert.is(1, 1)); test('b', () => undefined); test.skip('c'); test.run();`,
  'bad.test.ts': `${head}test('a', () => assert.is(1, 2)); test('b', () => undefined); test.run();`,
  'never-run.test.ts': `${head}test('a', () => undefined);`,
  'empty.test.ts': `${head}test.run();`,
  'crash.test.ts': `${head}process.exit(3); test.run();`,
  'late.test.ts': `${head}test('a', () => { setTimeout(() => { throw new Error('late'); }, 50); }); test.run();`,
  'hang.test.ts': `// time-limit-seconds: 4\n${head}setInterval(() => undefined, 1000); test('a', () => undefined); test.run();`,
  'needs.test.ts':
    "import { suite } from '../../test/support/suite.js';\nconst t = suite('n');\nt('a', () => undefined);\nt.needs('no-such-tool')('b', () => undefined);\nt.run();",
};

test.before(() => {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

function runFiles(...names: readonly string[]): {
  readonly lines: readonly string[];
  readonly status: number | null;
  readonly output: string;
} {
  const script = `import { runTests } from './scripts/run-tests.mjs'; process.exitCode = await runTests(${JSON.stringify(names)}, ${JSON.stringify(folder)});`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  return { lines: stdout.trimEnd().split('\n'), status, output: stdout + stderr };
}

test('the last line is the count, alone', () => {
  const { lines, status, output } = runFiles('good', 'needs');
  assert.is(lines.at(-1), '3 passed, 0 failed', output);
  assert.is(status, 0);
  assert.match(output, 'n: b (not installed: no-such-tool)');
});

test('a failing test, a crash and an error after the tests fail the run', () => {
  const { lines, status, output } = runFiles('good', 'bad', 'crash', 'late');
  assert.is(status, 1);
  assert.match(lines.at(-1) ?? '', /^[34] passed, 3 failed$/);
  assert.match(output, 'exit code 3');
});

test('a file that runs no test fails', () => {
  const { lines, output } = runFiles('never-run', 'empty');
  assert.is(lines.at(-1), '0 passed, 2 failed');
  assert.match(output, 'never calls `.run()`');
});

test('a file that hangs is killed after its time limit', () => {
  const { lines, output } = runFiles('hang');
  assert.match(lines.at(-1) ?? '', /, 1 failed$/);
  assert.match(output, 'Killed after its time limit of 4 s');
});

test('no file is no success', () => {
  assert.is(runFiles('nothing-is-named-so').status, 1);
});

test.run();
