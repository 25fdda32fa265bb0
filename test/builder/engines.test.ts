// time-limit-seconds: 300
import {
  ChipBuilder,
  ChipPredictor,
  createAutoDNNchip,
  Definitions,
  definePlugin,
  NetworkLoader,
  type AutoDNNchip,
  type Configuration,
  type Log,
  type PredictResponse,
} from '@autodnnchip/core';
import { defineEngine, type Bid, type Engine, type EngineDefinition } from '@autodnnchip/core/engine';
import { convAdderTreeDefinition } from '@autodnnchip/ip-conv-adder-tree';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import * as assert from 'uvu/assert';
import { run } from '../cli/run.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const test = suite('engines of a chip', { timeLimitSeconds: 200 });
const silent: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};
const lenet = 'test/models/onnx-quant/lenet-qop_s8s8_pc.onnx';

/** A vendor's convolution engine, `factor` times as slow as the adder tree in bids, bounds and tasks alike. */
function otherSpeed(id: string, factor: number): EngineDefinition {
  const cyclesOf = (cycles: number): number => Math.max(1, Math.ceil(cycles * factor));
  const slower = (bid: Bid): Bid => ('refused' in bid ? bid : { ...bid, cycles: cyclesOf(bid.cycles) });
  return defineEngine({
    ...convAdderTreeDefinition,
    id,
    title: `${id}: the adder tree at another speed`,
    create(values): Engine {
      const engine = convAdderTreeDefinition.create(values);
      // Getters stay getters: what lowering looks at is remembered.
      return Object.create(engine, {
        unit: { value: id },
        bid: { value: (work: Parameters<Engine['bid']>[0]) => slower(engine.bid(work)) },
        bound: {
          value: (work: Parameters<Engine['bound']>[0]) => {
            const bound = engine.bound(work);
            return { ...bound, computeCycles: Math.floor(bound.computeCycles * factor) };
          },
        },
        timing: {
          value: (task: Parameters<Engine['timing']>[0]) => {
            const timing = engine.timing(task);
            return {
              ...timing,
              stages: timing.stages.map((stage, index) =>
                index === 0 ? { ...stage, cycles: cyclesOf(stage.cycles) } : stage,
              ),
            };
          },
        },
      }) as Engine;
    },
  });
}

function withChanges(engine: Engine, changes: object): Engine {
  return Object.create(
    engine,
    Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, { value: value as unknown }])),
  ) as Engine;
}

function frameworkWith(...engines: readonly EngineDefinition[]): AutoDNNchip {
  const vendor = definePlugin(() => ({
    name: 'vendor',
    apiVersion: 1,
    apply(chip) {
      chip.hooks.defineEngines.tap('vendor', registry => engines.forEach(engine => registry.add(engine)));
    },
  }));
  return createAutoDNNchip({ plugins: [defaultPlugins(silent), vendor()] });
}

async function predict(framework: AutoDNNchip, settings: Configuration = {}): Promise<PredictResponse> {
  return await framework.get(ChipPredictor).predictNetwork({
    network: await framework.get(NetworkLoader).load({ path: lenet, purpose: 'build' }),
    platform: framework.get(Definitions).platforms.get('ultra96'),
    mode: 'fine',
    settings,
    hostFallback: false,
  });
}

function enginesOf({ prediction }: PredictResponse): readonly string[] {
  return [...new Set(prediction.layers.flatMap(({ engine }) => engine ?? []))].sort();
}

test('an engine ten times as fast wins without being asked for', async () => {
  const usual = await predict(frameworkWith());
  const response = await predict(frameworkWith(otherSpeed('fast', 0.1)));
  assert.equal(enginesOf(response), ['fast', 'lane']);
  assert.is(response.configuration['conv-adder-tree'], 0, 'nothing is left for the adder tree');
  assert.ok(response.prediction.latencyCycles < usual.prediction.latencyCycles);
});

test('on one chip with it the other declines with the factor', async () => {
  const { prediction } = await predict(frameworkWith(otherSpeed('fast', 0.1)), { 'conv-adder-tree': 1, fast: 1 });
  const [layer] = prediction.layers.filter(({ engine }) => engine === 'fast');
  assert.match(layer.declined?.join('; ') ?? '', /conv: \d+\.\d x the cycles/);
});

