// time-limit-seconds: 600
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  NetworkExecutor,
  pluginApiVersion,
  writeNpz,
  type Log,
  type NamedArray,
  type Plugin,
  type PluginInput,
  type SimulatedLayer,
  type SimulateResponse,
  type UnitCycles,
} from '@autodnnchip/core';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import { validation } from '@autodnnchip/plugin-validate';
import * as assert from 'uvu/assert';
import { parseDocument } from '../cli/documents.js';
import { fakeChip, fakeModel, type FakeRequests } from '../cli/fake-chip.js';
import { run, type CommandOutcome } from '../cli/run.js';
import { tinyChip } from '../host-fallback/host-networks.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite('validate a chip', { timeLimitSeconds: 500 });

interface Row {
  readonly run: number;
  readonly layer: string;
  readonly counter: string;
  readonly predicted: number;
  readonly simulated: number;
  readonly difference: number;
}
interface Document {
  readonly seed?: number;
  readonly runs: number;
  readonly memory: Readonly<Record<string, number>>;
  readonly rows: readonly Row[];
  readonly totals: readonly Omit<Row, 'layer'>[];
  readonly outputs: readonly { readonly run: number; readonly mismatches?: number }[];
  readonly coarse?: {
    readonly coarse: number;
    readonly fine: number;
    readonly errorPercent: number;
    readonly layers: readonly { readonly layer: string }[];
  };
  readonly synthesis?: {
    readonly rows: readonly {
      readonly resource: string;
      readonly difference: number;
      readonly errorPercent?: number;
    }[];
  };
  readonly notCompared: readonly { readonly what: string; readonly reason: string }[];
  readonly summary: {
    readonly equal: boolean;
    readonly differingCounters: number;
    readonly maximumAbsoluteDifference: number;
    readonly mismatches: number | null;
  };
}

/** What the reference makes of the inputs that it was given last. */
function fakeExecutor(seen: (readonly NamedArray[])[], output: readonly number[] = [3, -4]): Plugin {
  return {
    name: 'fake-executor',
    apiVersion: pluginApiVersion,
    apply: ({ bind }) =>
      bind(NetworkExecutor, [], () => ({
        unsupported: () => [],
        run: (_, inputs) => {
          seen.push(inputs);
          return Promise.resolve([{ name: 'y', elementType: 'int8', shape: [1, 2], data: Int8Array.from(output) }]);
        },
      })),
  };
}

const counts = (busyCycles: number): UnitCycles => ({ busyCycles, waitInputCycles: 5, waitOutputCycles: 0 });

/** A layer whose unit is predicted to be busy for 90 cycles. */
function layer(name: string, simulated: number, busyCycles: number): SimulatedLayer {
  return { name, predicted: 100, simulated, units: { conv: { predicted: counts(90), simulated: counts(busyCycles) } } };
}

function simulated(layers: readonly SimulatedLayer[], mismatches = 0): Partial<SimulateResponse> {
  const sum = (of: 'predicted' | 'simulated'): number => layers.reduce((total, each) => total + each[of], 0);
  return {
    cycles: { total: sum('simulated'), predictedTotal: sum('predicted'), layers },
    outputs: [
      {
        name: 'y',
        values: { name: 'y', elementType: 'int8', shape: [1, 2], data: new Int8Array([3, -4]) },
        mismatches,
      },
    ],
  };
}

interface Attempt {
  readonly outcome: CommandOutcome;
  readonly document: Document;
  readonly requests: FakeRequests;
  readonly inputs: readonly (readonly NamedArray[])[];
}

async function validateFake(response: Partial<SimulateResponse>, ...options: string[]): Promise<Attempt> {
  const requests: FakeRequests = {};
  const inputs: (readonly NamedArray[])[] = [];
  const outcome = await run(['validate', fakeModel(), '--platform', 'board', '--json', ...options], {
    plugins: [fakeChip(requests, { simulated: response }), fakeExecutor(inputs), validation()],
  });
  const document = outcome.exitCode > 1 ? {} : parseDocument('validate', outcome.output);
  return { outcome, document: document as unknown as Document, requests, inputs };
}

