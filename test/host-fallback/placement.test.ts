import {
  ChipBuilder,
  ChipPredictor,
  Definitions,
  pluginApiVersion,
  type BuildRequest,
  type Network,
  type Plugin,
  type PredictNetworkRequest,
  type TemplateDefinition,
} from '@autodnnchip/core';
import { createReferenceExecutor } from '@autodnnchip/plugin-executor-reference';
import { prepareNetwork } from '@autodnnchip/plugin-network-passes';
import * as assert from 'uvu/assert';
import { fixtureArray, readFixture, sketchNetwork } from '../network-passes/network-under-test.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { placeOperators } from '../../plugins/builder/src/host-placement.js';
import {
  conv,
  dequantize,
  float,
  framework,
  int8,
  product,
  quantize,
  softmax,
  surroundedNetwork,
  tinyChip,
  weights,
} from './host-networks.js';

const placement = suite('host placement');

function buildRequest(network: Network, hostFallback: boolean): BuildRequest {
  return {
    network,
    platform: framework().get(Definitions).platforms.get('ultra96'),
    objective: 'latency',
    settings: tinyChip,
    hostFallback,
  };
}

function predictRequest(network: Network, mode: 'coarse' | 'fine', hostFallback = true): PredictNetworkRequest {
  return {
    network,
    platform: framework().get(Definitions).platforms.get('ultra96'),
    mode,
    settings: tinyChip,
    hostFallback,
  };
}

const surrounding = ['binary0', 'binary5', 'binary6', 'softmax7'];

placement('without host fall-back every operator that the chip cannot run is listed', async () => {
  const builder = framework().get(ChipBuilder);
  const error = await expectError('ADC3001', () => builder.build(buildRequest(surroundedNetwork(), false)));
  for (const name of surrounding) assert.match(error.message, new RegExp(`  ${name} \\((binary|softmax)\\): .{10}`));
  assert.match(error.message, /4 of the 8 operators/);
  assert.match(error.hint ?? '', /--host-fallback/);
  assert.is(error.location?.node, 'binary0');
  await expectError('ADC3001', () =>
    framework()
      .get(ChipPredictor)
      .predictNetwork(predictRequest(surroundedNetwork(), 'fine', false)),
  );
});

placement('with it a design says what the host runs, in every place', async () => {
  const { design, prediction, files } = await framework()
    .get(ChipBuilder)
    .build(buildRequest(surroundedNetwork(), true));
  assert.equal(
    design.host?.operators.map(({ name }) => name),
    surrounding,
  );
  assert.equal(
    [design.host?.inputs, design.host?.outputs],
    [
      ['mask', 'image'],
      ['probabilities', 'features', 'scaled'],
    ],
  );
  assert.equal(design.network.inputs, ['scaled']);
  assert.equal(
    prediction.notCosted.map(({ name }) => name),
    surrounding,
  );
  assert.equal(
    prediction.layers.map(({ name }) => name),
    ['conv2', 'conv3'],
  );
  assert.equal(
    files.map(({ path }) => path).filter(path => path.startsWith('host/')),
    ['host/leading.json', 'host/leading.npz', 'host/trailing.json', 'host/trailing.npz'],
  );
  const textOf = (path: string): string => String(files.find(file => file.path === path)?.content);
  const manifest = JSON.parse(textOf('manifest.json')) as {
    readonly host: { readonly operators: readonly { readonly name: string }[] };
  };
  assert.equal(
    manifest.host.operators.map(({ name }) => name),
    surrounding,
  );
  for (const part of [
    /## On the host/,
    /`softmax7` \(`softmax`\) runs on the host, after the chip: softmax is computed in floating point/,
    /outputs are `probabilities`, `features`, `scaled`/,
  ]) {
    assert.match(textOf('README.md'), part);
  }
});

placement('a network that is all on the chip has no host part', async () => {
  const network = sketchNetwork({ x: int8(1, 3, 4, 4), w: weights(1, 3, 3, 1, 1), y: int8(1, 3, 4, 4) }, [
    conv('x', 'w', 'y', 1),
  ]);
  const { design, files } = await framework().get(ChipBuilder).build(buildRequest(network, true));
  assert.is(design.host, undefined);
  assert.not.ok(files.some(({ path }) => path.startsWith('host/')));
  assert.not.match(String(files.find(({ path }) => path === 'README.md')?.content), /host/);
});

