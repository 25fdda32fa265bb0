import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const VECTORS = 1_000_000;
const MODULES = ['requantize_f32', 'table_add'];

const rtl = fileURLToPath(new URL('../../rtl-templates/arith/', import.meta.url));
const bench = fileURLToPath(new URL('arith/', import.meta.url));
const sources = MODULES.map(module => join(rtl, `${module}.sv`));

function run(command: string, args: string[]): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (error) throw error;
  assert.is(status, 0, `${command} failed:\n${stdout}${stderr}`);
  return stdout;
}

// Says so and returns false when the tool is missing.
function present(command: string, versionFlag: string): boolean {
  const found = spawnSync(command, [versionFlag]).error === undefined;
  if (!found) console.log(`skipped: ${command} is missing`);
  return found;
}

const test = suite('arith');

test('equals the arithmetic of the host', () => {
  if (!present('verilator', '--version')) return;
  const seed = process.env.ARITH_SEED ?? String(randomInt(2 ** 40));
  const folder = mkdtempSync(join(tmpdir(), 'arith-'));
  console.log(`ARITH_SEED=${seed}`);
  try {
    // Verilator 5.006 folds some trees of bit operations wrongly, hence no-const-bit-op-tree.
    run('verilator', [
      '--cc',
      '--exe',
      '--build',
      '-Wall',
      '-O3',
      '-fno-const-bit-op-tree',
      '--Mdir',
      folder,
      '--top-module',
      'bench',
      '-CFLAGS',
      '-O2 -ffp-contract=off',
      join(bench, 'bench.sv'),
      ...sources,
      join(bench, 'bench.cpp'),
    ]);
    console.log(run(join(folder, 'Vbench'), [String(VECTORS), seed]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('is accepted by Icarus', () => {
  if (!present('iverilog', '-V')) return;
  for (const source of sources) run('iverilog', ['-g2012', '-Wall', '-t', 'null', source]);
});

test('is accepted by Yosys', () => {
  if (!present('yosys', '-V')) return;
  for (const [i, module] of MODULES.entries())
    run('yosys', [
      '-q',
      '-p',
      `read_verilog -sv "${sources[i]}"; hierarchy -check -top ${module}; proc; check -assert`,
    ]);
});

test.run();