test('a chip that does as predicted passes, and every counter of every layer is in the rows', async () => {
  const { outcome, document, requests, inputs } = await validateFake(
    simulated([layer('a', 100, 90), layer('b', 100, 90)]),
    '--seed',
    '7',
    '--memory',
    'burstGapCycles=4',
  );
  assert.is(outcome.exitCode, 0, outcome.messages);
  assert.equal(
    document.rows.map(({ layer: name, counter }) => `${name} ${counter}`),
    ['a', 'b'].flatMap(name =>
      ['cycles', 'conv.busyCycles', 'conv.waitInputCycles', 'conv.waitOutputCycles'].map(
        counter => `${name} ${counter}`,
      ),
    ),
  );
  assert.equal(
    document.totals.map(({ counter, predicted, simulated: value, difference }) => [
      counter,
      predicted,
      value,
      difference,
    ]),
    [
      ['conv.busyCycles', 180, 180, 0],
      ['conv.waitInputCycles', 10, 10, 0],
      ['conv.waitOutputCycles', 0, 0, 0],
      ['cycles', 200, 200, 0],
    ].sort(
      (left, right) =>
        document.totals.findIndex(({ counter }) => counter === left[0]) -
        document.totals.findIndex(({ counter }) => counter === right[0]),
    ),
  );
  assert.equal([document.seed, document.summary.equal, document.summary.mismatches], [7, true, 0]);
  assert.is(document.coarse?.fine, 200);
  assert.is(requests.simulate?.memory?.burstGapCycles, 4);
  assert.equal(requests.simulate?.inputs, inputs[0]);
  assert.is(requests.simulate?.expected?.[0]?.name, 'y');
});

test('a cycle that differs fails, and so does a counter or a bit', async () => {
  const cycle = await validateFake(simulated([layer('a', 103, 90)]));
  assert.is(cycle.outcome.exitCode, 1);
  assert.is(cycle.document.rows.find(({ counter }) => counter === 'cycles')?.difference, -3);
  assert.equal(
    [
      cycle.document.summary.equal,
      cycle.document.summary.differingCounters,
      cycle.document.summary.maximumAbsoluteDifference,
    ],
    [false, 1, 3],
  );
  const counter = await validateFake(simulated([layer('a', 100, 91)]));
  assert.is(counter.outcome.exitCode, 1);
  const bit = await validateFake(simulated([layer('a', 100, 90)], 2));
  assert.is(bit.outcome.exitCode, 1);
  assert.equal(
    [bit.document.summary.equal, bit.document.summary.differingCounters, bit.document.summary.mismatches],
    [false, 0, 2],
  );
});

test('a difference is shown to a human by name', async () => {
  const plugins = [
    fakeChip({}, { simulated: simulated([layer('first', 100, 90), layer('second', 103, 91)], 1) }),
    fakeExecutor([]),
    validation(),
  ];
  const { exitCode, output } = await run(['validate', fakeModel(), '--platform', 'board', '--seed', '5'], { plugins });
  assert.is(exitCode, 1);
  assert.match(output, /seed 5/);
  assert.match(output, /1 +second +cycles +100 +103 +-3/);
  assert.match(output, /second +90\/91 +5 +0/);
  assert.match(output, /1 of 2 values DIFFER from the reference executor/);
  assert.match(
    output,
    /Prediction and simulation DIFFER: 200 cycles predicted, 203 simulated; 2 of 8 cycle counts and counters DIFFER; 1 output values DIFFER/,
  );
});

