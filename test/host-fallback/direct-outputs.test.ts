import {
  ChipBuilder,
  ChipPredictor,
  Definitions,
  startHostRun,
  type NamedArray,
  type Network,
} from '@autodnnchip/core';
import { createReferenceExecutor } from '@autodnnchip/plugin-executor-reference';
import { importOnnx } from '@autodnnchip/plugin-frontend-onnx';
import { prepareNetwork } from '@autodnnchip/plugin-network-passes';
import * as assert from 'uvu/assert';
import { encodeModel, type ModelSpec } from '../frontend-onnx/onnx-writer.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { framework, tinyChip } from './host-networks.js';

const direct = suite('outputs that nothing computes');

const bytes = (values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const weights = {
  name: 'w',
  type: 'float',
  shape: [4, 3, 1, 1],
  raw: bytes(Array.from({ length: 12 }, (_, index) => index / 8 - 0.7)),
} as const;
const constant = { name: 'c', type: 'float', shape: [2], raw: bytes([0.1, -3]) } as const;
/** 0.3 and the like have no exact 8-bit form: whatever quantises them shows. */
const x: NamedArray = {
  name: 'x',
  shape: [1, 3, 2, 2],
  elementType: 'float32',
  data: Float32Array.from({ length: 12 }, (_, index) => index * 0.3 - 1),
};

const spec: ModelSpec = {
  inputs: [{ name: 'x', shape: [1, 3, 2, 2] }],
  outputs: ['t', 'y', 'x', 'c', 'i', 'r'].map(name => ({ name })),
  initializers: [weights, constant],
  nodes: [
    { operator: 'Conv', inputs: ['x', 'w'], outputs: ['y'] },
    { operator: 'Transpose', inputs: ['x'], outputs: ['t'], attributes: { perm: [0, 2, 3, 1] } },
    { operator: 'Identity', inputs: ['x'], outputs: ['i'] },
    { operator: 'Flatten', inputs: ['t'], outputs: ['r'] },
  ],
};

async function prepared(model: ModelSpec, weightsToo = true): Promise<Network> {
  const network = importOnnx('test.onnx', encodeModel(model), { weights: weightsToo });
  return await prepareNetwork(network, { executor: createReferenceExecutor(), calibration: [x] });
}

direct(
  'inputs, constants and what only moves inputs are handed on by the host, bit for bit, without a word from the user',
  async () => {
    const platform = framework().get(Definitions).platforms.get('ultra96');
    const { design, files } = await framework()
      .get(ChipBuilder)
      .build({
        network: await prepared(spec),
        platform,
        objective: 'latency',
        settings: tinyChip,
        hostFallback: false,
      });
    assert.equal(design.network.outputs, ['y']);
    assert.ok(design.host !== undefined);
    const manifest = JSON.parse(String(files.find(({ path }) => path === 'manifest.json')?.content)) as {
      readonly host: { readonly outputs: readonly string[] };
    };
    assert.equal(manifest.host.outputs, ['t', 'y', 'x', 'c', 'i', 'r']);
    const run = await startHostRun(design.host, [x], createReferenceExecutor());
    const y: NamedArray = {
      name: 'y',
      shape: [1, 4, 2, 2],
      elementType: 'float32',
      data: new Float32Array(16).fill(7),
    };
    const outputs = await run.finish([y]);
    assert.equal(
      outputs.map(({ name }) => name),
      ['t', 'y', 'x', 'c', 'i', 'r'],
    );
    const [t, , same, c, i, r] = outputs.map(({ data }) => data);
    const moved = Float32Array.from({ length: 12 }, (_, index) =>
      Number(x.data[(index % 3) * 4 + Math.floor(index / 3)]),
    );
    assert.equal([t, same, c, i, r], [moved, x.data, Float32Array.of(0.1, -3), x.data, moved]);
  },
);

direct('a prediction takes such networks without weights', async () => {
  const platform = framework().get(Definitions).platforms.get('ultra96');
  const { prediction, hostOperators } = await framework()
    .get(ChipPredictor)
    .predictNetwork({
      network: await prepared(spec, false),
      platform,
      mode: 'fine',
      settings: tinyChip,
      hostFallback: false,
    });
  assert.equal(
    prediction.layers.map(({ operator }) => operator),
    ['conv'],
  );
  assert.equal(hostOperators.map(({ operator }) => operator).sort(), ['Flatten', 'Identity', 'Transpose']);
});

direct('a network that computes nothing is refused', async () => {
  const network = await prepared({ ...spec, outputs: [{ name: 'x' }, { name: 'c' }] });
  const platform = framework().get(Definitions).platforms.get('ultra96');
  const error = await expectError('ADC3001', () =>
    framework()
      .get(ChipBuilder)
      .build({ network, platform, objective: 'latency', settings: tinyChip, hostFallback: true }),
  );
  assert.match(error.message, 'computes nothing');
});

direct.run();
