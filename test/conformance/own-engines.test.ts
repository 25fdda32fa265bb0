// time-limit-seconds: 300
import type { Log } from '@autodnnchip/core';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import * as assert from 'uvu/assert';
import { run } from '../cli/run.js';
import { suite } from '../support/suite.js';

const silent: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};
const here = { plugins: defaultPlugins(silent), workingDirectory: process.cwd() };
const test = suite('our engines conform', { timeLimitSeconds: 200 });

for (const engine of ['conv-adder-tree', 'lane-engine']) {
  test.needs('verilator', 'yosys')(`${engine}: a chip on two memories`, async () => {
    const argv = ['check', `./ip-plugins/${engine}`, '--chips', '1', '--memories', '2', '--synthesize', '--json'];
    const { exitCode, output, messages } = await run(argv, here);
    assert.is(exitCode, 0, `${output}${messages}`);
    const { engines } = JSON.parse(output) as {
      engines: { engine: string; checks: { check: string; status: string }[] }[];
    };
    assert.equal(
      engines.map(report => report.engine),
      [engine],
    );
    assert.equal(
      engines[0].checks.filter(({ status }) => status !== 'passed'),
      [],
    );
  });
}

test('a plugin without an engine is refused', async () => {
  const { exitCode, messages } = await run(['check', './platform-plugins/ultra96'], here);
  assert.is(exitCode, 2);
  assert.match(messages, /no engine|exports neither/);
});

test.run();
