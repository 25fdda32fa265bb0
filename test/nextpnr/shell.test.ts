import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProcessToolRunner, type ModulePort } from '@autodnnchip/core';
import { placementShell } from '@autodnnchip/plugin-nextpnr';
import { writeNetlist } from '@autodnnchip/plugin-yosys';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { smallChip } from '../yosys/rtl.js';

const shells = suite('shells for placement', { timeLimitSeconds: 120 });

const port = (direction: ModulePort['direction'], name: string, bits: number): ModulePort => ({
  direction,
  name,
  bits,
});

shells('every input is driven and every output observed, each by bits of its own', () => {
  const { text, top } = placementShell(
    'chip',
    [port('input', 'clk', 1), port('input', 'a', 3), port('output', 'y', 5), port('input', 'b', 2)],
    { DEPTH: 4 },
  );
  assert.match(
    text,
    new RegExp(`module ${top} \\(input wire logic clk, input wire logic scan_in, output logic scan_out\\);`),
  );
  assert.match(
    text,
    /chip #\(\.DEPTH\(4\)\) u_core \(\n {4}\.clk\(clk\),\n {4}\.a\(driven\[0 \+: 3\]\),\n {4}\.y\(observed\[0 \+: 5\]\),\n {4}\.b\(driven\[3 \+: 2\]\)\n/,
  );
  assert.match(text, /logic \[4:0\] driven;\n {2}logic \[4:0\] observed;/);
});

shells('a design without clock, without inputs or outputs, or with two-way ports is refused', async () => {
  const clock = port('input', 'clk', 1);
  const input = port('input', 'a', 1);
  const output = port('output', 'y', 1);
  for (const ports of [
    [input, output],
    [clock, output],
    [clock, input],
    [clock, input, output, port('inout', 'sda', 1)],
  ]) {
    await expectError('ADC4012', () => placementShell('chip', ports));
  }
});

shells.needs('yosys')('nothing of the design is lost behind the shell, which has three pins', async () => {
  const outputPath = join(temporaryFolder(), 'netlist.json');
  const seen: ModulePort[] = [];
  const { cells, tool } = await writeNetlist(
    {
      sources: smallChip,
      top: 'small_chip',
      parameters: { DEPTH: 512 },
      target: 'ecp5',
      outputPath,
      shell: ports => {
        seen.push(...ports);
        return placementShell('small_chip', ports, { DEPTH: 512 });
      },
    },
    createProcessToolRunner(),
  );
  assert.is(tool, 'yosys');
  assert.equal(
    seen.find(({ name }) => name === 'address'),
    port('input', 'address', 9),
  );
  assert.is(seen.length, 10);
  assert.is(cells['DP16KD'], 1);
  assert.is(cells['MULT18X18D'], 1);
  const { modules } = JSON.parse(readFileSync(outputPath, 'utf8')) as {
    modules: Record<string, { attributes: Record<string, string>; ports: object }>;
  };
  const tops = Object.values(modules).filter(({ attributes }) => attributes['top'] !== undefined);
  assert.equal(
    tops.map(({ ports }) => Object.keys(ports)),
    [['clk', 'scan_in', 'scan_out']],
  );
});

shells.run();