test('random inputs follow from the seed, differ from run to run and fill the range of their type', async () => {
  const response = simulated([layer('a', 100, 90)]);
  const first = await validateFake(response, '--runs', '40', '--seed', '3');
  const again = await validateFake(response, '--runs', '40', '--seed', '3');
  const shifted = await validateFake(response, '--seed', '4');
  assert.equal(first.inputs, again.inputs);
  assert.equal(shifted.inputs[0], first.inputs[1]);
  assert.is(first.document.rows.length, 40 * 4);
  const texts = first.inputs.map(([array]) => array.data.join());
  assert.is(new Set(texts).size, 40);
  const all = first.inputs.flatMap(([array]) => [...array.data].map(Number));
  assert.ok(Math.min(...all) < 10 && Math.max(...all) > 245 && Math.max(...all) <= 255);
});

test('given inputs are used as they are, once', async () => {
  const file = join(temporaryFolder(), 'in.npz');
  writeFileSync(
    file,
    writeNpz(
      new Map([
        ['other', { shape: [1, 8], elementType: 'uint8' as const, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }],
      ]),
    ),
  );
  const { document, inputs, outcome } = await validateFake(simulated([layer('a', 100, 90)]), '--input', file);
  assert.is(outcome.exitCode, 0, outcome.messages);
  assert.is(document.seed, undefined);
  assert.equal(
    inputs.map(([{ name, data }]) => [name, [...data]]),
    [['x', [1, 2, 3, 4, 5, 6, 7, 8]]],
  );
  assert.is((await validateFake(simulated([layer('a', 100, 90)]), '--input', file, '--runs', '2')).outcome.exitCode, 2);
});

test('with --synthesize, resources are compared but do not decide', async () => {
  const { outcome, document } = await validateFake(simulated([layer('a', 100, 90)]), '--synthesize');
  assert.is(outcome.exitCode, 0);
  const lut = document.synthesis?.rows.find(({ resource }) => resource === 'lut');
  assert.is(lut?.difference, 10);
  assert.is(lut?.errorPercent?.toFixed(2), '11.11');
});

test('areas of two processes are not set side by side: the row is listed with what each holds', async () => {
  const folder = temporaryFolder();
  const synthesized = {
    target: 'asic' as const,
    resources: { multipliers: 8, lut: 90, areaSquareMillimetres: 0.2, sramBytes: 2048 },
    predicted: { multipliers: 8, lut: 100, areaSquareMillimetres: 0.1, sramBytes: 2048 },
  };
  const plugins = [
    fakeChip({}, { simulated: simulated([layer('a', 100, 90)]), synthesized }),
    fakeExecutor([]),
    validation(),
  ];
  const outcome = await run(
    ['validate', fakeModel(), '--platform', 'board', '--synthesize', '--json', '--out', join(folder, 'chip')],
    { plugins },
  );
  assert.is(outcome.exitCode, 0, outcome.messages);
  const { synthesis, notCompared } = parseDocument('validate', outcome.output) as unknown as Document;
  assert.equal(
    synthesis?.rows.map(({ resource }) => resource),
    ['lut', 'sramBytes'],
  );
  assert.equal(
    notCompared.map(({ what }) => what),
    ['area'],
  );
  assert.match(
    notCompared[0].reason,
    /0\.1 mm2 hold logic and SRAM, 28 nm.*0\.2 mm2 of cells of the library alone, SRAM macros of 2,048 bytes not in it/,
  );
  const text = await run(['validate', join(folder, 'chip'), '--model', fakeModel(), '--synthesize'], { plugins });
  assert.match(text.output, /Not compared:\n {2}area: the predicted 0\.1 mm2/);
  assert.not.match(text.output, /areaSquareMillimetres/);
});

test('the bundle is kept where --out says, and nowhere else', async () => {
  const leftovers = (): string[] => readdirSync(tmpdir()).filter(name => name.startsWith('autodnnchip-validate-'));
  const before = leftovers();
  const out = join(temporaryFolder(), 'chip');
  await validateFake(simulated([layer('a', 100, 90)]), '--out', out);
  assert.ok(existsSync(join(out, 'manifest.json')));
  await validateFake(simulated([layer('a', 100, 90)]));
  assert.equal(
    leftovers().filter(name => !before.includes(name)),
    [],
  );
});

