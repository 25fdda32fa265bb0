import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Log, PluginInput } from '@autodnnchip/core';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import * as assert from 'uvu/assert';
import { parseDocument } from '../cli/documents.js';
import { run } from '../cli/run.js';
import { encodeModel, type NodeSpec } from '../frontend-onnx/onnx-writer.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite('validate --data');
const silentLog: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};
const plugins: readonly PluginInput[] = defaultPlugins(silentLog);
const measured = fileURLToPath(new URL('../measured/', import.meta.url));
const head = 'platform,network,file,batch,layer,metric,value,unit,tier,note';

interface Document {
  readonly rows: readonly {
    readonly line: number;
    readonly measured: number;
    readonly predicted: number;
    readonly errorPercent: number;
    readonly layer: string;
    readonly tier: string;
    readonly conditions: Readonly<Record<string, string>>;
  }[];
  readonly summary: readonly {
    readonly platform: string;
    readonly metric: string;
    readonly count: number;
    readonly meanAbsoluteErrorPercent: number;
    readonly maximumAbsoluteErrorPercent: number;
    readonly tierA?: { readonly count: number; readonly maximumAbsoluteErrorPercent: number };
    readonly worst: { readonly line: number; readonly errorPercent: number };
  }[];
  readonly notCosted: readonly { readonly line: number; readonly reason: string }[];
  readonly unmatched: readonly { readonly layer: string; readonly predictedMilliseconds: number }[];
}

/** A data file in a folder of its own, with some of the networks beside it. */
function dataFile(rows: readonly string[], end = '\n', moreColumns = ''): string {
  const folder = temporaryFolder();
  for (const network of ['net/alexnet_224.onnx', 'eyeriss/alexnet_conv.onnx', 'fpga/skynet_160x320.onnx']) {
    mkdirSync(dirname(join(folder, 'networks', network)), { recursive: true });
    copyFileSync(join(measured, 'networks', network), join(folder, 'networks', network));
  }
  const file = join(folder, 'd.csv');
  writeFileSync(file, [`${head}${moreColumns}`, ...rows, ''].join(end));
  return file;
}

async function validate(file: string, ...options: string[]): Promise<Document> {
  const { exitCode, output, messages } = await run(['validate', '--data', file, '--json', ...options], { plugins });
  assert.is(exitCode, 0, messages);
  return parseDocument('validate', output) as unknown as Document;
}

test('rows that nothing covers are listed with the reason, and the others compared all the same', async () => {
  const document = await validate(
    dataFile(
      [
        'jetson-nano,alexnet,net/alexnet_224.onnx,1,,latency,14.7,ms,A,"quoted, with ""quotes"""',
        'jetson-nano,alexnet,net/alexnet_224.onnx,1,TOTAL,latency,0.0147,s,B,',
        'jetson-nano,alexnet,net/alexnet_224.onnx,1,,latency,n/a,ms,A,',
        'jetson-nano,alexnet,net/alexnet_224.onnx,1,,latency,14.7,mW,A,',
        'jetson-nano,alexnet,net/alexnet_224.onnx,1,,latency,14.7,fortnights,A,',
        'jetson-nano,alexnet,net/alexnet_224.onnx,1,,accuracy,56.5,percent,A,',
        'jetson-nano,alexnet,net/alexnet_224.onnx,1,no such layer,latency,1,ms,A,',
        'jetson-nano,alexnet,net/alexnet_224.onnx,1,/features/features.1/Relu,latency,1,ms,A,',
        'jetson-nano,other,net/other.onnx,1,,latency,1,ms,A,',
        'nvdla-nv-small-rtl,conv,,1,W8 H8 C8,latency,100,cycles,A,',
        'my-own-chip,alexnet,net/alexnet_224.onnx,1,,latency,3,ms,A,',
        'ultra96,alexnet,net/alexnet_224.onnx,1,,latency,3,ms,A,',
        'jetson-nano,alexnet,,1,,latency,14.7,ms,A,',
      ],
      '\r\n',
    ),
  );
  assert.equal(
    document.rows.map(({ line, tier }) => [line, tier]),
    [
      [2, 'A'],
      [3, 'B'],
    ],
  );
  assert.ok(Math.abs(document.rows[0].errorPercent - document.rows[1].errorPercent) < 1e-9);
  assert.ok(Math.abs(document.rows[0].predicted / document.rows[1].predicted - 1000) < 1e-9);
  const reasons = new Map(document.notCosted.map(({ line, reason }) => [line, reason]));
  for (const [line, reason] of [
    [4, /'n\/a' is not a number/],
    [5, /mW is no unit of latency/],
    [6, /fortnights is no unit/],
    [7, /gives no accuracy/],
    [8, /unmatched: the network has no node no such layer/],
    [9, /is computed together with \/features\/features.0\/Conv, which the row does not name/],
    [10, /ADC1001/],
    [11, /no platform nvdla-nv-small-rtl/],
    [12, /no platform my-own-chip/],
    [13, /platform to build chips for/],
    [14, /names no network file/],
  ] as const)
    assert.match(reasons.get(line) ?? '', reason, `line ${line}`);
  assert.is(reasons.size, 11);
});