test('an engine ten times as slow never wins, and stays off the chip', async () => {
  const usual = await predict(frameworkWith());
  const response = await predict(frameworkWith(otherSpeed('slow', 10)));
  assert.equal(enginesOf(response), ['conv', 'lane']);
  assert.is(response.configuration['slow'], 0);
  const [layer] = response.prediction.layers.filter(({ engine }) => engine === 'conv');
  assert.match(layer.declined?.join('; ') ?? '', /slow \(not on the chip\): \d+\.\d x the cycles/);
  assert.is(response.prediction.latencyCycles, usual.prediction.latencyCycles);
});

test('build makes the chip that predict shows, without the RTL of engines that it goes without', async () => {
  const framework = frameworkWith(otherSpeed('slow', 10));
  const network = await framework.get(NetworkLoader).load({ path: lenet, purpose: 'build' });
  const platform = framework.get(Definitions).platforms.get('ultra96');
  const built = await framework
    .get(ChipBuilder)
    .build({ network, platform, objective: 'latency', settings: {}, hostFallback: false });
  const manifest = JSON.parse(String(built.files.find(({ path }) => path === 'manifest.json')?.content)) as {
    engines: string[];
  };
  assert.equal(manifest.engines, ['conv-adder-tree', 'lane-engine']);
  assert.equal((await predict(framework)).configuration, built.design.configuration);
});

for (const [what, change, message] of [
  ['a bid', { bid: () => ({ cycles: NaN }) }, 'The odd engine bids {"cycles":null}'],
  ['a bid', { bid: () => ({ cycles: -1 }) }, 'The odd engine bids {"cycles":-1}'],
  ['a bid', { bid: () => undefined }, 'The odd engine bids undefined'],
  ['a bound', { bid: () => ({ cycles: 0 }), bound: () => ({ computeCycles: Infinity }) }, 'computeCycles = Infinity'],
] as const) {
  test(`${what} that cannot be is refused with the engine's name: ${message}`, async () => {
    const odd = otherSpeed('odd', 1);
    const framework = frameworkWith({ ...odd, create: values => withChanges(odd.create(values), change) });
    const error = await expectError('ADC2011', async () => await predict(framework, { 'conv-adder-tree': 0 }));
    assert.match(error.message, message);
  });
}

test('resources that cannot be are refused with the name of the engine', async () => {
  const odd = otherSpeed('odd', 1);
  const framework = frameworkWith({ ...odd, resources: () => ({ multipliers: 4, dsp: -4 }) });
  const error = await expectError('ADC2011', async () => await predict(framework));
  assert.match(error.message, 'The engine odd says that it takes dsp = -4');
});

test('--without and --engine choose; what is left must run the network', async () => {
  const cli = async (...argv: string[]): ReturnType<typeof run> =>
    await run(['predict', ...argv, '--platform', 'ultra96'], { plugins: defaultPlugins(silent) });
  const refused = await cli(lenet, '--without', 'lane-engine');
  assert.is(refused.exitCode, 1);
  assert.match(refused.messages, 'the conv engine runs no work of the form maximum');
  const unknown = await cli(lenet, '--engine', 'no-such-engine');
  assert.is(unknown.exitCode, 2);
  assert.match(unknown.messages, 'Known: conv-adder-tree, lane-engine');
  const both = await cli(lenet, '--engine', 'lane-engine', '--without', 'lane-engine');
  assert.match(both.messages, 'contradict each other');
  const chosen = await cli(lenet, '--engine', 'lane-engine', '--engine', 'conv-adder-tree');
  assert.is(chosen.exitCode, 0, chosen.messages);
});

test('parameters of an engine that is not there, and presence that is no number of engines, are refused', async () => {
  const framework = frameworkWith();
  const { templates, platforms } = framework.get(Definitions);
  const network = await framework.get(NetworkLoader).load({ path: lenet, purpose: 'build' });
  const configure = (values: Configuration): Configuration =>
    templates.get('accel-shared').configure(values, network, platforms.get('ultra96'));
  const absent = await expectError('ADC3003', () => configure({ 'lane-engine': 0, laneBlocks: 2 }));
  assert.match(absent.message, 'laneBlocks is one of the engine lane-engine, which this chip goes without');
  await expectError('ADC3003', () => configure({ 'lane-engine': 2 }));
  await expectError('ADC3003', () => configure({ 'lane-engine': 0, 'conv-adder-tree': 0 }));
  assert.is(configure({ 'lane-engine': 0 })['lane-engine'], 0);
  assert.is(configure({ 'lane-engine': 1 })['lane-engine'], undefined);
});

test.run();
