import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadNumericArrays, type Log, type NamedArray } from '@autodnnchip/core';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import { createReferenceExecutor } from '@autodnnchip/plugin-executor-reference';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import { lowerNetwork } from '@autodnnchip/plugin-accel-shared';
import { prepareNetwork } from '@autodnnchip/plugin-network-passes';
import * as assert from 'uvu/assert';
import { plainChip } from '../accel-shared/schedule-under-test.js';
import { suite } from '../support/suite.js';
import { parseDocument } from './documents.js';
import { run, type CommandOutcome } from './run.js';

const test = suite('ordinary model files on the command line', { timeLimitSeconds: 120 });

const silent: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};
/** Files of `test/models/cases`; its README says where they come from. */
const cases = fileURLToPath(new URL('../models/cases/', import.meta.url));

async function predict(name: string, ...options: string[]): Promise<CommandOutcome> {
  return await run(['predict', join(cases, name, 'model.onnx'), '--platform', 'ultra96', ...options], {
    plugins: defaultPlugins(silent),
  });
}

test("a refused operator comes with the front end's own reason, and what follows it says what it waits for", async () => {
  const { exitCode, messages } = await predict('reason-lost-conv1d');
  assert.is(exitCode, 1);
  assert.match(messages, 'Conv_3 (Conv): it convolves over 1 dimension(s); only rows and columns are supported');
  assert.match(messages, "Relu_4 (Relu): its input 'conv3' is float32: Conv_3 (Conv) computes it");
  assert.not.match(messages, 'no hardware for it');
});

test('a function that the model defines: the message says what to do with it', async () => {
  const { exitCode, messages } = await predict('reason-lost-local-function');
  assert.is(exitCode, 1);
  assert.match(
    messages,
    "ConvRelu_2 (ConvRelu): it is a function that the model itself defines in domain 'my'; inline it with onnx.inliner",
  );
  assert.match(messages, "Conv_5 (Conv): the shape of its input 'convrelu2' is not known");
});

test('on a given accelerator the list of what no figure covers has the same reason', async () => {
  const { exitCode, output } = await run(
    ['predict', join(cases, 'reason-lost-local-function', 'model.onnx'), '--platform', 'eyeriss'],
    { plugins: defaultPlugins(silent) },
  );
  assert.is(exitCode, 0);
  assert.match(output, /Not in these figures:[^]*ConvRelu_2 \(ConvRelu\): .*inline it with onnx\.inliner/);
});

test('calibration names what it cannot run, with its reason', async () => {
  const { exitCode, messages } = await predict(
    'reason-lost-local-function',
    '--calibration',
    `${join(cases, 'reason-lost-local-function', 'io.npz')}:x`,
  );
  assert.is(exitCode, 1);
  assert.match(messages, 'inline it with onnx.inliner');
});

test('a node without inputs is refused by its name', async () => {
  const { exitCode, messages } = await predict('crash-node-without-inputs');
  assert.is(exitCode, 1);
  assert.match(messages, /ADC3001[^]*\(RandomNormal\): its values are random/);
});

test("a declared shape that the runtime's rule contradicts is not used, and that is said", async () => {
  const { exitCode, output, messages } = await predict('ceil-maxpool-declared-shape', '--json');
  assert.is(exitCode, 0);
  const note = /declares 'maxpool\w*' with the shape \[1, \d+, 9, 9\], but MaxPool '\w+' makes \[1, \d+, 8, 8\]/;
  assert.match(messages, note);
  assert.match(String(parseDocument('predict', output)['notes']), note);
});

test('a result that nobody reads does not matter', async () => {
  const { exitCode, output } = await predict('dropout-mask-unused', '--json');
  assert.is(exitCode, 0);
  assert.equal(parseDocument('predict', output)['notes'], []);
});

test('channels last: the transposes of inputs, and before what is flattened, cost nothing and need no option', async () => {
  const { exitCode, output } = await predict('nhwc-input-float', '--json');
  assert.is(exitCode, 0);
  const document = parseDocument('predict', output);
  assert.equal(
    (document['layers'] as { readonly operator: string }[]).map(({ operator }) => operator),
    ['conv', 'fullyConnected'],
  );
  assert.equal(document['hostOperators'], []);
});

test('weights that were stripped: a prediction, and no chip', async () => {
  assert.is((await predict('stripped-weights')).exitCode, 0);
  const model = join(cases, 'stripped-weights', 'model.onnx');
  const built = await run(
    [
      'build',
      model,
      '--platform',
      'ultra96',
      '--out',
      'chip',
      '--calibration',
      join(cases, 'stripped-weights', 'io.npz'),
    ],
    { plugins: defaultPlugins(silent) },
  );
  assert.is(built.exitCode, 2);
  assert.match(built.messages, 'ADC1013');
  assert.match(built.messages, 'The weights are missing');
});

const computedWeights = [
  'weight-chain',
  'weight-norm',
  'weight-tile-pad',
  'weight-matmul',
  'weight-tanh-sum',
  'weight-softmax',
  'weight-f16-cast',
];
const besideLayers = ['dense-3d', 'bn-rank2', 'bn-after-concat'];
for (const name of [...computedWeights, ...besideLayers]) {
  test(`${name}: the chip runs the whole network, with and without its weights`, async () => {
    assert.is((await predict(name)).exitCode, 0);
    const network = await readOnnxNetwork(join(cases, name, 'model.onnx'), { weights: true });
    const calibration = [...loadNumericArrays(join(cases, name, 'io.npz'))]
      .filter(([key]) => key === 'calibration')
      .map(([, array]) => ({ name: 'x', ...array }));
    const ready = await prepareNetwork(network, { executor: createReferenceExecutor(), calibration });
    assert.equal(lowerNetwork(ready, plainChip).unsupported, []);
  });
}

for (const name of [
  ...computedWeights,
  ...besideLayers,
  'spacetodepth-mode-crd',
  'dropout-mask-unused',
  'nhwc-input-float',
  'output-that-is-input-dropped',
]) {
  test(`${name}: the network that was read computes what onnxruntime does`, async () => {
    const arrays = loadNumericArrays(join(cases, name, 'io.npz'));
    const network = await readOnnxNetwork(join(cases, name, 'model.onnx'), { weights: true });
    const inputs = network.inputs.map(input => ({ name: input, ...arrays.get(input) }) as NamedArray);
    for (const { name: output, data } of await createReferenceExecutor().run(network, inputs)) {
      const wanted = arrays.get(output)?.data as Float32Array;
      assert.is(data.length, wanted.length);
      assert.ok(
        wanted.every((value, index) => Math.abs(value - Number(data[index])) < 1e-4),
        output,
      );
    }
  });
}

test.run();