placement("predictions list the host's operators in both modes, for networks without weights too", async () => {
  const network = { ...surroundedNetwork(), weightless: true };
  for (const mode of ['coarse', 'fine'] as const) {
    const { prediction, hostOperators } = await framework()
      .get(ChipPredictor)
      .predictNetwork(predictRequest(network, mode));
    assert.equal(
      [hostOperators.map(({ name }) => name), prediction.notCosted.map(({ name }) => name)],
      [surrounding, surrounding],
    );
    assert.ok(prediction.latencyCycles > 0 && prediction.layers.length === 2);
  }
});

placement('float operators amid the network are refused with names and reasons, fall-back or not', async () => {
  const network = sketchNetwork(
    {
      x: int8(1, 3, 4, 4),
      w: weights(1, 3, 3, 1, 1),
      a: int8(1, 3, 4, 4),
      b: float(1, 3, 4, 4),
      c: float(1, 3, 4, 4),
      d: int8(1, 3, 4, 4),
      y: int8(1, 3, 4, 4),
    },
    [conv('x', 'w', 'a', 1), dequantize('a', 'b'), softmax('b', 'c'), quantize('c', 'd'), conv('d', 'w', 'y', 1)],
  );
  for (const hostFallback of [false, true]) {
    const error = await expectError('ADC3001', () =>
      framework().get(ChipBuilder).build(buildRequest(network, hostFallback)),
    );
    assert.is(error.message.split('\n').length, 2);
    assert.match(error.message, /softmax2 \(softmax\): softmax is computed in floating point/);
    assert.is(/the chip computes before it, and 'conv4' after it/.test(error.message), hostFallback);
    assert.not.match(error.hint ?? '', /give --host-fallback/);
  }
});

placement('a transformer is refused with all of its nodes', async () => {
  const network = await prepareNetwork(await readFixture('onnx-quant/vit_tiny-qdq_s8s8_pc.onnx'));
  const error = await expectError('ADC3001', () => framework().get(ChipBuilder).build(buildRequest(network, true)));
  for (const kind of ['LayerNormalization', 'MatMul', 'Softmax', 'Split', 'Gather'])
    assert.match(error.message, new RegExp(`\\(${kind}\\): `));
  assert.not.match(error.message, /\n {2}and \d+ more/);
});

placement('the host takes only what its executor can run, and leaves something for the chip', async () => {
  const builder = framework().get(ChipBuilder);
  const unknown = {
    kind: 'other',
    inputs: ['z'],
    outputs: ['s'],
    attributes: { reason: 'it sorts', values: {} },
  } as const;
  const tensors = {
    x: int8(1, 3, 4, 4),
    w: weights(1, 3, 3, 1, 1),
    y: int8(1, 3, 4, 4),
    z: float(1, 3, 4, 4),
    s: float(1, 3, 4, 4),
  };
  const error = await expectError('ADC3001', () =>
    builder.build(buildRequest(sketchNetwork(tensors, [conv('x', 'w', 'y', 1), dequantize('y', 'z'), unknown]), true)),
  );
  assert.match(error.message, /other2 \(other\): it sorts; nor can the host run it/);
  const nothing = sketchNetwork({ x: float(1, 4), s: float(1, 4) }, [softmax('x', 's')]);
  assert.match(
    (await expectError('ADC3001', () => builder.build(buildRequest(nothing, true)))).message,
    /nothing is left for the chip/,
  );
});

