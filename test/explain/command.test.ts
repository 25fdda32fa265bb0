import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Log } from '@autodnnchip/core';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import * as assert from 'uvu/assert';
import { parseDocument } from '../cli/documents.js';
import { fakeChip, fakeModel } from '../cli/fake-chip.js';
import { run, type CommandOutcome } from '../cli/run.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite('explain', { timeLimitSeconds: 120 });
const silent: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};
const model = resolve('test/models/onnx-quant/lenet-qop_s8s8_pc.onnx');
const graph = resolve('examples/graphs/tiled-conv.chip.json');

async function explain(...argv: string[]): Promise<CommandOutcome> {
  return await run(['explain', ...argv], { plugins: defaultPlugins(silent) });
}

test('for a person: formula under figure, inputs under formula, sources at the ends', async () => {
  const { exitCode, output, messages } = await explain(
    'layers[/c1/Conv_quant].energyPicojoules',
    model,
    '--platform',
    'asic-28nm',
    '--depth',
    '9',
  );
  assert.is(exitCode, 0, messages);
  assert.match(output, /^layers\[\/c1\/Conv_quant\]\.energyPicojoules = /);
  assert.match(output, /integerMultiply8Bit = 0\.2 pJ at 45 nm, 0\.9 V, 8 bit {3}\[published\] M\. Horowitz/);
  assert.match(output, /process of the technology = 28 nm/);
});

test('--depth 1 shows the formula only, and says that there is more', async () => {
  const { output } = await explain('energyPicojoules', model, '--platform', 'ultra96', '--depth', '1');
  assert.is(
    output.split('\n').findIndex(line => line.includes('--depth shows more')),
    2,
    output,
  );
});

test('--json holds the whole tree, and equals what predict says', async () => {
  const options = [model, '--platform', 'ultra96', '--mode', 'coarse', '--json'];
  const document = parseDocument('explain', (await explain('resources.bram', ...options)).output);
  const predicted = parseDocument(
    'predict',
    (await run(['predict', ...options], { plugins: defaultPlugins(silent) })).output,
  );
  assert.is(document['value'], (predicted['resources'] as Record<string, unknown>)['bram']);
  assert.is(document['platform'], 'ultra96');
  assert.is(document['mode'], 'coarse');
});

test('layers by place as well as by name', async () => {
  const byPlace = parseDocument(
    'explain',
    (await explain('layers[0].latencyCycles', model, '--platform', 'ultra96', '--json')).output,
  );
  assert.is(byPlace['figure'], 'layers[/c1/Conv_quant].latencyCycles');
});

test('nodes of a graph', async () => {
  const document = parseDocument(
    'explain',
    (await explain('nodes[load tiles].busyCycles', '--graph', graph, '--json')).output,
  );
  assert.is(document['value'], 64 * 138);
  assert.is(document['unit'], 'cycle');
});

test('accelerators that exist: facts and free parameters with where they come from', async () => {
  const network = resolve('test/measured/networks/eyeriss/alexnet_conv.onnx');
  const document = parseDocument(
    'explain',
    (await explain('layers[0].latencyCycles', network, '--platform', 'eyeriss', '--json')).output,
  );
  const predicted = parseDocument(
    'predict',
    (await run(['predict', network, '--platform', 'eyeriss', '--json'], { plugins: defaultPlugins(silent) })).output,
  );
  assert.is(document['value'], (predicted['layers'] as Record<string, unknown>[])[0]?.['latencyCycles']);
  assert.ok((document['notCosted'] as unknown[]).length > 0, 'what nothing covers');
  const area = parseDocument(
    'explain',
    (await explain('resources.areaSquareMillimetres', network, '--platform', 'eyeriss', '--json')).output,
  );
  assert.is(area['unit'], 'mm2');
  assert.is(area['value'], (predicted['resources'] as Record<string, unknown>)['areaSquareMillimetres']);
});

