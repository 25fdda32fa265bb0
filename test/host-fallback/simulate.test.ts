// time-limit-seconds: 600
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  bundleReader,
  BundleStore,
  ChipBuilder,
  ChipSimulator,
  Definitions,
  pluginApiVersion,
  startHostRun,
  writeNpz,
  type HostManifest,
  type Log,
  type NamedArray,
  type Network,
  type NumericArray,
  type Plugin,
  type PluginInput,
} from '@autodnnchip/core';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import { createReferenceExecutor, executeNetwork } from '@autodnnchip/plugin-executor-reference';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import { prepareNetwork } from '@autodnnchip/plugin-network-passes';
import * as assert from 'uvu/assert';
import { parseDocument } from '../cli/documents.js';
import { run, type CommandOutcome } from '../cli/run.js';
import { sketchNetwork, values } from '../network-passes/network-under-test.js';
import { acceptChanges } from '../support/bundle-checksums.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import {
  conv,
  dequantize,
  float,
  framework,
  int8,
  surroundedInputs,
  surroundedNetwork,
  tinyChip,
  weights,
} from './host-networks.js';
import { modelWithHeadAndTail } from './onnx-model.js';

const simulate = suite('simulation with a host', { timeLimitSeconds: 400 });

const surrounding = ['binary0', 'binary5', 'binary6', 'softmax7'];

/** Reads every file that ends with `.sketch` as the network given. */
function sketchFrontEnd(network: Network): Plugin {
  return {
    name: 'sketch-front-end',
    apiVersion: pluginApiVersion,
    apply: ({ hooks }) =>
      hooks.loadNetwork.tapPromise('sketch', ({ path }) =>
        Promise.resolve(path.endsWith('.sketch') ? network : undefined),
      ),
  };
}

const silentLog: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};

async function autodnnchip(...argv: string[]): Promise<CommandOutcome> {
  const plugins: PluginInput[] = [...defaultPlugins(silentLog), sketchFrontEnd(surroundedNetwork())];
  return await run(argv, { plugins });
}

/** A model file and a folder for its chip. */
function workplace(): {
  readonly model: string;
  readonly chip: string;
  readonly arrays: (name: string, content: ReadonlyMap<string, NumericArray>) => string;
} {
  const folder = temporaryFolder();
  const model = join(folder, 'surrounded.sketch');
  writeFileSync(model, 'sketch');
  return {
    model,
    chip: join(folder, 'chip'),
    arrays: (name, content) => {
      const path = join(folder, name);
      writeFileSync(path, writeNpz(content));
      return path;
    },
  };
}

const settings = Object.entries(tinyChip).flatMap(([name, value]) => ['--set', `${name}=${value}`]);

async function buildChip(model: string, chip: string): Promise<void> {
  const built = await autodnnchip(
    'build',
    model,
    '--platform',
    'ultra96',
    '--host-fallback',
    '--out',
    chip,
    ...settings,
    '--json',
  );
  assert.is(built.exitCode, 0, built.messages);
  const document = parseDocument('build', built.output) as {
    readonly hostOperators: readonly { readonly name: string }[];
    readonly notCosted: readonly { readonly name: string }[];
  };
  assert.equal(
    [document.hostOperators.map(({ name }) => name), document.notCosted.map(({ name }) => name)],
    [surrounding, surrounding],
  );
}

simulate('the command line builds, predicts and says everywhere what is on the host', async () => {
  const { model, chip } = workplace();
  const refused = await autodnnchip('build', model, '--platform', 'ultra96', '--out', chip);
  assert.is(refused.exitCode, 1);
  for (const name of surrounding) assert.match(refused.messages, `${name} (`);
  await buildChip(model, chip);
  for (const predicted of [
    await autodnnchip('predict', chip, '--json'),
    await autodnnchip('predict', model, '--platform', 'ultra96', '--host-fallback', ...settings, '--json'),
  ]) {
    assert.is(predicted.exitCode, 0, predicted.messages);
    const document = parseDocument('predict', predicted.output) as {
      readonly hostOperators: readonly { readonly name: string }[];
      readonly notCosted: readonly unknown[];
    };
    assert.equal(
      document.hostOperators.map(({ name }) => name),
      surrounding,
    );
    assert.equal(document.notCosted, document.hostOperators);
  }
  const { output } = await autodnnchip('predict', chip);
  assert.match(
    output,
    /On the host, not on the chip:\n {2}binary0 \(binary\): runs on the host, before the chip: .*[^]*Their time and energy are not in these figures\./,
  );
});

