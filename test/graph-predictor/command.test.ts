import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readChipGraph, repeat, type ChipGraph } from '@autodnnchip/core';
import { createGraphPredictor, graphPredictor } from '@autodnnchip/plugin-graph-predictor';
import * as assert from 'uvu/assert';
import { parseDocument } from '../cli/documents.js';
import { run } from '../cli/run.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite('predict --graph');
const plugins = [graphPredictor()];
const gemm = 'examples/graphs/gemm3.chip.json';
const tiled = 'examples/graphs/tiled-conv.chip.json';

test('--json gives cycles, energy, waits and the bottleneck', async () => {
  const { exitCode, output, messages } = await run(['predict', '--graph', gemm, '--json'], { plugins });
  assert.is(exitCode, 0, messages);
  const document = parseDocument('predict', output);
  assert.is(document['latencyCycles'], 11);
  assert.is((document['nodes'] as unknown[]).length, 54);
  assert.is((document['resources'] as unknown[]).length, 39);
  assert.ok(Math.abs((document['energyPicojoules'] as number) - 40_500) < 1e-4);
  const nodes = document['nodes'] as Record<string, unknown>[];
  for (const field of ['busyCycles', 'waitInputCycles', 'waitResourceCycles']) assert.type(nodes[0][field], 'number');
  assert.ok(nodes.some(({ id }) => id === document['bottleneck']));
});

test('both modes, for a person too', async () => {
  const fine = parseDocument(
    'predict',
    (await run(['predict', '--graph', tiled, '--json', '--mode', 'fine'], { plugins })).output,
  );
  const coarse = parseDocument(
    'predict',
    (await run(['predict', '--graph', tiled, '--json', '--mode', 'coarse'], { plugins })).output,
  );
  assert.ok((coarse['latencyCycles'] as number) <= (fine['latencyCycles'] as number));
  assert.ok((coarse['latencyUpperBoundCycles'] as number) >= (fine['latencyCycles'] as number));
  assert.is(fine['bottleneck'], 'engine/MACs');
  const { output } = await run(['predict', '--graph', tiled], { plugins });
  for (const text of ['19,870 cycles at 200 MHz', 'bottleneck  engine/MACs', 'load tiles', 'memory port'])
    assert.ok(output.includes(text), output);
});

test("several clocks: cycles between two edges of the graph's clock, and waits for edges", async () => {
  const clocks = 'examples/graphs/two-clocks.chip.json';
  const document = parseDocument('predict', (await run(['predict', '--graph', clocks, '--json'], { plugins })).output);
  assert.is(document['clockMegahertz'], 200);
  assert.not(Number.isInteger(document['latencyCycles']));
  assert.ok((document['nodes'] as Record<string, number>[]).every(({ waitClockCycles }) => waitClockCycles >= 0));
  assert.equal(
    (document['resources'] as Record<string, unknown>[]).map(({ clockMegahertz }) => clockMegahertz),
    [533, 400],
  );
  const { output } = await run(['predict', '--graph', clocks], { plugins });
  for (const text of ['for clock', 'DRAM controller (533 MHz)', 'multipliers (400 MHz)'])
    assert.ok(output.includes(text), output);
  assert.not.match((await run(['predict', '--graph', gemm], { plugins })).output, 'for clock');
});

test('--trace writes a timeline in the Chrome trace format', async () => {
  const path = join(temporaryFolder(), 'new', 'timeline.json');
  const { exitCode, output, messages } = await run(['predict', '--graph', gemm, '--trace', path], { plugins });
  assert.is(exitCode, 0, messages);
  assert.match(output, path);
  const trace = JSON.parse(readFileSync(path, 'utf8')) as {
    traceEvents: { ph: string; ts?: number; dur?: number; tid?: number; name: string }[];
  };
  const states = trace.traceEvents.filter(({ ph }) => ph === 'X');
  assert.is(states.length, 81);
  assert.is(Math.max(...states.map(({ ts = 0, dur = 0 }) => ts + dur)), 11);
  assert.is(trace.traceEvents.filter(({ name }) => name === 'thread_name').length, 39);
});

test('a long timeline is cut, and steady states are shown once', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'long.chip.json');
  const trace = join(folder, 'trace.json');
  const graph: ChipGraph = {
    schemaVersion: 1,
    name: 'long',
    nodes: [{ id: 'a', class: 'compute', steps: [repeat(1e9, { cycles: 2 })] }],
    edges: [],
  };
  writeFileSync(path, JSON.stringify(graph));
  assert.is((await run(['predict', '--graph', path, '--trace', trace], { plugins })).exitCode, 0);
  const text = readFileSync(trace, 'utf8');
  assert.ok(text.length < 10_000);
  assert.match(text, 'the 2 cycles before');
  const cut = createGraphPredictor().predictGraph({ graph: readChipGraph(gemm), mode: 'fine', traceEvents: 50 }).trace!;
  assert.is(cut.complete, false);
  assert.is(cut.json.split('"ph":"X"').length - 1, 50);
  assert.match(cut.json, '"complete":false');
});

test('options that do not go together, and files that are wrong', async () => {
  const refused = async (argv: readonly string[], code: string, text: string): Promise<void> => {
    const { exitCode, output, messages } = await run(argv, { plugins });
    assert.is(exitCode, 2, messages);
    assert.is(output, '');
    assert.ok(messages.includes(code) && messages.includes(text), messages);
  };
  await refused(['predict'], 'ADC6001', 'MODEL is missing');
  await refused(['predict', 'x.onnx', '--graph', gemm], 'ADC6001', 'MODEL cannot be combined');
  await refused(['predict', '--graph', gemm, '--platform', 'ultra96', '--set', 'a=1'], 'ADC6001', '--platform, --set');
  await refused(['predict', '--graph', gemm, '--mode', 'coarse', '--trace', 'x.json'], 'ADC6001', '--trace');
  await refused(['predict', 'x.onnx', '--trace', 'x.json'], 'ADC6001', '--trace');
  await refused(['predict', '--graph', 'nothing.chip.json'], 'ADC3301', 'nothing.chip.json');
  await refused(['predict', '--graph', 'package.json'], 'ADC3302', 'nodes');
  await refused(['predict', '--graph', gemm, '--trace', 'package.json/x.json'], 'ADC6003', 'package.json');
  assert.not(existsSync('x.json'));
});

test.run();
