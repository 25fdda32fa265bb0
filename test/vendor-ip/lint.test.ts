import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { chipRtl } from '../support/chip-simulators.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { chipsWithoutLane, vendorChips } from './vendor-chips.js';

const lint = suite("RTL of a vendor's engine", { timeLimitSeconds: 180 });

const rtlFolder = fileURLToPath(new URL('../../examples/vendor-ip/rtl', import.meta.url));
const core = ['stream_pool_max.v', 'stream_pool_core.v'];
const chips = [...Object.values(vendorChips), ...chipsWithoutLane.map(({ chip }) => chip)];

/** Runs a tool; fails where it ends with an error, or says anything that `harmless` does not match. */
function expectSilent(folder: string, command: string, parameters: readonly string[], harmless?: RegExp): void {
  const { status, stdout, stderr } = spawnSync(command, parameters, { cwd: folder, encoding: 'utf8' });
  const complaints = `${stdout}${stderr}`.split('\n').filter(line => line !== '' && harmless?.test(line) !== true);
  assert.equal(complaints, []);
  assert.is(status, 0);
}

/** Folders with the RTL of each chip, and its files in compilation order. */
function chipFolders(): { readonly folder: string; readonly files: readonly string[] }[] {
  return chips.map(chip => {
    const folder = temporaryFolder();
    const files = chipRtl(chip).map(({ path, content }) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
      return path;
    });
    return { folder, files };
  });
}

lint.needs('verilator')('Verilator: the block by itself as Verilog-2001, and chips', () => {
  const options = ['--lint-only', '-Wall', '--top-module'];
  expectSilent(rtlFolder, 'verilator', ['--language', '1364-2001', ...options, 'stream_pool_core', ...core]);
  for (const { folder, files } of chipFolders()) expectSilent(folder, 'verilator', [...options, 'accel_top', ...files]);
});

lint.needs('iverilog')('Icarus: the block by itself as Verilog-2001, and chips', () => {
  const options = ['-Wall', '-Wno-timescale', '-t', 'null', '-s'];
  expectSilent(rtlFolder, 'iverilog', ['-g2001', ...options, 'stream_pool_core', ...core]);
  for (const { folder, files } of chipFolders())
    expectSilent(
      folder,
      'iverilog',
      ['-g2012', ...options, 'accel_top', ...files],
      /sorry: constant selects in always_\* processes/,
    );
});

lint.needs('yosys')('Yosys: the block by itself as Verilog, and chips', () => {
  expectSilent(rtlFolder, 'yosys', [
    '-q',
    '-p',
    `read_verilog ${core.join(' ')}; hierarchy -check -top stream_pool_core; proc; check -assert`,
  ]);
  for (const { folder, files } of chipFolders())
    expectSilent(
      folder,
      'yosys',
      ['-q', '-p', `read_verilog -sv ${files.join(' ')}; hierarchy -check -top accel_top`],
      /^Warning: Replacing memory/,
    );
});

lint.run();
