import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChipError, createProcessToolRunner, mapMemory, type ToolRunner } from '@autodnnchip/core';
import { findYosys, synthesizeSources } from '@autodnnchip/plugin-yosys';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { smallChip, source } from './rtl.js';

const synthesis = suite('synthesis with Yosys');
const runner = createProcessToolRunner();
const native = synthesis.needs('yosys');
const tinyLibrary = fileURLToPath(new URL('fixtures/tiny.lib', import.meta.url));

native('ecp5: memories and product are where the rules put them', async () => {
  const result = await synthesizeSources(
    { sources: smallChip, top: 'small_chip', target: 'ecp5', tool: 'native' },
    runner,
  );
  const small = mapMemory({ widthBits: 32, depth: 8, style: 'auto', readDuringWrite: false }, 'ecp5');
  const large = mapMemory({ widthBits: 32, depth: 1024, style: 'auto', readDuringWrite: false }, 'ecp5');
  assert.equal(result.totals, {
    lut: small.lut + large.lut,
    lutram: small.lut,
    ff: small.ff + large.ff + 16,
    dsp: 1,
    bram: large.bram,
    carry: 0,
    uncounted: [],
  });
  assert.is(result.tool, 'yosys');
  assert.match(result.version, /^\d+\.\d+/);
});

native('xcup: parameters of the top module are set', async () => {
  const result = await synthesizeSources(
    { sources: smallChip, top: 'small_chip', parameters: { DEPTH: 4096 }, target: 'xcup' },
    runner,
  );
  assert.is(
    result.totals?.bram,
    mapMemory({ widthBits: 32, depth: 4096, style: 'auto', readDuringWrite: false }, 'xcup').bram,
  );
  assert.is(result.totals?.dsp, 1);
  assert.equal(result.totals?.uncounted, []);
});

native('unflattened modules are counted one by one', async () => {
  const result = await synthesizeSources(
    { sources: smallChip, top: 'small_chip', target: 'ice40', flatten: false },
    runner,
  );
  assert.is(Object.keys(result.modules).length, 3);
  assert.is(result.modules['small_chip']?.['SB_DFF'], 16);
});

native('asic: deep memories stay macros, cells have an area', async () => {
  const { asic, cells } = await synthesizeSources(
    { sources: smallChip, top: 'small_chip', target: 'asic', libertyPath: tinyLibrary },
    runner,
  );
  assert.equal(
    asic?.macros.map(({ widthBits, depth }) => [widthBits, depth]),
    [[32, 1024]],
  );
  assert.is(asic?.sramBits, 32 * 1024);
  assert.is(asic?.multipliers, 1);
  assert.is(asic?.ff, cells['DFF']);
  const areas: Readonly<Record<string, number>> = { INV: 2, NAND2: 3, NOR2: 3, BUF: 4, XOR2: 7, DFF: 10 };
  assert.is(
    asic?.cellArea,
    Object.entries(cells).reduce((sum, [type, count]) => sum + (areas[type] ?? 0) * count, 0),
  );
});

native('asic without a Liberty file is counted in gates', async () => {
  const { asic } = await synthesizeSources(
    {
      sources: source('module chip (input logic a, input logic b, output logic y); assign y = !(a && b); endmodule'),
      top: 'chip',
      target: 'asic',
    },
    runner,
  );
  assert.is(asic?.gates, 1);
  assert.is(asic?.cellArea, undefined);
});

native('a syntax error names the file and the line as the caller knows them', async () => {
  const error = await expectError('ADC4002', () =>
    synthesizeSources(
      {
        sources: source('module chip (input a, output logic y);\n  assign y = a +;\nendmodule'),
        top: 'chip',
        target: 'ecp5',
      },
      runner,
    ),
  );
  assert.equal(error.location, { file: 'some folder/chip.sv', line: 2 });
  assert.match(error.message, /syntax error/);
  assert.is(error.exitCode, 4);
});