simulate.needs(
  'verilator',
  'g++',
  'make',
)("host and simulated chip together give the network's outputs, every bit", async () => {
  const { model, chip, arrays } = workplace();
  await buildChip(model, chip);
  const inputs = surroundedInputs();
  const expected = executeNetwork(surroundedNetwork(), inputs);
  const input = arrays('in.npz', inputs);
  const { exitCode, output, messages } = await autodnnchip(
    'simulate',
    chip,
    '--tool',
    'verilator',
    '--input',
    input,
    '--expect',
    arrays('out.npz', expected),
    '--json',
  );
  assert.is(exitCode, 0, messages + output);
  const document = parseDocument('simulate', output) as {
    readonly equal: boolean;
    readonly hostOperators: readonly { readonly name: string }[];
    readonly outputs: readonly { readonly name: string; readonly elementType: string; readonly mismatches: number }[];
  };
  assert.is(document.equal, true);
  assert.equal(
    document.hostOperators.map(({ name }) => name),
    surrounding,
  );
  assert.equal(
    document.outputs.map(({ name, elementType, mismatches }) => [name, elementType, mismatches]),
    [
      ['probabilities', 'float32', 0],
      ['features', 'int8', 0],
      ['scaled', 'float32', 0],
    ],
  );

  const wrong = new Map(expected);
  const probabilities = Float32Array.from((expected.get('probabilities') as NumericArray).data as Float32Array);
  probabilities[17] += 0.25;
  wrong.set('probabilities', { shape: [1, 3, 5, 6], elementType: 'float32', data: probabilities });
  const differing = await autodnnchip(
    'simulate',
    chip,
    '--tool',
    'verilator',
    '--input',
    input,
    '--expect',
    arrays('wrong.npz', wrong),
  );
  assert.is(differing.exitCode, 1);
  assert.match(differing.output, /output probabilities: 1 of 90 values DIFFER; first at \[0, 0, 2, 5\]/);
  assert.match(differing.output, /On the host, not on the chip:\n {2}binary0/);
});

simulate.needs(
  'verilator',
  'g++',
  'make',
)('a model file with a float head and tail goes all the way', async () => {
  const { chip, arrays } = workplace();
  const model = join(chip, '..', 'picture.onnx');
  writeFileSync(model, modelWithHeadAndTail());
  const built = await autodnnchip(
    'build',
    model,
    '--platform',
    'ultra96',
    '--host-fallback',
    '--out',
    chip,
    ...settings,
  );
  assert.is(built.exitCode, 0, built.messages);
  assert.match(built.output, /On the host, not on the chip:\n {2}scaling \(Div\): .*\n {2}tail \(Softmax\): .*/);
  const picture: NumericArray = { shape: [1, 3, 5, 6], elementType: 'float32', data: values(90, 5) };
  const expected = executeNetwork(
    await prepareNetwork(await readOnnxNetwork(model, { weights: true })),
    new Map([['picture', picture]]),
  );
  const spread = new Set((expected.get('probabilities') as NumericArray).data as Float32Array);
  assert.ok(spread.size > 20, 'the expected values vary');
  // A lone array goes with the lone input, whatever its name.
  const { exitCode, output, messages } = await autodnnchip(
    'simulate',
    chip,
    '--tool',
    'verilator',
    '--input',
    arrays('in.npz', new Map([['any', picture]])),
    '--expect',
    arrays('out.npz', expected),
  );
  assert.is(exitCode, 0, messages + output);
  assert.match(output, /output probabilities: all 120 values are as expected/);
});

/** A bundle of the surrounded network in a folder. */
async function bundleFolder(): Promise<string> {
  const chip = framework();
  const platform = chip.get(Definitions).platforms.get('ultra96');
  const { files } = await chip.get(ChipBuilder).build({
    network: surroundedNetwork(),
    platform,
    objective: 'latency',
    settings: tinyChip,
    hostFallback: true,
  });
  const folder = join(temporaryFolder(), 'chip');
  await chip.get(BundleStore).write({ directory: folder, files, force: false });
  return folder;
}

const namedInputs = (): NamedArray[] => [...surroundedInputs()].map(([name, array]) => ({ name, ...array }));

