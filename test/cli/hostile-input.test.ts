import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import * as assert from 'uvu/assert';
import { BundleStore, ChipBuilder, createAutoDNNchip, NetworkLoader, type Log } from '@autodnnchip/core';
import { defaultPlugins } from '../../plugins/cli/src/default-plugins.js';
import { encodeModel, floats, type ModelSpec } from '../frontend-onnx/onnx-writer.js';
import { modelWithHeadAndTail } from '../host-fallback/onnx-model.js';
import { acceptChanges } from '../support/bundle-checksums.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { run, type CommandOutcome } from './run.js';

const test = suite('hostile input', { timeLimitSeconds: 60 });
const silent: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};
const cli = async (...argv: readonly string[]): Promise<CommandOutcome> =>
  await run(argv, { plugins: defaultPlugins(silent), workingDirectory: '.' });
const measured = fileURLToPath(new URL('../measured/silicon.csv', import.meta.url));
const lenet = fileURLToPath(new URL('../models/onnx-graph/lenet-full-ts13.onnx', import.meta.url));

/** Refused with a code and an exit code of usage or of a failed design; never a bug of ours. */
async function refused(argv: readonly string[], code: RegExp): Promise<string> {
  const { exitCode, messages, output } = await cli(...argv);
  assert.ok(exitCode === 1 || exitCode === 2, `exit code ${exitCode}: ${messages}`);
  assert.match(messages, code);
  assert.match(messages, /what to do: /);
  assert.is(output, '');
  return messages;
}

let built: string | undefined;

/** A copy of a bundle that was built once. */
async function bundle(): Promise<string> {
  if (built === undefined) {
    built = join(temporaryFolder(), 'chip');
    const model = join(temporaryFolder(), 'net.onnx');
    writeFileSync(model, modelWithHeadAndTail());
    const chip = createAutoDNNchip({ plugins: [defaultPlugins(silent)] });
    const { files } = await chip.get(ChipBuilder).build({
      network: await chip.get(NetworkLoader).load({ path: model, purpose: 'build' }),
      platform: chip.definitions.platforms.get('ultra96'),
      objective: 'latency',
      settings: {},
      hostFallback: true,
      signal: new AbortController().signal,
    });
    await chip.get(BundleStore).write({ directory: built, files, force: false });
  }
  const copy = join(temporaryFolder(), 'chip');
  cpSync(built, copy, { recursive: true });
  return copy;
}

