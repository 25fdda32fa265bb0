import { countCells, stageSources, synthesisScript } from '@autodnnchip/plugin-yosys';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { smallChip, source } from './rtl.js';

const counting = suite('counting cells and writing scripts');

counting('xcup: LUTs, memories in LUTs, halves of block RAM', () => {
  assert.equal(
    countCells('xcup', {
      LUT2: 10,
      LUT6: 5,
      INV: 1,
      MUXF7: 4,
      SRL16E: 2,
      RAM32M16: 1,
      FDRE: 7,
      DSP48E2: 3,
      RAMB36E2: 1,
      RAMB18E2: 3,
      CARRY4: 2,
      BUFG: 1,
    }),
    {
      lut: 26,
      lutram: 10,
      ff: 7,
      dsp: 3,
      bram: 2.5,
      carry: 2,
      uncounted: [],
    },
  );
});

counting('ecp5: a carry cell takes two LUTs, distributed RAM six', () => {
  assert.equal(
    countCells('ecp5', {
      LUT4: 10,
      CCU2C: 3,
      PFUMX: 4,
      L6MUX21: 2,
      TRELLIS_FF: 9,
      TRELLIS_DPR16X4: 2,
      DP16KD: 1,
      PDPW16KD: 1,
      MULT18X18D: 4,
    }),
    {
      lut: 28,
      lutram: 12,
      ff: 9,
      dsp: 4,
      bram: 2,
      carry: 3,
      uncounted: [],
    },
  );
});

counting('ice40: every kind of flip-flop', () => {
  assert.equal(
    countCells('ice40', { SB_LUT4: 5, SB_CARRY: 2, SB_DFF: 1, SB_DFFESR: 2, SB_DFFNE: 1, SB_RAM40_4K: 2, SB_MAC16: 1 }),
    {
      lut: 5,
      lutram: 0,
      ff: 4,
      dsp: 1,
      bram: 2,
      carry: 2,
      uncounted: [],
    },
  );
});

counting('a cell without a rule is named, not dropped', () => {
  assert.equal(countCells('xcup', { URAM288: 2, LUT1: 1 }).uncounted, ['URAM288']);
});

counting('packages are read before what uses them, included files only when asked for', () => {
  const staged = stageSources([...smallChip, { path: 'rtl/constants.svh', text: '`define X 1\n' }]);
  assert.equal(
    staged.map(({ name, isRoot }) => [name, isRoot]),
    [
      ['small_pkg.sv', true],
      ['small_chip.sv', true],
      ['constants.svh', false],
    ],
  );
});

counting('names that a script could misread are made safe', () => {
  assert.is(stageSources(source('module x; endmodule', 'a b/-my chip;exec.sv'))[0]?.name, '_my_chip_exec.sv');
});

counting('two files of one name, or none, are refused', async () => {
  await expectError('ADC4012', () => stageSources([...smallChip, ...source('', 'other/small_pkg.sv')]));
  await expectError('ADC4012', () => stageSources([{ path: 'weights.hex', text: '00' }]));
});

const request = { sources: ['a.sv'], top: 'chip', parameters: {}, target: 'xcup', flatten: true } as const;

counting('scripts name family, top and parameters', () => {
  assert.match(
    synthesisScript({ ...request, parameters: { DEPTH: 64, NAME: 'ab' } }),
    /hierarchy -check -top chip -chparam DEPTH 64 -chparam NAME 16'b0110000101100010\n/,
  );
  assert.match(synthesisScript(request), /synth_xilinx -family xcup -noiopad -noclkbuf -flatten -top chip/);
  assert.match(synthesisScript({ ...request, target: 'ecp5', flatten: false }), /synth_ecp5 -noflatten -top chip/);
  assert.match(
    synthesisScript({ ...request, target: 'asic', libertyFile: 'cells.lib' }),
    /dfflibmap -liberty cells\.lib\nabc -liberty cells\.lib/,
  );
});

counting('what is no identifier cannot get into a script', async () => {
  await expectError('ADC4012', () => synthesisScript({ ...request, top: 'chip; exec -- ls' }));
  await expectError('ADC4012', () => synthesisScript({ ...request, parameters: { 'A B': 1 } }));
  await expectError('ADC4012', () => synthesisScript({ ...request, parameters: { A: 1.5 } }));
});

counting.run();