simulate("another simulator gets the chip's inputs and gives the chip's outputs", async () => {
  const computed = executeNetwork(surroundedNetwork(), surroundedInputs(), { keep: 'all' });
  let given: readonly NamedArray[] = [];
  const chip = framework({
    name: 'other-simulator',
    apiVersion: pluginApiVersion,
    apply: ({ hooks }) =>
      hooks.simulate.tapPromise('other', ({ inputs, expected }) => {
        assert.is(expected, undefined);
        given = inputs;
        return Promise.resolve({
          tool: 'other',
          version: '1',
          totalCycles: 0,
          layers: [],
          wallSeconds: 0,
          outputs: ['features', 'z'].map(name => ({ name, ...(computed.get(name) as NumericArray) })),
        });
      }),
  });
  const bundle = await chip.get(BundleStore).read(await bundleFolder());
  const expected = [...executeNetwork(surroundedNetwork(), surroundedInputs())].map(([name, array]) => ({
    name,
    ...array,
  }));
  // Without the leading 1 of its shape, as a picture often comes.
  const inputs = namedInputs().map(array => ({ ...array, shape: array.shape.slice(1) }));
  const { outputs } = await chip.get(ChipSimulator).simulate({ bundle, inputs, expected });
  assert.equal(
    outputs.map(({ name, mismatches }) => [name, mismatches]),
    [
      ['probabilities', 0],
      ['features', 0],
      ['scaled', 0],
    ],
  );
  assert.equal(given.find(({ name }) => name === 'scaled')?.data, computed.get('scaled')?.data);
});

simulate('says which input is missing', async () => {
  const bundle = await framework()
    .get(BundleStore)
    .read(await bundleFolder());
  const error = await expectError('ADC1105', () =>
    framework()
      .get(ChipSimulator)
      .simulate({ bundle, inputs: namedInputs().slice(1) }),
  );
  assert.match(`${error.message} ${error.hint}`, /no array .*mask.*mask, image/i);
});

simulate('a lone array goes with a lone input, whatever its name', async () => {
  const network = sketchNetwork(
    { x: int8(1, 3, 4, 4), w: weights(1, 3, 3, 1, 1), y: int8(1, 3, 4, 4), z: float(1, 3, 4, 4) },
    [conv('x', 'w', 'y', 1), dequantize('y', 'z')],
  );
  const host = { inputs: ['x'], outputs: ['z'], operators: [] };
  const array: NamedArray = { name: 'input', ...createArray(network) };
  const hostRun = await startHostRun(host, [array], createReferenceExecutor());
  assert.equal(
    hostRun.chipInputs.map(({ name }) => name),
    ['x'],
  );
  const [output] = await hostRun.finish([{ ...array, name: 'z' }]);
  assert.is(output.name, 'z');
});

function createArray(network: Network): NumericArray {
  const shape = network.tensors.get('x')?.shape ?? [];
  return { shape, elementType: 'int8', data: new Int8Array(48) };
}

simulate('a bundle whose host files are missing, damaged or of another network is refused', async () => {
  const folder = await bundleFolder();
  const chip = framework();
  const open = async (): Promise<unknown> => {
    const bundle = await chip.get(BundleStore).read(folder);
    return await chip.definitions.templates.get('accel-shared').open(bundleReader(bundle));
  };
  await open();
  const manifestFile = join(folder, 'manifest.json');
  const manifestText = readFileSync(manifestFile, 'utf8');
  const withManifest = async (change: (host: HostManifest) => unknown): Promise<string> => {
    const manifest = JSON.parse(manifestText) as { host: HostManifest };
    change(manifest.host);
    writeFileSync(manifestFile, JSON.stringify(manifest));
    acceptChanges(folder);
    const { message } = await expectError('ADC6005', open);
    writeFileSync(manifestFile, manifestText);
    acceptChanges(folder);
    return message;
  };
  assert.match(
    await withManifest(host => Object.assign(host, { inputs: ['mask'] })),
    /the leading part needs 'image', which nothing gives/,
  );
  assert.match(await withManifest(host => delete host.leading), /the chip needs 'scaled', which nothing gives/);
  assert.match(
    await withManifest(host => Object.assign(host.trailing?.network ?? {}, { file: 'host/gone.json' })),
    /has no file host\/gone\.json/,
  );
  assert.match(
    await withManifest(host => Object.assign(host.trailing?.network ?? {}, { file: 'host/../manifest.json' })),
    /manifest is damaged/,
  );
  const leading = join(folder, 'host', 'leading.json');
  writeFileSync(leading, readFileSync(leading, 'utf8').replaceAll('"scaled"', '"other"'));
  assert.match((await expectError('ADC6006', open)).message, /host\/leading\.json was changed since it was built/);
});

simulate.run();
