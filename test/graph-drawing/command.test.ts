import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { graphDrawing } from '@autodnnchip/plugin-graph-drawing';
import { graphPredictor } from '@autodnnchip/plugin-graph-predictor';
import * as assert from 'uvu/assert';
import { parseDocument } from '../cli/documents.js';
import { run } from '../cli/run.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite('draw');
const plugins = [graphPredictor(), graphDrawing()];
const gemm = 'examples/graphs/gemm3.chip.json';

test('writes a drawing, in a folder that it makes', async () => {
  const out = join(temporaryFolder(), 'new', 'gemm.svg');
  const { exitCode, output, messages } = await run(['draw', gemm, '--out', out, '--predict', 'fine', '--json'], {
    plugins,
  });
  assert.is(exitCode, 0, messages);
  assert.equal(parseDocument('draw', output), {
    schemaVersion: 1,
    command: 'draw',
    graph: 'gemm-3',
    file: out,
    nodes: 54,
    boxes: 54,
  });
  const svg = readFileSync(out, 'utf8');
  assert.ok(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"'));
  assert.match(svg, '11 cycles = 11 ns');
  const folded = await run(['draw', gemm, '--out', out, '--fold'], { plugins });
  assert.match(folded.output, '54 nodes, as 3 boxes');
  assert.not.match(readFileSync(out, 'utf8'), '11 cycles');
});

test('draws without a predictor, but for --predict', async () => {
  const out = join(temporaryFolder(), 'gemm.svg');
  assert.is((await run(['draw', gemm, '--out', out], { plugins: [graphDrawing()] })).exitCode, 0);
  const { exitCode, messages } = await run(['draw', gemm, '--out', out, '--predict', 'fine'], {
    plugins: [graphDrawing()],
  });
  assert.is(exitCode, 2);
  assert.match(messages, 'ADC2009');
});

test('what is wrong is said, and nothing is written', async () => {
  const folder = temporaryFolder();
  const out = join(folder, 'x.svg');
  const dangling = join(folder, 'dangling.chip.json');
  writeFileSync(
    dangling,
    JSON.stringify({
      schemaVersion: 1,
      name: 'd',
      nodes: [{ id: 'load', class: 'datapath', steps: [{ cycles: 1 }] }],
      edges: [{ from: 'load', to: 'nowhere' }],
    }),
  );
  const refused = async (argv: readonly string[], code: string, text: string): Promise<void> => {
    const { exitCode, output, messages } = await run(['draw', ...argv], { plugins });
    assert.is(exitCode, 2, messages);
    assert.is(output, '');
    assert.ok(messages.includes(code) && messages.includes(text), messages);
  };
  await refused([gemm], 'ADC6001', '--out');
  await refused([gemm, '--out', out, '--predict', 'exact'], 'ADC6001', '--predict');
  await refused(['nothing.chip.json', '--out', out], 'ADC3301', 'nothing.chip.json');
  await refused([dangling, '--out', out], 'ADC3304', 'nowhere');
  await refused([gemm, '--out', 'package.json/x.svg'], 'ADC6003', 'package.json');
  assert.not(existsSync(out));
});

test.run();
