import { createAutoDNNchip, HostFacts } from '@autodnnchip/core';
import { cliPlugin } from '@autodnnchip/plugin-cli';
import * as assert from 'uvu/assert';
import { createPaint } from '../../plugins/cli/src/paint.js';
import { formatCount, formatFacts, formatQuantity, formatTable } from '../../plugins/cli/src/table.js';
import { createTerminalLog } from '../../plugins/cli/src/terminal-log.js';
import { suite } from '../support/suite.js';

const test = suite('terminal');

function logTo(isTTY: boolean, options: { quiet?: boolean; verbose?: boolean } = {}) {
  const state = { text: '', time: 0 };
  const log = createTerminalLog({
    quiet: options.quiet ?? false,
    verbose: options.verbose ?? false,
    paint: createPaint(false, {}),
    stream: {
      isTTY,
      columns: 40,
      write: text => {
        state.text += text;
      },
    },
    now: () => state.time,
  });
  return { log, state };
}

test('a table lines its columns up', () => {
  assert.is(
    formatTable(
      [{ title: 'name' }, { title: 'cycles', align: 'right' }],
      [
        ['a', '1'],
        ['longer', '23,456'],
      ],
    ),
    'name    cycles\na            1\nlonger  23,456',
  );
  assert.is(
    formatFacts([
      ['a', 'x'],
      ['bcd', ''],
    ]),
    'a    x\nbcd',
  );
});

test('figures have four digits and a prefix', () => {
  assert.equal(
    [1234567, 0.00123456, 0, 5e-12, 1000].map(value => formatQuantity(value, 's')),
    ['1.235 Ms', '1.235 ms', '0 s', '5 ps', '1 ks'],
  );
  assert.is(formatCount(1234567), '1,234,567');
});

test('progress is one line at a terminal, and a line now and then elsewhere', () => {
  const terminal = logTo(true);
  terminal.log.progress('searching', 1, 4);
  terminal.log.progress('searching', 2, 4);
  terminal.log.info('note');
  assert.is(terminal.state.text, '\r\u001b[Ksearching: 1/4 (25 %)\r\u001b[Knote\n');
  const file = logTo(false);
  for (const [time, done] of [
    [0, 1],
    [1000, 2],
    [6000, 3],
    [6001, 4],
  ] as const) {
    file.state.time = time;
    file.log.progress('searching', done, 4);
  }
  assert.is(file.state.text, 'searching: 1/4 (25 %)\nsearching: 3/4 (75 %)\nsearching: 4/4 (100 %)\n');
});

test('quiet shows warnings only; verbose shows details', () => {
  const speak = ({ log, state }: ReturnType<typeof logTo>): string => {
    log.info('info');
    log.detail('detail');
    log.progress('p', 1);
    log.warn('careful');
    return state.text;
  };
  assert.is(speak(logTo(false, { quiet: true })), 'warning: careful\n');
  assert.is(speak(logTo(false, { verbose: true })), 'info\ndetail\np: 1\nwarning: careful\n');
});

test('colours follow the terminal, --no-color, NO_COLOR and FORCE_COLOR', () => {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  const isPainted = (wanted: boolean, isTTY: boolean): boolean => createPaint(wanted, { isTTY }).red('x') !== 'x';
  delete process.env['NO_COLOR'];
  delete process.env['FORCE_COLOR'];
  assert.equal([isPainted(true, true), isPainted(true, false), isPainted(false, true)], [true, false, false]);
  process.env['FORCE_COLOR'] = '1';
  assert.equal([isPainted(true, false), isPainted(false, true)], [true, false]);
  process.env['NO_COLOR'] = '1';
  assert.is(isPainted(true, true), false);
  for (const [name, value] of [
    ['NO_COLOR', NO_COLOR],
    ['FORCE_COLOR', FORCE_COLOR],
  ] as const) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

test('the host is described', async () => {
  const host = await createAutoDNNchip({ plugins: [cliPlugin(logTo(false).log, process.cwd())] })
    .get(HostFacts)
    .describe();
  assert.ok(host.logicalCores >= 1 && host.memoryBytes > 0 && host.nodeVersion === process.versions.node);
});

test.run();