test('a row of several nodes is of their sum; layers that no row is about are listed', async () => {
  const document = await validate(
    dataFile([
      'eyeriss,AlexNet,eyeriss/alexnet_conv.onnx,4,CONV1,latency,1,ms,A,',
      'eyeriss,AlexNet,eyeriss/alexnet_conv.onnx,4,CONV2,latency,1,ms,A,',
      'eyeriss,AlexNet,eyeriss/alexnet_conv.onnx,4,CONV1 + CONV2,latency,1,ms,A,',
      'eyeriss,AlexNet,eyeriss/alexnet_conv.onnx,4,CONV2;CONV1,power,1,mW,A,',
      'eyeriss,AlexNet,eyeriss/alexnet_conv.onnx,4,CONV1,energy,1,mJ,A,',
      'eyeriss,AlexNet,eyeriss/alexnet_conv.onnx,4,CONV2,energy,1,mJ,A,',
      'eyeriss,AlexNet,eyeriss/alexnet_conv.onnx,4,CONV1+CONV9,latency,1,ms,A,',
    ]),
  );
  const [first, second, sum, power, firstEnergy, secondEnergy] = document.rows.map(({ predicted }) => predicted);
  assert.ok(Math.abs(first + second - sum) < 1e-9);
  assert.ok(Math.abs(power - (1e3 * (firstEnergy + secondEnergy)) / sum) < 1e-6);
  assert.equal(
    document.notCosted.map(({ line, reason }) => [line, reason]),
    [[8, 'unmatched: the network has no node CONV9']],
  );
  assert.equal(
    document.unmatched.map(({ layer }) => layer),
    ['CONV3', 'CONV4', 'CONV5'],
  );
  assert.ok(document.unmatched.every(({ predictedMilliseconds }) => predictedMilliseconds > 1));
});

test('what became of the nodes that a row names decides of which layers it is the sum', async () => {
  const row = (layer: string): string => `jetson-nano,alexnet,net/alexnet_224.onnx,1,${layer},latency,1,ms,A,`;
  const conv = '/features/features.0/Conv';
  const document = await validate(
    dataFile([
      row(conv),
      row(`${conv} + /features/features.1/Relu`),
      row(`/Flatten;${conv}`),
      row('/features/features.1/Relu + /features/features.3/Conv'),
      row('/Flatten'),
      row(`${conv} + /Flaten`),
      row('+'),
    ]),
  );
  // An activation is in the time of the layer that computes it, and a view takes none.
  assert.equal(
    document.rows.map(({ line }) => line),
    [2, 3, 4],
  );
  for (const { predicted } of document.rows) assert.is(predicted, document.rows[0].predicted);
  assert.ok(!document.unmatched.some(({ layer }) => layer === conv));
  assert.is(document.unmatched.length, 10);
  const reasons = new Map(document.notCosted.map(({ line, reason }) => [line, reason]));
  assert.is(reasons.get(5), `/features/features.1/Relu is computed together with ${conv}, which the row does not name`);
  assert.match(reasons.get(6) ?? '', /^\/Flatten takes no time of its own/);
  assert.is(reasons.get(7), 'unmatched: the network has no node /Flaten');
  assert.match(reasons.get(8) ?? '', /names no node/);
});

test('a node whose own name holds a plus is one node, also beside others', async () => {
  const file = dataFile(
    ['a + b', 'a + b + c', 'c;a + b', 'a', 'b + c'].map(layer => `jetson-nano,net,net.onnx,1,${layer},latency,1,ms,A,`),
  );
  const conv = (name: string, input: string, output: string): NodeSpec => ({
    operator: 'Conv',
    name,
    inputs: [input, 'w'],
    outputs: [output],
  });
  writeFileSync(
    join(dirname(file), 'networks', 'net.onnx'),
    encodeModel({
      inputs: [{ name: 'x', shape: [1, 64, 112, 112] }],
      outputs: [{ name: 'z' }],
      initializers: [{ name: 'w', type: 'float', shape: [64, 64, 1, 1], typed: Array.from({ length: 4096 }, () => 1) }],
      nodes: [conv('a + b', 'x', 'y'), conv('c', 'y', 'z')],
    }),
  );
  const { rows, notCosted } = await validate(file);
  const [whole, both, turned] = rows.map(({ predicted }) => predicted);
  assert.is(rows.length, 3);
  assert.ok(both > 1.2 * whole && Math.abs(both - turned) < 1e-12);
  assert.equal(
    notCosted.map(({ reason }) => reason),
    ['unmatched: the network has no node a', 'unmatched: the network has no node b'],
  );
});