native('missing modules and failed checks of parameters are explained', async () => {
  const missing = await expectError('ADC4002', () =>
    synthesizeSources(
      {
        sources: source('module chip (input a, output y); part u (.a(a), .y(y)); endmodule'),
        top: 'chip',
        target: 'ecp5',
      },
      runner,
    ),
  );
  assert.match(missing.message, /part/);
  await expectError('ADC4002', () =>
    synthesizeSources({ sources: smallChip, top: 'other_chip', target: 'ecp5' }, runner),
  );
  const checked =
    'module chip #(parameter int N = 1) (input a, output y);\n  initial if (N < 2) $error("N is too small");\n  assign y = a;\nendmodule';
  const failed = await expectError('ADC4002', () =>
    synthesizeSources({ sources: source(checked), top: 'chip', target: 'ecp5' }, runner),
  );
  assert.match(failed.hint ?? '', /check of parameters/);
  await synthesizeSources({ sources: source(checked), top: 'chip', parameters: { N: 2 }, target: 'ecp5' }, runner);
});

native('a run that takes too long is killed', async () => {
  const error = await expectError('ADC4003', () =>
    synthesizeSources({ sources: smallChip, top: 'small_chip', target: 'xcup', timeLimitSeconds: 0.2 }, runner),
  );
  assert.is(error.exitCode, 4);
});

native('an interrupted run stops', async () => {
  await expectError('ADC6002', () =>
    synthesizeSources(
      { sources: smallChip, top: 'small_chip', target: 'xcup', signal: AbortSignal.timeout(200) },
      runner,
    ),
  );
});

synthesis('Liberty files are checked before Yosys sees them', async () => {
  const request = { sources: smallChip, top: 'small_chip', target: 'asic' } as const;
  await expectError('ADC4012', () => synthesizeSources({ ...request, libertyPath: 'no-such.lib' }, runner));
  const path = join(temporaryFolder(), 'not.lib');
  writeFileSync(path, 'hello');
  await expectError('ADC4012', () => synthesizeSources({ ...request, libertyPath: path }, runner));
  await expectError('ADC4012', () =>
    synthesizeSources({ ...request, target: 'xcup', libertyPath: tinyLibrary }, runner),
  );
});

native('a Liberty file with too few kinds of cells is explained', async () => {
  const path = join(temporaryFolder(), 'poor.lib');
  writeFileSync(
    path,
    'library(poor) { cell(INV) { area : 2; pin(A) { direction : input; } pin(Y) { direction : output; function : "A\'"; } } }',
  );
  const error = await expectError('ADC4002', () =>
    synthesizeSources(
      {
        sources: source('module chip (input a, output y); assign y = !a; endmodule'),
        top: 'chip',
        target: 'asic',
        libertyPath: path,
      },
      runner,
    ),
  );
  assert.match(error.hint ?? '', /Liberty/);
});

/** A computer on which only this version of Yosys, or none, is installed. */
function computerWith(version: string | undefined): ToolRunner {
  return {
    ...runner,
    find: () => Promise.resolve(version === undefined ? undefined : { path: 'yosys', version }),
    require: () => Promise.reject(new ChipError(version === undefined ? 'ADC4001' : 'ADC4005', 'not usable')),
  };
}

synthesis('the embedded Yosys stands in where none is installed, or one that is too old', async () => {
  assert.is((await findYosys('best', computerWith(undefined))).name, '@yowasp/yosys');
  assert.is((await findYosys('best', computerWith('0.9'))).name, '@yowasp/yosys');
  assert.is((await findYosys('best', computerWith('0.23'))).name, 'yosys');
  const missing = await expectError('ADC4001', () => findYosys('native', computerWith(undefined)));
  assert.is(missing.exitCode, 3);
});

synthesis('the embedded Yosys counts the same cells, and is killed when it takes too long', async () => {
  const request = {
    sources: source(
      'module chip (input logic clk, input logic [7:0] a, output logic [7:0] y); always_ff @(posedge clk) y <= a; endmodule',
    ),
    top: 'chip',
    target: 'ecp5',
    tool: 'embedded',
  } as const;
  await expectError('ADC4003', () => synthesizeSources({ ...request, timeLimitSeconds: 0.5 }, runner));
  const result = await synthesizeSources(request, runner);
  assert.equal(result.cells, { TRELLIS_FF: 8 });
  assert.is(result.tool, '@yowasp/yosys');
  const { dependencies } = JSON.parse(
    readFileSync(new URL('../../plugins/yosys/package.json', import.meta.url), 'utf8'),
  ) as { dependencies: Record<string, string> };
  assert.ok(dependencies[result.tool]?.startsWith(result.version), `${result.version} of Yosys`);
});

synthesis.run();
