import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';

import { chipSources } from '../accel-shared/chip-sources.js';
import { oddChips } from '../accel-shared/cosim/odd-chips.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const benches = fileURLToPath(new URL('blocks/', import.meta.url));
const seed = Number(process.env.BLOCKS_SEED ?? randomInt(2 ** 31));

/** Each block with values of its parameters: least, odd, and as chips have them. */
const cases: readonly { readonly block: string; readonly parameters: readonly Readonly<Record<string, number>>[] }[] = [
  { block: 'fifo_sync', parameters: [{ DEPTH: 1 }, { DEPTH: 3 }, { DEPTH: 8 }] },
  {
    block: 'burst_splitter',
    parameters: [
      { BUS_BYTES: 4, WORD_BYTES: 4, BURST_BEATS: 2 },
      { BUS_BYTES: 4, WORD_BYTES: 12, BURST_BEATS: 16 },
      { BUS_BYTES: 16, WORD_BYTES: 16, BURST_BEATS: 256 },
    ],
  },
  {
    block: 'task_queue',
    parameters: [
      { UNITS: 3, DEPTH: 1 },
      { UNITS: 4, DEPTH: 4 },
    ],
  },
  { block: 'window_sequencer', parameters: [{ MIN_INTERVAL: 1 }, { MIN_INTERVAL: 7 }, { MIN_INTERVAL: 32 }] },
];

const blocks = suite('Blocks of the RTL');

function run(command: string, parameters: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(command, parameters, { encoding: 'utf8' });
  if (error) throw error;
  assert.is(status, 0, `${command} failed:\n${stdout}${stderr}`);
  return stdout;
}

/** The RTL of a chip in a folder of its own, but for the top module: paths in compilation order. */
function writeRtl(): string[] {
  const folder = temporaryFolder();
  return chipSources(Object.values(oddChips)[0], 1)
    .filter(({ path }) => !path.endsWith('accel_top.sv'))
    .map(({ path, text }) => {
      const file = join(folder, path.replaceAll('/', '_'));
      writeFileSync(file, text);
      return file;
    });
}

for (const { block, parameters } of cases) {
  blocks.needs('iverilog')(`${block} does as its loops say, seed ${seed}`, () => {
    const rtl = writeRtl();
    const top = `${block}_bench`;
    for (const values of parameters) {
      const program = join(temporaryFolder(), top);
      const overrides = Object.entries(values).map(([name, value]) => `-P${top}.${name}=${value}`);
      run('iverilog', ['-g2012', '-o', program, '-s', top, ...overrides, ...rtl, join(benches, `${top}.sv`)]);
      const output = run('vvp', ['-n', program, `+seed=${seed}`]);
      const passed = Number(/^PASS (\d+)$/m.exec(output)?.[1]);
      assert.ok(passed > 100, `${block} ${JSON.stringify(values)} (BLOCKS_SEED=${seed}): ${output}`);
    }
  });
}

blocks.needs('iverilog')('a parameter that cannot be is told when the design is elaborated', () => {
  const rtl = writeRtl();
  const program = join(temporaryFolder(), 'wrong');
  run('iverilog', [
    '-g2012',
    '-o',
    program,
    '-s',
    'burst_splitter_bench',
    '-Pburst_splitter_bench.BURST_BEATS=12',
    ...rtl,
    join(benches, 'burst_splitter_bench.sv'),
  ]);
  assert.match(run('vvp', ['-n', program]), /BURST_BEATS must be a power of two/);
});

blocks.run();