placement('a plugin can keep operators on the host', async () => {
  const keepAway: Plugin = {
    name: 'keep-away',
    apiVersion: pluginApiVersion,
    apply: ({ hooks }) =>
      hooks.mapOperator.tap('last', ({ operator }) =>
        operator.name === 'conv2' ? { placement: 'host', reason: 'the board has an amplifier for it' } : undefined,
      ),
  };
  const network = sketchNetwork(
    {
      x: float(1, 3, 4, 4),
      q: int8(1, 3, 4, 4),
      w: weights(1, 3, 3, 1, 1),
      a: int8(1, 3, 4, 4),
      v: weights(2, 3, 3, 1, 1),
      y: int8(1, 3, 4, 4),
    },
    [quantize('x', 'q'), conv('q', 'w', 'a', 1), conv('a', 'v', 'y', 1)],
  );
  const { design } = await framework(keepAway).get(ChipBuilder).build(buildRequest(network, true));
  assert.equal(
    design.host?.operators.map(({ name, reason }) => `${name} ${reason}`),
    ['conv2 runs on the host, after the chip: the board has an amplifier for it'],
  );
  assert.equal([design.network.outputs, design.host?.trailing?.inputs], [['a'], ['a']]);
  assert.match(
    (await expectError('ADC3001', () => framework(keepAway).get(ChipBuilder).build(buildRequest(network, false))))
      .message,
    /amplifier/,
  );
});

placement('calibrated networks with a float tail are split where it begins', async () => {
  const float32 = await readFixture('onnx/lenet-ts17.onnx');
  const [logits] = float32.outputs;
  const tensor = float32.tensors.get(logits);
  if (tensor === undefined) throw new Error('no output');
  const withSoftmax: Network = {
    ...float32,
    outputs: ['probabilities'],
    operators: [
      ...float32.operators,
      { name: 'last', sourceType: 'Softmax', ...softmax(logits, 'probabilities') } as Network['operators'][number],
    ],
    tensors: new Map([
      ...float32.tensors,
      [logits, { ...tensor, role: 'intermediate' }],
      ['probabilities', { ...tensor, name: 'probabilities' }],
    ]),
  };
  const network = await prepareNetwork(withSoftmax, {
    calibration: [{ name: float32.inputs[0], ...fixtureArray('onnx/lenet-ts17.onnx', 'input') }],
    executor: createReferenceExecutor(),
  });
  const { design } = await framework()
    .get(ChipBuilder)
    .build({ ...buildRequest(network, true), settings: {} });
  assert.equal(
    design.host?.operators.map(({ operator }) => operator),
    ['Softmax'],
  );
  assert.equal(design.host?.outputs, ['probabilities']);
});

placement('what the template refuses only once the host has its part is split off as well', () => {
  const network = sketchNetwork(
    {
      x: float(3, 4, 4),
      k: { shape: [1], data: Float32Array.of(2) },
      p: float(3, 4, 4),
      q: int8(3, 4, 4),
      n: int8(3, 4, 4),
      r: int8(1, 3, 4, 4),
      w: weights(1, 3, 3, 1, 1),
      y: int8(1, 3, 4, 4),
    },
    [
      product('x', 'k', 'p'),
      quantize('p', 'q'),
      { kind: 'unary', inputs: ['q'], outputs: ['n'], attributes: { function: 'sigmoid' } },
      { kind: 'reshape', inputs: ['n'], outputs: ['r'], attributes: {} },
      conv('r', 'w', 'y', 1),
    ],
  );
  const chip = framework();
  const template = chip.get(Definitions).templates.get('accel-shared');
  const platform = chip.get(Definitions).platforms.get('ultra96');
  // A template that takes no function of an input, which it sees only when the product before it is gone.
  const choosy: TemplateDefinition = {
    ...template,
    unsupported: (part, ...rest) => [
      ...template.unsupported(part, ...rest),
      ...part.operators
        .filter(({ kind }) => kind === 'unary' && part.operators.every(other => other.kind !== 'binary'))
        .map(({ name }) => ({ name, operator: 'unary', reason: 'it reads an input' })),
    ],
  };
  const placed = placeOperators(
    network,
    { template: choosy, platform, settings: {} },
    chip.hooks,
    createReferenceExecutor(),
    true,
  );
  assert.equal(
    placed.host?.operators.map(({ name }) => name),
    ['binary0', 'quantize1', 'unary2'],
  );
  assert.match(placed.host?.operators[2].reason ?? '', /it reads an input/);
  assert.equal(placed.chip.inputs, ['n']);
});

placement.run();