test('a layer that takes no time of its own is listed, not compared with 0', async () => {
  const document = await validate(
    dataFile(['dpu-b4096-kv260,skynet,fpga/skynet_160x320.onnx,1,concat,latency,1,ms,A,']),
  );
  assert.equal(document.rows, []);
  assert.match(document.notCosted[0].reason, /takes no latency of its own/);
});

test('figures of a run replace those of the accelerator; words that differ make it another one', async () => {
  const alexnet = (conditions: string): string =>
    `eyeriss,AlexNet,eyeriss/alexnet_conv.onnx,4,,processing_latency,1,ms,A,,${conditions}`;
  const document = await validate(
    dataFile(
      [alexnet(''), alexnet('clockMegahertz=100'), alexnet('clockMegahertz=fast'), alexnet('link=long')],
      '\n',
      ',conditions',
    ),
  );
  assert.ok(Math.abs(document.rows[1].predicted / document.rows[0].predicted - 2) < 1e-9);
  assert.equal(
    document.rows.map(({ conditions }) => conditions),
    [{}, { clockMegahertz: '100' }, { link: 'long' }],
  );
  assert.match(document.notCosted[0].reason, /clockMegahertz 'fast' is not a number/);
});

test('a row that states a release of software is of the accelerator under that release', async () => {
  const row = (platform: string, release: string, note = ''): string =>
    `${platform},SkyNet,fpga/skynet_160x320.onnx,1,,latency,1,ms,A,${note},${release}`;
  const [ultra96, vart] = ['dpu-b1600-ultra96', 'dpu-b1600-ultra96-vart'];
  const document = await validate(
    dataFile(
      [
        row(ultra96, ''),
        row(vart, ''),
        ...['DNNDK', 'DNNDK v3.1', 'AI SDK v2.0.4', 'V1.4.0', 'v1.2', 'of last year'].map(release =>
          row(ultra96, release),
        ),
        row(ultra96, '', 'measured with AI SDK v2.0.4'),
        ...['VART', 'v2.0', 'Vitis AI 2.0', 'Vitis AI v1.4'].map(release => row(ultra96, release)),
        row(ultra96, '', '1000 / 80 frames/s; release v2.0; one core'),
        row(vart, 'DNNDK'),
        row('dpu-b4096-kv260', 'v2.5'),
        row('dpu-b4096-kv260', 'DNNDK v3.1'),
      ],
      '\n',
      ',release',
    ),
  );
  const [older, newer] = document.rows.map(({ predicted }) => predicted);
  assert.ok(older > newer);
  assert.equal(
    document.rows.slice(2, -1).map(({ predicted }) => predicted),
    [...Array<number>(7).fill(older), ...Array<number>(5).fill(newer), older],
  );
  assert.equal(
    document.notCosted.map(({ line, reason }) => [line, reason]),
    [[18, 'the row was run under DNNDK v3.1, dpu-b4096-kv260 runs under VART, and no variant of it under the other']],
  );
});

test('a row can state how its layer was mapped; a mapping that does not fit is the reason why the rows are listed', async () => {
  const row = 'eyeriss,AlexNet,eyeriss/alexnet_conv.onnx,4,CONV3,glb_traffic,69.2,MB,A,';
  const given = await validate(
    dataFile(
      [`${row},"mapping=64,4,13,16,4,1,4"`, `${row}"mapping m,n,e,p,q,r,t 64,4,13,16,4,1,4",`],
      '\n',
      ',conditions',
    ),
  );
  for (const { errorPercent } of given.rows) assert.ok(Math.abs(errorPercent) < 0.1);
  assert.is(given.rows.length, 2);
  const wrong = await validate(
    dataFile([`${row},"mapping=64,4,13,16,4,1"`, `${row},"mapping=64,4,13,16,4,1,5"`], '\n', ',conditions'),
  );
  assert.is(wrong.notCosted.length, 2);
  assert.match(wrong.notCosted[0].reason, /does not fit|is missing/);
});

