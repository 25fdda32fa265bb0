// time-limit-seconds: 300
import {
  ChipBuilder,
  ChipPredictor,
  createAutoDNNchip,
  Definitions,
  NetworkLoader,
  requireSoundPrediction,
  type Configuration,
  type Log,
  type Network,
  type Prediction,
} from '@autodnnchip/core';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import fc from 'fast-check';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { parseDocument } from '../cli/documents.js';
import { run, type CommandOutcome } from '../cli/run.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite('one chip in every command', { timeLimitSeconds: 250 });
const seed = 20261201;
const silent: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};
const framework = createAutoDNNchip({ plugins: defaultPlugins(silent) });
const { platforms, templates } = framework.get(Definitions);
const predictor = framework.get(ChipPredictor);

async function read(name: string): Promise<Network> {
  return await framework.get(NetworkLoader).load({ path: fileOf(name), purpose: 'build' });
}

function fileOf(name: string): string {
  return `test/models/onnx-quant/${name}.onnx`;
}

async function cli(...argv: string[]): Promise<CommandOutcome> {
  return await run(argv, { plugins: defaultPlugins(silent) });
}

const settingsToTry: readonly Configuration[] = [{}, { channelBlock: 4 }, { outputParallelism: 4, laneBlocks: 1 }];

for (const name of ['lenet-qop_s8s8_pc', 'lenet-qdq_u8s8_pt', 'mlperf_resnet8-qop_s8s8_pc']) {
  test(`${name}: predict gives the chip that build makes`, async () => {
    const network = await read(name);
    for (const id of ['ultra96', 'ecp5-85f', 'asic-28nm']) {
      const platform = platforms.get(id);
      for (const settings of settingsToTry) {
        const common = { network, platform, settings, hostFallback: false };
        const built = await framework.get(ChipBuilder).build({ ...common, objective: 'latency' });
        const predicted = await predictor.predictNetwork({ ...common, mode: 'fine' });
        assert.equal(predicted.configuration, built.design.configuration, id);
        assert.equal(predicted.prediction, built.prediction, id);
        assert.equal(predicted.brokenLimits, []);
        const coarse = await predictor.predictNetwork({ ...common, mode: 'coarse' });
        assert.equal(coarse.configuration, built.design.configuration, id);
        // All of it fixed: nothing is left to choose.
        const again = await predictor.predictNetwork({ ...common, settings: built.design.configuration, mode: 'fine' });
        assert.equal(again.prediction, built.prediction, id);
      }
    }
  });
}

test('--objective: predict and explain show the chip that build makes for it', async () => {
  const model = fileOf('lenet-qop_s8s8_pc');
  const where = ['--platform', 'ultra96', '--objective', 'energy', '--json'];
  const built = parseDocument(
    'build',
    (await cli('build', model, ...where, '--out', join(temporaryFolder(), 'chip'))).output,
  );
  const predicted = parseDocument('predict', (await cli('predict', model, ...where)).output);
  assert.equal(predicted['configuration'], built['configuration']);
  assert.is(predicted['energyPicojoules'], built['energyPicojoules']);
  const explained = parseDocument('explain', (await cli('explain', 'energyPicojoules', model, ...where)).output);
  assert.is(explained['value'], built['energyPicojoules']);
  const fastest = parseDocument('predict', (await cli('predict', model, '--platform', 'ultra96', '--json')).output);
  assert.not.equal(fastest['configuration'], built['configuration']);
  assert.ok(Number(fastest['energyPicojoules']) > Number(built['energyPicojoules']));
  const refused = await cli('predict', model, '--platform', 'eyeriss', '--objective', 'energy');
  assert.is(refused.exitCode, 2);
  assert.match(refused.messages, /--objective: eyeriss exists/);
});

test('a chip that does not fit is shown with what it breaks; build refuses it', async () => {
  const model = fileOf('lenet-qop_s8s8_pc');
  const large = ['--platform', 'ultra96', '--set', 'channelBlock=32', '--set', 'outputParallelism=32'];
  const { exitCode, output, messages } = await cli('predict', model, ...large, '--json');
  assert.is(exitCode, 0, messages);
  const document = parseDocument('predict', output);
  assert.is(document['fits'], false);
  const limits = document['brokenLimits'] as readonly {
    readonly resource: string;
    readonly used: number;
    readonly available: number;
  }[];
  const dsp = limits.find(({ resource }) => resource === 'DSP');
  assert.is(dsp?.available, 360);
  assert.is(dsp?.used, (document['resources'] as Record<string, number>)['dsp']);
  assert.match(
    (await cli('predict', model, ...large)).output,
    /DOES NOT FIT ultra96[^]*DSP: [\d,]+ used, 360 available/,
  );
  const refused = await cli('build', model, ...large, '--out', '/tmp/never-written');
  assert.is(refused.exitCode, 1);
  assert.match(refused.messages, /ADC3002/);
});