test('a bundle without its model is validated on given inputs, and says what it could not compare', async () => {
  const folder = temporaryFolder();
  const plugins = [fakeChip({}, { simulated: simulated([layer('a', 100, 90)]) }), fakeExecutor([]), validation()];
  const chip = join(folder, 'chip');
  assert.is((await run(['validate', fakeModel(), '--platform', 'board', '--out', chip], { plugins })).exitCode, 0);
  const random = await run(['validate', chip], { plugins });
  assert.is(random.exitCode, 2);
  assert.match(random.messages, /--model/);
  const model = await run(['validate', chip, '--model', fakeModel(), '--json'], { plugins });
  assert.is(model.exitCode, 0, model.messages);
  assert.equal((parseDocument('validate', model.output) as unknown as Document).notCompared, []);
  const input = join(folder, 'in.npz');
  writeFileSync(
    input,
    writeNpz(new Map([['x', { shape: [1, 8], elementType: 'uint8' as const, data: new Uint8Array(8) }]])),
  );
  const given = await run(['validate', chip, '--input', input, '--json'], { plugins });
  assert.is(given.exitCode, 0, given.messages);
  assert.match(
    (parseDocument('validate', given.output) as unknown as Document).notCompared[0].reason,
    'cannot be read',
  );
});

test('options of the other kind of validation, and what is missing, are named', async () => {
  const plugins = [fakeChip(), fakeExecutor([]), validation()];
  for (const [argv, message] of [
    [['validate'], /MODEL is missing/],
    [['validate', fakeModel()], /--platform: is required/],
    [
      ['validate', fakeModel(), '--platform', 'board', '--tier', 'A', '--parameters', 'p.json'],
      /--tier, --parameters cannot be combined/,
    ],
    [
      ['validate', fakeModel(), '--data', 'd.csv', '--synthesize', '--host-fallback', '--memory', 'a=1'],
      /MODEL, --memory, --synthesize, --host-fallback cannot be combined with --data/,
    ],
    [
      ['validate', fakeModel(), '--platform', 'board', '--plot', join(import.meta.filename, 'p.svg')],
      /cannot be written/,
    ],
    [['validate', fakeModel(), '--platform', 'board', '--runs', '0'], /--runs: '0' is not a whole number/],
  ] as const) {
    const { exitCode, messages } = await run(argv, { plugins });
    assert.is(exitCode, 2, argv.join(' '));
    assert.match(messages, message);
  }
});

const silentLog: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};

test.needs(
  'verilator',
  'g++',
  'make',
)('a real chip: every cycle, counter and bit of the simulation is as predicted', async () => {
  const plugins: readonly PluginInput[] = defaultPlugins(silentLog);
  const folder = temporaryFolder();
  const settings = Object.entries(tinyChip).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const plot = join(folder, 'layers.svg');
  const { exitCode, output, messages } = await run(
    [
      'validate',
      join(process.cwd(), 'test/models/onnx-quant/mlperf_dscnn-qdq_u8s8_pt.onnx'),
      '--platform',
      'ultra96',
      '--host-fallback',
      ...settings,
      '--memory',
      'readLatencyCycles=9',
      '--seed',
      '11',
      '--plot',
      plot,
      '--json',
    ],
    { plugins },
  );
  assert.is(exitCode, 0, messages + output.slice(0, 2000));
  const document = parseDocument('validate', output) as unknown as Document;
  assert.is(document.memory['readLatencyCycles'], 9);
  assert.ok(document.rows.length >= 10 * 13, `${document.rows.length} rows`);
  assert.ok(document.rows.every(({ difference }) => difference === 0));
  assert.ok(document.rows.some(({ counter, simulated: value }) => counter === 'conv.busyCycles' && value > 0));
  assert.is(document.summary.mismatches, 0);
  assert.is(document.coarse?.layers.length, document.rows.filter(({ counter }) => counter === 'cycles').length);
  assert.match(readFileSync(plot, 'utf8'), /^<svg [^]*coarse prediction[^]*<\/svg>\n$/);
});

test.run();