test('the summary has mean, maximum and worst row of all, and of tier A alone', async () => {
  const document = await validate(
    dataFile([
      'jetson-nano,alexnet,net/alexnet_224.onnx,1,,latency,14,ms,A,',
      'jetson-nano,alexnet,net/alexnet_224.onnx,1,,latency,20,ms,A,',
      'jetson-nano,alexnet,net/alexnet_224.onnx,1,,latency,50,ms,B,',
    ]),
  );
  const errors = document.rows.map(({ errorPercent }) => Math.abs(errorPercent));
  const [summary] = document.summary;
  assert.is(document.summary.length, 1);
  assert.equal(
    [summary.platform, summary.metric, summary.count, summary.worst.line, summary.tierA?.count],
    ['jetson-nano', 'latency', 3, 4, 2],
  );
  assert.ok(Math.abs(summary.meanAbsoluteErrorPercent - (errors[0] + errors[1] + errors[2]) / 3) < 1e-9);
  assert.is(summary.maximumAbsoluteErrorPercent, Math.max(...errors));
  assert.is(summary.tierA?.maximumAbsoluteErrorPercent, Math.max(errors[0], errors[1]));
  const { output } = await run(
    ['validate', '--data', dataFile(['jetson-nano,alexnet,net/alexnet_224.onnx,1,,latency,50,ms,B,'])],
    { plugins },
  );
  assert.match(output, / B\* /);
  assert.match(output, /\* not tier A: an indication only/);
});

test('the plot has a point and a bar for every row, and what was not asked for is left out', async () => {
  const plot = join(temporaryFolder(), 'p.svg');
  const document = await validate(
    join(measured, 'silicon.csv'),
    '--platform',
    'eyeriss',
    '--tier',
    'A',
    '--plot',
    plot,
  );
  assert.ok(document.rows.length > 0 && document.rows.every(({ tier }) => tier === 'A'));
  const svg = readFileSync(plot, 'utf8');
  const metrics = document.summary.length;
  // A legend dot, then a dot and a bar per row; per metric a band, and one behind all bars.
  assert.is((svg.match(/<circle/g) ?? []).length, 1 + document.rows.length);
  assert.ok((svg.match(/<rect/g) ?? []).length >= document.rows.length + metrics);
  assert.match(svg, 'predicted power, mW');
  assert.not.match(svg, 'NaN');
  const none = await validate(
    dataFile(['my-own-chip,alexnet,net/alexnet_224.onnx,1,,latency,3,ms,A,']),
    '--plot',
    plot,
  );
  assert.equal([none.rows, none.summary], [[], []]);
  assert.match(readFileSync(plot, 'utf8'), /^<svg [^]*0 measurements[^]*<\/svg>\n$/);
});

test('the rows of two files each have a bar; of very many rows those furthest off are drawn, and the plot says so', async () => {
  const plot = join(temporaryFolder(), 'p.svg');
  const bars = (): number => (readFileSync(plot, 'utf8').match(/>-?[\d.]+<\/text>/g) ?? []).length;
  const one = 'jetson-nano,n,net/alexnet_224.onnx,1,,latency,3,ms,A,';
  await validate(dataFile([one]), '--plot', plot);
  const ofOne = bars();
  await validate(dataFile([one]), '--data', dataFile([one]), '--plot', plot);
  assert.is(bars(), ofOne + 1);
  const many = Array.from({ length: 5000 }, (_, index) => one.replace('3,ms', `${4 + index / 1000},ms`));
  await validate(dataFile(many), '--plot', plot);
  const svg = readFileSync(plot, 'utf8');
  assert.match(svg, 'the 1000 of 5000 measurements that are furthest from their predictions');
  assert.is((svg.match(/<circle/g) ?? []).length, 1 + 1000);
});

test('a value that is no measurement of the same thing is listed, and decides no mean', async () => {
  const row = (value: string): string => `jetson-nano,n,net/alexnet_224.onnx,1,,latency,${value},ms,A,`;
  const [{ predicted }] = (await validate(dataFile([row('3')]))).rows;
  const values = [
    '1e-9',
    '1e30',
    '5e-324',
    String(predicted / 10_001),
    String(predicted * 10_001),
    String(predicted / 9999),
    String(predicted * 9999),
  ];
  const { rows, notCosted } = await validate(dataFile(values.map(row)));
  assert.equal(
    rows.map(({ line }) => line),
    [7, 8],
  );
  assert.equal(
    notCosted.map(({ line }) => line),
    [2, 3, 4, 5, 6],
  );
  for (const { reason } of notCosted) assert.match(reason, /more than 10,000 times off what the model gives/);
});

test('names with whatever characters make a plot that is valid XML', async () => {
  const plot = join(temporaryFolder(), 'p.svg');
  const document = await validate(
    dataFile(['jetson-nano,"a\u00a0& <b> \u0001",net/alexnet_224.onnx,1,,latency,3,ms,A,']),
    '--plot',
    plot,
  );
  assert.is(document.rows.length, 1);
  const svg = readFileSync(plot, 'utf8');
  assert.match(svg, 'a&#160;&amp; &lt;b&gt; \ufffd');
  assert.not.match(svg, /&nbsp;|[\u0000-\u0008\u000b-\u001f]/);
});

test.run();