test('an area says what it holds; a board has none', async () => {
  const predicted = await cli('predict', fileOf('lenet-qop_s8s8_pc'), '--platform', 'asic-28nm', '--json');
  assert.match(String(parseDocument('predict', predicted.output)['areaHolds']), /^logic and SRAM, 28 nm/);
  assert.match(
    (await cli('predict', fileOf('lenet-qop_s8s8_pc'), '--platform', 'asic-65nm')).output,
    /area +logic and SRAM, 65 nm/,
  );
  const board = await cli('predict', fileOf('lenet-qop_s8s8_pc'), '--platform', 'ultra96', '--json');
  assert.is(parseDocument('predict', board.output)['areaHolds'], undefined);
});

test('a chip that fits says so in JSON', async () => {
  const document = parseDocument(
    'predict',
    (await cli('predict', fileOf('lenet-qop_s8s8_pc'), '--platform', 'ecp5-85f', '--json')).output,
  );
  assert.equal([document['fits'], document['brokenLimits']], [true, []]);
});

function assertSums({ resources, blocks }: Prediction): void {
  for (const name of ['multipliers', 'lut', 'ff', 'dsp', 'bram'] as const) {
    const total = resources[name];
    if (total === undefined) continue;
    assert.is(
      blocks.reduce((sum, block) => sum + (block.resources[name] ?? 0), 0),
      total,
      name,
    );
  }
}

test('blocks of any chip are never below zero, and add up', async () => {
  const network = await read('lenet-qop_s8s8_pc');
  const template = templates.get('accel-shared');
  const { parameters } = template;
  const assignment = fc
    .tuple(fc.constantFrom(...parameters.map(({ name }) => name)), fc.nat(11))
    .map(([name, power]): readonly [string, number] => [name, 2 ** power]);
  let valid = 0;
  fc.assert(
    fc.property(
      fc.array(assignment, { maxLength: 4 }),
      fc.constantFrom('ultra96', 'ecp5-85f', 'asic-65nm'),
      (assignments, id) => {
        const platform = platforms.get(id);
        let configuration: Configuration;
        try {
          configuration = template.configure(Object.fromEntries(assignments), network, platform);
        } catch {
          return;
        }
        valid++;
        const prediction = template.predictCoarse(network, configuration, platform);
        requireSoundPrediction(prediction, network.name, template.id);
        assertSums(prediction);
      },
    ),
    { seed, numRuns: 400 },
  );
  assert.ok(valid > 100, `${valid} valid`);
});

test("shallow weights: the registers that a shift register takes up are the engine's, not below zero in the buffers", async () => {
  const network = await read('lenet-qop_s8s8_pc');
  const platform = platforms.get('ultra96');
  const template = templates.get('accel-shared');
  const configuration = template.configure({ weightDepth: 16 }, network, platform);
  for (const { id, resources } of template.predictCoarse(network, configuration, platform).blocks)
    assert.ok((resources.ff ?? 0) >= 0, id);
});

test('a figure that cannot be is refused with its name and its maker', async () => {
  const network = await read('lenet-qop_s8s8_pc');
  const { prediction } = await predictor.predictNetwork({
    network,
    platform: platforms.get('ultra96'),
    mode: 'coarse',
    settings: {},
    hostFallback: false,
  });
  for (const value of [NaN, Infinity, -1]) {
    const error = await expectError('ADC3504', () =>
      requireSoundPrediction({ ...prediction, powerMilliwatts: value }, 'net', 'my-template'),
    );
    assert.match(error.message, `my-template predicts powerMilliwatts = ${value}`);
  }
  await expectError('ADC3504', () =>
    requireSoundPrediction(
      { ...prediction, layers: [{ ...prediction.layers[0], readBytes: -3 }] },
      'net',
      'my-template',
    ),
  );
  await expectError('ADC3001', () =>
    requireSoundPrediction({ ...prediction, latencyCycles: 0, throughputPerSecond: Infinity }, 'net', 'my-template'),
  );
});

test.run();