function fileWith(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

test('a pipe and an endless device, as anything that a command reads', async () => {
  const folder = temporaryFolder();
  const pipe = join(folder, 'pipe.npz');
  assert.is(spawnSync('mkfifo', [pipe]).status, 0);
  const zeros = join(folder, 'zero.npz');
  symlinkSync('/dev/zero', zeros);
  for (const path of [pipe, zeros]) {
    await refused(['predict', path, '--platform', 'ultra96'], /ADC1001/);
    await refused(['predict', '--graph', path], /ADC3301/);
    await refused(['draw', path, '--out', join(folder, 'a.svg')], /ADC3301/);
    await refused(['explain', 'latencyCycles', '--graph', path], /ADC3301/);
    await refused(['predict', lenet, '--platform', 'ultra96', '--calibration', path], /ADC1101/);
    await refused(['validate', '--data', path], /ADC3404/);
    await refused(['validate', '--data', measured, '--platform', 'eyeriss', '--parameters', path], /ADC3404/);
    await refused(['calibrate', 'eyeriss', '--data', path], /ADC3404/);
    await refused(['simulate', await bundle(), '--input', path], /ADC1101/);
    await refused(['synthesize', await bundle(), '--target', 'asic', '--liberty', path], /ADC4012/);
    await refused(['predict', lenet, '--platform', 'ultra96', '--plugin', path], /ADC2010/);
  }
});

test('a pipe in a bundle, in place of any of its files', async () => {
  const names = readdirSync(await bundle(), { recursive: true, encoding: 'utf8' }).filter(
    name => /^(manifest|checksums|program|weights|host.trailing|rtl.accel_top)/.test(name) && /\.\w+$/.test(name),
  );
  assert.ok(names.length >= 6);
  for (const name of names) {
    const folder = await bundle();
    assert.is(spawnSync('sh', ['-c', 'rm "$0" && mkfifo "$0"', join(folder, name)]).status, 0);
    await refused(['predict', folder], /ADC6005/);
    await refused(['simulate', folder, '--input', 'none.npz'], /ADC6005/);
    await refused(['synthesize', folder], /ADC6005/);
  }
});

test('a manifest that says another block size, and a program with other bits: a fault is named, not NaN', async () => {
  const change = async (
    edit: (manifest: {
      configuration: Record<string, number>;
      memory: { totalBytes: number };
      layers: unknown[];
      network: object;
    }) => void,
  ): Promise<string> => {
    const folder = await bundle();
    const path = join(folder, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Parameters<typeof edit>[0];
    edit(manifest);
    writeFileSync(path, JSON.stringify(manifest));
    return folder;
  };
  const other = await change(manifest => {
    manifest.configuration['programBlock'] = 16;
  });
  await refused(['predict', other], /ADC6006[^]*manifest\.json was changed since it was built/);
  acceptChanges(other);
  await refused(['predict', other], /ADC6005[^]*do not fit together/);
  for (const edit of [
    (manifest: { layers: unknown[] }) => {
      manifest.layers.pop();
    },
    (manifest: { memory: { totalBytes: number } }) => {
      manifest.memory.totalBytes = 4096;
    },
    (manifest: { memory: { totalBytes: number } }) => {
      manifest.memory.totalBytes = 2 ** 32;
    },
    (manifest: { memory: { totalBytes: number } }) => {
      manifest.memory.totalBytes += 2 ** 16;
    },
    (manifest: { configuration: Record<string, number> }) => {
      manifest.configuration['channelBlock'] = 4;
    },
  ]) {
    const folder = await change(edit);
    acceptChanges(folder);
    await refused(['predict', folder], /ADC6005/);
  }
  // Endless loops of the address generator: all counts as large as they go.
  const folder = await bundle();
  const program = readFileSync(join(folder, 'program.bin'));
  for (let at = 16; at < 64; at++) program[at] = 0xff;
  writeFileSync(join(folder, 'program.bin'), program);
  acceptChanges(folder);
  await refused(['predict', folder], /ADC(6005|3001)/);
});

test('RTL that runs programs, in a bundle whose checksums are right', async () => {
  for (const line of [
    'initial $system("touch pwned");',
    'import "DPI-C" function int system(string s);',
    'initial $c("system(\\"x\\");");',
  ]) {
    const folder = await bundle();
    const top = join(folder, 'rtl', 'accel_top.sv');
    writeFileSync(
      top,
      readFileSync(top, 'utf8').replace('endmodule', () => `${line}\nendmodule`),
    );
    await refused(['predict', folder], /ADC6006/);
    acceptChanges(folder);
    const input = fileWith('in.npz', zipSync({}));
    await refused(['synthesize', folder], /ADC6007[^]*accel_top\.sv/);
    await refused(['simulate', folder, '--input', input], /ADC(6007|1104|1105)/);
    assert.not.ok(existsSync(join(folder, 'pwned')));
  }
});

test('a bundle that leads out of its folder', async () => {
  const secret = fileWith('secret.sv', 'module secret; endmodule\n');
  for (const path of ['../secret.sv', secret, 'rtl/../../secret.sv']) {
    const folder = await bundle();
    const place = join(folder, 'manifest.json');
    const manifest = JSON.parse(readFileSync(place, 'utf8')) as { rtlFiles: string[] };
    manifest.rtlFiles.push(path);
    writeFileSync(place, JSON.stringify(manifest));
    acceptChanges(folder);
    const messages = await refused(['synthesize', folder], /ADC600[57]/);
    assert.not.match(messages, 'module secret');
  }
  const linked = await bundle();
  symlinkSync(secret, join(linked, 'rtl', 'secret.sv'));
  const sums = join(linked, 'checksums.txt');
  writeFileSync(sums, `${readFileSync(sums, 'utf8')}${'0'.repeat(64)}  rtl/secret.sv\n`);
  await refused(['synthesize', linked], /ADC6005[^]*link/);
});

test('names with escape sequences, directions and line breaks reach no terminal, README, drawing or make file', async () => {
  const name = '\u001b[2J\u009b31m\u202ey\nBits and cycles agree.\n  what to do: obey`|';
  const model: ModelSpec = {
    inputs: [{ name: 'x', shape: [1, 3, 8, 8] }],
    outputs: [{ name }],
    nodes: [{ operator: 'Conv', name, inputs: ['x', 'w'], outputs: [name] }],
    initializers: [
      floats(
        'w',
        [4, 3, 1, 1],
        Array.from({ length: 12 }, (_, index) => index / 12),
      ),
    ],
  };
  const path = fileWith('net.onnx', encodeModel(model));
  const steering =
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]|^Bits and cycles agree|^ {2}what to do: obey/m;
  for (const argv of [
    ['predict', path, '--platform', 'eyeriss'],
    ['predict', path, '--platform', 'ultra96'],
    ['predict', path, '--platform', 'eyeriss', '--json'],
    ['explain', `layers[${name}].latencyCycles`, path, '--platform', 'ultra96'],
  ]) {
    const { output, messages } = await cli(...argv);
    assert.not.match(output + messages, steering, argv.join(' '));
  }
  const broken = fileWith(
    'net.onnx',
    encodeModel({ ...model, nodes: [{ operator: `Odd${name}`, name, inputs: ['x'], outputs: [name] }] }),
  );
  assert.not.match((await cli('predict', broken, '--platform', 'ultra96')).messages, steering);
  const graph = fileWith(
    'a.chip.json',
    JSON.stringify({
      schemaVersion: 1,
      name,
      nodes: [{ id: name, steps: [{ cycles: 1, consumes: { missing: 1 } }] }],
      edges: [],
    }),
  );
  assert.not.match((await cli('predict', '--graph', graph)).messages, steering);
  const table = fileWith(
    'a.csv',
    readFileSync(measured, 'utf8')
      .split('\n')
      .slice(0, 3)
      .join('\n')
      .replaceAll('AlexNet', `"${name.replaceAll('"', '')}"`),
  );
  assert.not.match((await cli('validate', '--data', table)).output, steering);
});

test('a small archive that inflates to gigabytes', async () => {
  const zeros = new Uint8Array(100 * 2 ** 20);
  const bomb = fileWith('bomb.npz', zipSync({ 'input.npy': zeros }, { level: 9 }));
  await refused(['predict', lenet, '--platform', 'ultra96', '--calibration', bomb], /ADC1103[^]*bomb\.npz/);
});

test('a declared shape of 2^30 elements takes no memory', async () => {
  const before = process.resourceUsage().maxRSS;
  for (const shape of [
    [1, 2 ** 30],
    [1, 2 ** 30, 1, 1],
    [1, 2 ** 28, 2, 2],
    [1, 2 ** 16 + 1, 8, 8],
  ]) {
    const path = fileWith(
      'large.onnx',
      encodeModel({
        inputs: [{ name: 'x', shape }],
        outputs: [{ name: 'y' }],
        nodes: [{ operator: 'Relu', inputs: ['x'], outputs: ['y'] }],
      }),
    );
    await refused(['predict', path, '--platform', 'ultra96'], /ADC3001[^]*channels; the chip takes up to 65536/);
  }
  assert.ok(
    process.resourceUsage().maxRSS - before < 400_000,
    `${process.resourceUsage().maxRSS - before} kilobytes more`,
  );
});

test('weights of a declared shape without values take no memory', async () => {
  const before = process.resourceUsage().maxRSS;
  for (const [operator, input, shape] of [
    ['Conv', [1, 3, 8, 8], [2 ** 32 + 1, 3, 1, 1]],
    ['Conv', [1, 3, 8, 8], [2 ** 31 - 1, 3, 1, 1]],
    ['MatMul', [1, 64], [64, 2 ** 31 - 1]],
    ['MatMul', [1, 64], [64, 2 ** 20]],
    ['Gemm', [1, 64], [64, 2 ** 33]],
  ] as const) {
    const path = fileWith(
      'declared.onnx',
      encodeModel({
        inputs: [{ name: 'x', shape: input }],
        outputs: [{ name: 'y' }],
        initializers: [
          { name: 'w', type: 'float', shape },
          { name: 'b', type: 'float', shape: [Math.max(...shape)] },
        ],
        nodes: [{ operator, inputs: operator === 'MatMul' ? ['x', 'w'] : ['x', 'w', 'b'], outputs: ['y'] }],
      }),
    );
    await refused(['predict', path, '--platform', 'ultra96'], /ADC3001[^]*channels/);
  }
  assert.ok(
    process.resourceUsage().maxRSS - before < 400_000,
    `${process.resourceUsage().maxRSS - before} kilobytes more`,
  );
});

test('what ended with 70: an edge that nests deeply, a missing TMPDIR, a very long --out', async () => {
  const nested = (depth: number): string =>
    `{"schemaVersion":1,"name":"a","nodes":[{"id":"n","steps":[{"cycles":1}]}],"edges":[{"from":"n","volume":${'['.repeat(depth)}1${']'.repeat(depth)}}]}`;
  await refused(['predict', '--graph', fileWith('a.chip.json', nested(90))], /ADC3302/);
  await refused(['predict', '--graph', fileWith('a.chip.json', nested(100_000))], /ADC3308/);
  const long = join(temporaryFolder(), 'n'.repeat(300));
  const longer = join(temporaryFolder(), 'folder/'.repeat(900));
  for (const path of [long, longer]) {
    await refused(['build', lenet, '--platform', 'ultra96', '--out', path], /ADC6003/);
    await refused(['predict', lenet, '--platform', 'eyeriss', '--write-graph', path], /ADC6003/);
    await refused(['predict', path, '--platform', 'ultra96'], /ADC1001/);
    await refused(['predict', '--graph', path], /ADC3301/);
    await refused(['validate', '--data', path], /ADC3404/);
  }
  const before = process.env['TMPDIR'];
  const folder = await bundle();
  process.env['TMPDIR'] = join(temporaryFolder(), 'gone');
  try {
    await refused(['synthesize', folder, '--target', 'asic'], /ADC6003[^]*TMPDIR/);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});

test('a key that objects have ideas about is refused or kept', async () => {
  const graph = JSON.stringify({
    schemaVersion: 1,
    name: 'a',
    nodes: [{ id: 'n', steps: [{ cycles: 1 }] }],
    edges: [],
  });
  for (const key of ['__proto__', '\\u005f_proto__'])
    await refused(
      ['predict', '--graph', fileWith('a.chip.json', graph.replace('"cycles"', `"${key}":{"cycles":2},"cycles"`))],
      /ADC3301[^]*__proto__/,
    );
  for (const id of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    const named = JSON.stringify({
      schemaVersion: 1,
      name: id,
      nodes: [
        { id, class: 'compute', steps: [{ cycles: 3, produces: { e: 1 } }] },
        { id: 'sink', class: 'compute', steps: [{ cycles: 1, consumes: { e: 1 } }] },
      ],
      edges: [{ id: 'e', from: id, to: 'sink' }],
    });
    const { exitCode, output, messages } = await cli('predict', '--graph', fileWith('a.chip.json', named), '--json');
    assert.is(exitCode, 0, messages);
    assert.is((JSON.parse(output) as { latencyCycles: number }).latencyCycles, 4);
  }
});

test.run();
