import {
  ChipBuilder,
  createAutoDNNchip,
  Definitions,
  definePlugin,
  NetworkLoader,
  type BuildResponse,
  type Log,
  type PluginContext,
  type TemplateDefinition,
} from '@autodnnchip/core';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const test = suite('templates and filters of a search');
const silent: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};

async function build(apply: (chip: PluginContext) => void, template?: string): Promise<BuildResponse> {
  const plugin = definePlugin(() => ({ name: 'third-party', apiVersion: 1, apply }));
  const framework = createAutoDNNchip({ plugins: [defaultPlugins(silent), plugin()] });
  return await framework.get(ChipBuilder).build({
    network: await framework
      .get(NetworkLoader)
      .load({ path: 'test/models/onnx-quant/lenet-qop_s8s8_pc.onnx', purpose: 'build' }),
    platform: framework.get(Definitions).platforms.get('ultra96'),
    objective: 'latency',
    settings: {},
    hostFallback: false,
    ...(template === undefined ? {} : { template }),
  });
}

const usual = createAutoDNNchip({ plugins: defaultPlugins(silent) })
  .get(Definitions)
  .templates.get('accel-shared');

/** Another family of chips: ours, with latencies times `factor`. */
function otherFamily(factor: number): TemplateDefinition {
  return {
    ...usual,
    id: 'other',
    title: 'another family',
    map: (...request) => ({ ...usual.map(...request), template: 'other' }),
    predictFine: design => {
      const prediction = usual.predictFine(design);
      return { ...prediction, latencySeconds: prediction.latencySeconds * factor };
    },
  };
}

for (const [factor, winner] of [
  [0.5, 'other'],
  [2, 'accel-shared'],
] as const) {
  test(`the template with the best chip is taken: one of ${factor} times the latency`, async () => {
    const { design } = await build(chip =>
      chip.hooks.defineTemplates.tap('other', templates => templates.add(otherFamily(factor))),
    );
    assert.is(design.template, winner);
  });
}

test('a template that is asked for is taken, however good others are', async () => {
  const { design } = await build(
    chip => chip.hooks.defineTemplates.tap('other', templates => templates.add(otherFamily(0.5))),
    'accel-shared',
  );
  assert.is(design.template, 'accel-shared');
});

test('what filters leave out is counted under their names', async () => {
  const { design, search } = await build(chip =>
    chip.hooks.explore.tap('filters', exploration => {
      exploration.keepOnly('words of 8', configuration => configuration['channelBlock'] === 8);
      exploration.keepOnly('anything', () => true);
    }),
  );
  assert.is(design.configuration['channelBlock'], 8);
  assert.equal(
    search.leftOut.map(({ name }) => name),
    ['words of 8', 'anything'],
  );
  assert.ok(search.leftOut[0].candidates > 0);
  assert.is(search.leftOut[1].candidates, 0);
});

test('filters that leave nothing are named', async () => {
  const error = await expectError(
    'ADC3002',
    async () =>
      await build(chip =>
        chip.hooks.explore.tap('filters', exploration => exploration.keepOnly('nothing at all', () => false)),
      ),
  );
  assert.match(error.message, /nothing at all leaves out \d+/);
});

test.run();