test('zeros in activations: less energy where the hardware gates them, refused elsewhere', async () => {
  const network = resolve('test/measured/networks/eyeriss/alexnet_conv.onnx');
  const cycles = new Set<unknown>();
  const energy = async (...argv: string[]): Promise<number> => {
    const { output, messages } = await run(['predict', network, '--platform', 'eyeriss', '--json', ...argv], {
      plugins: defaultPlugins(silent),
    });
    assert.ok(output !== '', messages);
    const document = parseDocument('predict', output);
    cycles.add(document['latencyCycles']);
    return document['energyPicojoules'] as number;
  };
  const [none, some, most] = [
    await energy('--activation-zeros', '0'),
    await energy('--activation-zeros', '0.4'),
    await energy('--activation-zeros', '0.8'),
  ];
  assert.ok(none > some && some > most, `${none} > ${some} > ${most} pJ`);
  assert.is(cycles.size, 1, 'energy only, never cycles');
  const told = await explain(
    'energyPicojoules',
    network,
    '--platform',
    'eyeriss',
    '--activation-zeros',
    '0.4',
    '--json',
  );
  assert.is(parseDocument('explain', told.output)['value'], some);
  assert.match(told.output, /--activation-zeros/);
  for (const command of [['predict'], ['explain', 'energyPicojoules']]) {
    for (const argv of [
      [model, '--platform', 'ultra96', '--activation-zeros', '0.4'],
      [network, '--platform', 'eyeriss', '--activation-zeros', '1.5'],
    ]) {
      const { exitCode, messages } = await run([...command, ...argv], { plugins: defaultPlugins(silent) });
      assert.is(exitCode, 2, command.join(' '));
      assert.match(messages, /--activation-zeros/);
    }
  }
});

test('what is not counted is listed', async () => {
  const notCosted = async (platform: string): Promise<string> =>
    (await explain('powerMilliwatts', model, '--platform', platform)).output.split('nothing covers it')[1] ?? '';
  assert.match(await notCosted('asic-65nm'), /standby and refresh/);
  assert.is(await notCosted('asic-28nm'), '');
});

test('a figure that is not there: an error with near names', async () => {
  const { exitCode, messages } = await explain('enrgyPicojoules', model, '--platform', 'ultra96');
  assert.is(exitCode, 2);
  assert.match(messages, /ADC3501.*enrgyPicojoules.*near it: energyPicojoules,/s);
  assert.match((await explain('bram', model, '--platform', 'ultra96')).messages, /near it: resources\.bram,/);
});

test('usage errors', async () => {
  const cases: [readonly string[], RegExp][] = [
    [['latencyCycles'], /MODEL is missing/],
    [['latencyCycles', model], /--platform: is required/],
    [['latencyCycles', model, '--platform', 'ultra96', '--depth', 'x'], /--depth/],
    [['latencyCycles', model, '--graph', graph], /cannot be combined/],
    [['latencyCycles', model, '--platform', 'ultra96', '--set', 'rows'], /not name=number/],
    [[], /FIGURE/i],
  ];
  for (const [argv, message] of cases) {
    const { exitCode, messages } = await explain(...argv);
    assert.is(exitCode, 2, argv.join(' '));
    assert.match(messages, message);
  }
});

test('a template that does not tell is named', async () => {
  const { explanation } = await import('@autodnnchip/plugin-explain');
  const { exitCode, messages } = await run(['explain', 'latencyCycles', fakeModel(), '--platform', 'board'], {
    plugins: [fakeChip(), explanation()],
  });
  assert.is(exitCode, 2);
  assert.match(messages, /ADC3502.*fake/s);
});

test("a damaged graph is the graph's error", async () => {
  const file = join(temporaryFolder(), 'bad.chip.json');
  writeFileSync(file, '{}');
  assert.match((await explain('latencyCycles', '--graph', file)).messages, /ADC33/);
});

test.run();
