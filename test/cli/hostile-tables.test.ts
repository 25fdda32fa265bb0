import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { Log } from '@autodnnchip/core';
import { defaultPlugins } from '../../plugins/cli/src/default-plugins.js';
import { statistics } from '../../plugins/validate/src/error-statistics.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { run, type CommandOutcome } from './run.js';

const test = suite('hostile tables', { timeLimitSeconds: 60 });
const silent: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};
const cli = async (...argv: readonly string[]): Promise<CommandOutcome> =>
  await run(argv, { plugins: defaultPlugins(silent), workingDirectory: '.' });
const measured = fileURLToPath(new URL('../measured/silicon.csv', import.meta.url));
const [header, row] = readFileSync(measured, 'utf8').split('\n');

/** A table of these lines with the measured networks beside it. */
function table(lines: readonly string[]): string {
  const folder = join(temporaryFolder(), 'table');
  mkdirSync(folder);
  symlinkSync(join(dirname(measured), 'networks'), join(folder, 'networks'));
  writeFileSync(join(folder, 'a.csv'), [header, ...lines].join('\n'));
  return join(folder, 'a.csv');
}

/**
 * Processor time of a comparison of so many equal rows, s: the least of three, so that what else the computer does
 * counts little.
 */
async function processorSeconds(rows: number): Promise<number> {
  const data = table(Array.from({ length: rows }, () => row));
  const spent: number[] = [];
  for (let repetition = 0; repetition < 3; repetition += 1) {
    const before = process.cpuUsage();
    const { exitCode, output, messages } = await cli('validate', '--data', data, '--json');
    const { user, system } = process.cpuUsage(before);
    assert.is(exitCode, 0, messages);
    assert.is((JSON.parse(output) as { rows: unknown[] }).rows.length, rows);
    spent.push((user + system) / 1e6);
  }
  return Math.min(...spent);
}

test('the cost of a table grows in line with its rows, not rows times rows', async () => {
  await processorSeconds(100);
  const few = await processorSeconds(5000);
  const many = await processorSeconds(20_000);
  assert.ok(many < 8 * few, `${few} s for 5,000 rows, ${many} s for 20,000`);
});

test('rows of one run share its prediction', async () => {
  const one = await processorSeconds(1);
  const many = await processorSeconds(2000);
  // A prediction for each row would be 2,000 of them.
  assert.ok(many < 200 * one, `${one} s for one row, ${many} s for 2,000`);
});

test('more errors than a call takes arguments', () => {
  assert.is(statistics(Array.from({ length: 300_000 }, (_, index) => -(index % 7))).maximumAbsoluteErrorPercent, 6);
  assert.is(statistics([]).maximumAbsoluteErrorPercent, 0);
});

test('a network file outside of networks/ is not looked at', async () => {
  for (const file of ['../a.csv', '../../../../../../etc/passwd', 'eyeriss/../../a.csv', '..']) {
    const { exitCode, output } = await cli(
      'validate',
      '--data',
      table([row.replace('eyeriss/alexnet_conv.onnx', file)]),
    );
    assert.is(exitCode, 0);
    assert.match(output, /is not in networks\/ beside the table/, file);
    assert.not.match(output, /ADC1001|ADC1002|ADC1010/);
  }
});

test('a plugin that is an empty file, as those are that the system makes up', async () => {
  const empty = join(temporaryFolder(), 'empty.js');
  writeFileSync(empty, '');
  for (const path of [empty, '/proc/kmsg']) {
    const { exitCode, messages } = await cli('plugins', '--plugin', path);
    assert.is(exitCode, 2);
    assert.match(messages, /ADC2010/);
  }
});

test.run();
