// time-limit-seconds: 300
import { join } from 'node:path';
import {
  bundleReader,
  BundleStore,
  ChipBuilder,
  ChipPredictor,
  createAutoDNNchip,
  Definitions,
  explainedFiguresOf,
  isExplanation,
  NetworkLoader,
  pluginApiVersion,
  type ExplanationInput,
  type Log,
  type Network,
  type Plugin,
} from '@autodnnchip/core';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { run } from '../cli/run.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { assertExplained, ends } from './support.js';

const explain = suite('explanations of chips', { timeLimitSeconds: 250 });
const seed = 20261124;
const silent: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};
const framework = createAutoDNNchip({ plugins: defaultPlugins(silent) });
const predictor = framework.get(ChipPredictor);
const { platforms, templates } = framework.get(Definitions);
const targets = ['ultra96', 'ecp5-85f', 'asic-65nm', 'asic-45nm', 'asic-28nm'];

const networks = new Map<string, Promise<Network>>();
async function network(name: string): Promise<Network> {
  const path = `test/models/onnx-quant/${name}-qop_s8s8_pc.onnx`;
  let found = networks.get(name);
  if (found === undefined)
    networks.set(name, (found = framework.get(NetworkLoader).load({ path, purpose: 'predict' })));
  return await found;
}

for (const name of ['lenet', 'mlperf_dscnn', 'mlperf_resnet8']) {
  for (const target of targets) {
    explain(`${name} on ${target}: every figure in both modes`, async () => {
      for (const mode of ['coarse', 'fine'] as const) {
        const request = {
          network: await network(name),
          platform: platforms.get(target),
          mode,
          settings: {},
          hostFallback: false,
        };
        const { prediction } = await predictor.predictNetwork(request);
        const response = await predictor.explainNetwork(request);
        assert.equal(response.prediction, prediction, 'explaining predicts the same');
        assert.ok(response.explained);
        const figures = assertExplained(prediction, response.explained, `${name} ${target} ${mode}`);
        assert.ok(figures > (mode === 'fine' ? 100 : 40), `${figures} figures`);
      }
    });
  }
}

explain('any configuration of the search', async () => {
  const loaded = await network('mlperf_dscnn');
  const template = templates.get('accel-shared');
  const candidates = targets.flatMap(target =>
    [...template.enumerate(loaded, platforms.get(target))].map(configuration => ({ target, configuration })),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...candidates), async ({ target, configuration }) => {
      const platform = platforms.get(target);
      const request = {
        network: loaded,
        platform,
        mode: 'coarse' as const,
        settings: configuration,
        hostFallback: false,
      };
      const { prediction, explained } = await predictor.explainNetwork(request);
      assert.ok(explained);
      assertExplained(prediction, explained, `${target} ${JSON.stringify(configuration)}`);
    }),
    { seed, numRuns: 25 },
  );
});

explain('a bundle', async () => {
  const platform = platforms.get('ecp5-85f');
  const withWeights = await framework
    .get(NetworkLoader)
    .load({ path: 'test/models/onnx-quant/lenet-qop_s8s8_pc.onnx', purpose: 'build' });
  const { files } = await framework.get(ChipBuilder).build({
    network: withWeights,
    platform,
    objective: 'latency',
    settings: { channelBlock: 4, outputParallelism: 4 },
    hostFallback: false,
  });
  const folder = join(temporaryFolder(), 'chip');
  await framework.get(BundleStore).write({ directory: folder, files, force: false });
  const bundle = await framework.get(BundleStore).read(folder);
  assert.ok(await bundleReader(bundle).readFile('program.bin'));
  const { prediction, explained } = await predictor.explainBundle({ bundle, mode: 'fine' });
  assert.ok(explained);
  assertExplained(prediction, explained, 'bundle');
  const { exitCode, output } = await run(['explain', 'latencyCycles', folder, '--json'], {
    plugins: defaultPlugins(silent),
  });
  assert.is(exitCode, 0);
  assert.is((JSON.parse(output) as Record<string, unknown>)['value'], prediction.latencyCycles);
});

explain('energy goes down to published numbers, whatever the process; latency to the memory model', async () => {
  for (const target of targets) {
    const { explained } = await predictor.explainNetwork({
      network: await network('lenet'),
      platform: platforms.get(target),
      mode: 'fine',
      settings: {},
      hostFallback: false,
    });
    assert.ok(explained);
    const { byPath } = explainedFiguresOf(explained);
    const endsOf = (path: string): ExplanationInput[] => ends(byPath.get(path) ?? (assert.unreachable(path) as never));
    const horowitz = endsOf('energyPicojoules').filter(end => !isExplanation(end) && /ISSCC 2014/.test(end.source));
    assert.ok(
      horowitz.some(({ figure, value }) => figure === 'integerMultiply8Bit' && value === 0.2),
      `${target}: the multiplier of 45 nm`,
    );
    assert.ok(
      endsOf('latencyCycles').some(
        end => end.figure === 'memory.readLatencyCycles' && !isExplanation(end) && end.source.length > 10,
      ),
      `${target}: memory model`,
    );
    assert.ok(
      endsOf('energyPicojoules').some(
        ({ figure }) =>
          figure ===
          (target.startsWith('asic') ? 'eyerissStaticPower' : target === 'ultra96' ? 'staticDevice' : 'standbyCurrent'),
      ),
      `${target}: leakage`,
    );
  }
});

explain('a figure that a plugin changed says so, with what it was', async () => {
  const doubling: Plugin = {
    name: 'doubling',
    apiVersion: pluginApiVersion,
    apply: ({ hooks }) =>
      hooks.predict.tapPromise('twice', design =>
        Promise.resolve({
          ...design,
          prediction: { ...design.prediction, energyPicojoules: 2 * design.prediction.energyPicojoules },
        }),
      ),
  };
  const changed = createAutoDNNchip({ plugins: [...defaultPlugins(silent), doubling] });
  const request = {
    network: await network('lenet'),
    platform: platforms.get('ultra96'),
    mode: 'coarse' as const,
    settings: {},
    hostFallback: false,
  };
  const before = (await predictor.predictNetwork(request)).prediction.energyPicojoules;
  const { prediction, explained } = await changed.get(ChipPredictor).explainNetwork(request);
  assert.ok(explained);
  assertExplained(prediction, explained, 'changed');
  const energy = explained.energyPicojoules;
  assert.ok(isExplanation(energy));
  assert.match(energy.formula, /plugin.*predict hook/);
  assert.is(energy.value, 2 * before);
  assert.is(energy.inputs[0]?.value, before);
});

explain.run();
