import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createProcessToolRunner, knownTools } from '@autodnnchip/core';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { chipRtl } from '../../support/chip-simulators.js';
import { suite } from '../../support/suite.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { drawFrom } from '../random-draws.js';
import { drawConfiguration, oddChips, withEngineList } from './odd-chips.js';
import type { ChipOfTests } from '../../support/chip-engines.js';

/** Each version of Verilator has warnings of its own; this is the one that the RTL is written against. */
const verilatorVersion = '5.006';

const lint = suite('RTL of odd chips', { timeLimitSeconds: 180 });
const drawn = fc.sample(
  fc.gen().map(gen => drawConfiguration(drawFrom(gen), 600)),
  { numRuns: 4, seed: 3 },
);
const [, small, , last] = Object.values(oddChips);
const chips = [
  ...Object.values(oddChips),
  ...Object.values(oddChips).map(chip => withEngineList(chip, ['conv', 'lane', 'lane'])),
  withEngineList(small, ['conv', 'conv', 'conv', 'conv']),
  withEngineList(last, ['conv']),
  withEngineList(last, ['lane']),
  ...drawn,
];

/** Writes the RTL of a chip into a folder; returns the files in compilation order. */
function writeRtl(folder: string, configuration: ChipOfTests): string[] {
  return chipRtl(configuration).map(({ path, content }) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    return path;
  });
}

/** Runs a tool on every chip; fails where it ends with an error, or says anything that `harmless` does not match. */
function expectAccepted(
  command: string,
  harmless: RegExp | undefined,
  parameters: (files: readonly string[]) => readonly string[],
): void {
  for (const configuration of chips) {
    const folder = temporaryFolder();
    const { status, stdout, stderr } = spawnSync(command, parameters(writeRtl(folder, configuration)), {
      cwd: folder,
      encoding: 'utf8',
    });
    const complaints = `${stdout}${stderr}`.split('\n').filter(line => line !== '' && harmless?.test(line) !== true);
    assert.equal(complaints, [], JSON.stringify(configuration));
    assert.is(status, 0);
  }
}

lint.needs('verilator')('Verilator has no warning', async () => {
  const verilator = await createProcessToolRunner().require(knownTools.verilator);
  if (verilator.version !== verilatorVersion) {
    process.stdout.write(
      `[skipped] Verilator ${verilator.version} is installed; the RTL is held against ${verilatorVersion}\n`,
    );
    return;
  }
  expectAccepted('verilator', undefined, files => ['--lint-only', '-Wall', '--top-module', 'accel_top', ...files]);
});

lint.needs('iverilog')('Icarus elaborates it', () => {
  expectAccepted('iverilog', /sorry: constant selects in always_\* processes/, files => [
    '-g2012',
    '-Wall',
    '-Wno-timescale',
    '-t',
    'null',
    '-s',
    'accel_top',
    ...files,
  ]);
});

lint.needs('yosys')('Yosys reads it, and finds every module and port', () => {
  expectAccepted('yosys', /^Warning: Replacing memory/, files => [
    '-q',
    '-p',
    `read_verilog -sv ${files.join(' ')}; hierarchy -check -top accel_top`,
  ]);
});

lint.run();
