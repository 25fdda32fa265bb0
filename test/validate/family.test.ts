import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  AcceleratorPredictor,
  createAutoDNNchip,
  definePlugin,
  readGivenAccelerators,
  type AcceleratorModel,
  type AutoDNNchip,
} from '@autodnnchip/core';
import { onnxFrontEnd, readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import { buildPlan, givenAccelerators } from '@autodnnchip/plugin-given-accelerators';
import { graphPredictor } from '@autodnnchip/plugin-graph-predictor';
import { validation } from '@autodnnchip/plugin-validate';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const family = suite('calibration of a family');

const networks = fileURLToPath(new URL('../measured/networks', import.meta.url));
const files = ['net/alexnet_224.onnx', 'net/squeezenet1_0_224.onnx', 'net/resnet18_224.onnx', 'net/vgg16_224.onnx'];

/** A kernel per layer: a launch that all boards share, and arithmetic at a rate of the board's own. */
const launchAndRate: AcceleratorModel = ({ work, parameters }) => {
  const plan = buildPlan({ name: 'test', clockMegahertz: 100, resources: [{ id: 'unit', class: 'compute' }] });
  for (const layer of work.layers) {
    const cycles = parameters['launchCycles'] + layer.multiplyAccumulates / parameters['multipliesPerCycle'];
    plan.layer(
      layer,
      [
        {
          id: 'run',
          resource: 'unit',
          class: 'compute',
          tiles: 1,
          cycles,
          limit: 'compute',
          waitsFor: 'previousLayer',
        },
      ],
      { readBytes: 0, writtenBytes: 0 },
    );
  }
  return plan.plan({ energyKnown: false });
};

const free = (value: number, minimum: number, maximum: number): object => ({
  value,
  unit: 'cycles',
  minimum,
  maximum,
  meaning: 'test',
  provenance: 'test',
});

function board(id: string, changes: object = {}): object {
  return {
    id,
    title: id,
    kind: 'asic',
    process: { name: 'test', nanometres: 28, voltage: 1 },
    memory: { title: 'test', busBytes: 8, peakBytesPerSecond: { value: 1, unit: 'B/s', source: 'test' } },
    model: 'launch-and-rate',
    family: 'boards',
    facts: { clockMegahertz: { value: 100, unit: 'MHz', source: 'test' } },
    parameters: { multipliesPerCycle: free(300, 10, 10_000) },
    ...changes,
  };
}

function accelerators(...boards: readonly object[]): string {
  const file = join(temporaryFolder(), 'accelerators.json');
  writeFileSync(
    file,
    JSON.stringify({
      families: { boards: { parameters: { launchCycles: free(2000, 10, 1_000_000) } } },
      accelerators: boards,
    }),
  );
  return file;
}

function framework(file: string): AutoDNNchip {
  const boards = definePlugin(() => ({
    name: 'boards',
    apiVersion: 1,
    apply(chip) {
      chip.hooks.defineAcceleratorModels.tap('boards', models =>
        models.add({ id: 'launch-and-rate', title: 'test', plan: launchAndRate }),
      );
      chip.hooks.definePlatforms.tap('boards', platforms =>
        readGivenAccelerators(file).forEach(platform => platforms.add(platform)),
      );
    },
  }));
  return createAutoDNNchip({
    plugins: [onnxFrontEnd(), boards(), graphPredictor(), givenAccelerators(), validation()],
  });
}

/** A data file with what the model says for true values of the parameters. */
async function measured(
  chip: AutoDNNchip,
  truth: Readonly<Record<string, Readonly<Record<string, number>>>>,
  measuredFiles = files,
): Promise<string> {
  const folder = temporaryFolder();
  symlinkSync(networks, join(folder, 'networks'));
  const lines = ['platform,network,file,batch,layer,metric,value,unit,tier,note'];
  for (const [platform, parameters] of Object.entries(truth)) {
    for (const file of measuredFiles) {
      const network = await readOnnxNetwork(join(networks, file), { weights: false });
      const { total } = chip
        .get(AcceleratorPredictor)
        .prepare(network, chip.definitions.platforms.get(platform))
        .predict(parameters);
      lines.push(`${platform},${file},${file},1,,latency,${1e3 * total['latency']},ms,A,`);
    }
  }
  const data = join(folder, 'data.csv');
  writeFileSync(data, `${lines.join('\n')}\n`);
  return data;
}

interface Calibrated {
  readonly parameters: Readonly<Record<string, { readonly value: number; readonly scope: string }>>;
  readonly metrics: readonly {
    readonly platforms: readonly { readonly platform: string; readonly heldOut: Errors; readonly indication: Errors }[];
  }[];
}

interface Errors {
  readonly count: number;
  readonly maximumAbsoluteErrorPercent: number;
}

async function calibrate(chip: AutoDNNchip, platform: string, data: string): Promise<Calibrated> {
  const { document } = await chip.definitions.commands.get('calibrate').run({
    arguments: { platform },
    options: { data },
    signal: new AbortController().signal,
    get: chip.get,
  });
  return document as unknown as Calibrated;
}

family('one value for all boards and one for each are found again from measurements of both', async () => {
  const chip = framework(accelerators(board('slow'), board('fast')));
  const data = await measured(chip, {
    slow: { launchCycles: 9000, multipliesPerCycle: 120 },
    fast: { launchCycles: 9000, multipliesPerCycle: 2500 },
  });
  for (const [platform, rate] of [
    ['slow', 120],
    ['fast', 2500],
  ] as const) {
    const { parameters, metrics } = await calibrate(chip, platform, data);
    assert.equal(
      Object.entries(parameters).map(([name, { scope }]) => [name, scope]),
      [
        ['launchCycles', 'family'],
        ['multipliesPerCycle', 'platform'],
      ],
    );
    assert.ok(
      Math.abs(parameters['launchCycles'].value / 9000 - 1) < 0.03,
      `launch ${parameters['launchCycles'].value}`,
    );
    assert.ok(
      Math.abs(parameters['multipliesPerCycle'].value / rate - 1) < 0.03,
      `rate ${parameters['multipliesPerCycle'].value}`,
    );
    assert.equal(
      metrics[0].platforms.map(({ platform: id, heldOut }) => [id, heldOut.count]),
      [
        ['slow', 4],
        ['fast', 4],
      ],
    );
    assert.ok(metrics[0].platforms.every(({ heldOut }) => heldOut.maximumAbsoluteErrorPercent < 5));
  }
});

family('a board without rows takes part in no fit; one with too few of its own is refused', async () => {
  const chip = framework(accelerators(board('slow'), board('fast')));
  const truth = { slow: { launchCycles: 9000, multipliesPerCycle: 120 } };
  const { metrics } = await calibrate(chip, 'slow', await measured(chip, truth));
  assert.equal(
    metrics[0].platforms.map(({ platform }) => platform),
    ['slow'],
  );
  const error = await expectError('ADC3405', async () =>
    calibrate(chip, 'slow', await measured(chip, truth, files.slice(0, 3))),
  );
  assert.match(error.message, /launchCycles, multipliesPerCycle of slow/);
});

family(
  'rows that are an indication only are predicted by what the fit found for the family, without what it found for other boards',
  async () => {
    const chip = framework(
      accelerators(board('slow'), board('fast'), { id: 'slow-too', title: 'slow-too', like: 'slow' }),
    );
    // The rate that the data file gives for the fast board, and a launch that neither it nor the data file is anywhere
    // near.
    const data = await measured(chip, {
      slow: { launchCycles: 400_000, multipliesPerCycle: 120 },
      fast: { launchCycles: 400_000, multipliesPerCycle: 300 },
      'slow-too': { launchCycles: 400_000, multipliesPerCycle: 120 },
    });
    writeFileSync(data, readFileSync(data, 'utf8').replace(/^((?:fast|slow-too),.*),A,$/gm, '$1,B,'));
    const { parameters, metrics } = await calibrate(chip, 'slow', data);
    assert.ok(
      Math.abs(parameters['launchCycles'].value / 400_000 - 1) < 0.03,
      `launch ${parameters['launchCycles'].value}`,
    );
    assert.equal(
      metrics[0].platforms.map(({ platform, heldOut, indication }) => [platform, heldOut.count, indication.count]),
      [
        ['slow', 4, 0],
        ['fast', 0, 4],
        ['slow-too', 0, 4],
      ],
    );
    for (const { platform, indication } of metrics[0].platforms)
      assert.ok(indication.maximumAbsoluteErrorPercent < 3, `${platform}: ${indication.maximumAbsoluteErrorPercent} %`);
  },
);

family('a parameter that one network decides is refused by name, whatever number of rows the network has', async () => {
  const chip = framework(accelerators(board('slow')));
  // Of the small network the launches decide, of the others the arithmetic alone: without it nothing tells what a
  // launch takes.
  const truth = { slow: { launchCycles: 1000, multipliesPerCycle: 12 } };
  const data = await measured(chip, truth, [
    'edgetpu/in_stride_2x2.onnx',
    'net/resnet18_224.onnx',
    'net/vgg16_224.onnx',
    'net/alexnet_224.onnx',
  ]);
  const rows = readFileSync(data, 'utf8').split('\n');
  writeFileSync(data, [...rows.slice(0, 2), ...rows.slice(1)].join('\n'));
  const error = await expectError('ADC3407', async () => calibrate(chip, 'slow', data));
  assert.match(error.message, /in_stride_2x2\.onnx, 2 rows\) decides launchCycles/);
  assert.match(error.hint ?? '', /"fitted": false/);
});

family('an accelerator takes over what it does not give anew from the one that it names', async () => {
  const [slow, fast] = readGivenAccelerators(
    accelerators(board('slow', { conditions: { link: 'long', mode: 'low' } }), {
      id: 'fast',
      title: 'fast',
      like: 'slow',
      conditions: { link: 'short' },
      facts: { width: { value: 2, unit: 'lanes', source: 'test' } },
      parameters: { multipliesPerCycle: free(400, 10, 10_000) },
    }),
  );
  assert.equal([fast.memory.title, fast.clockMegahertz, fast.accelerator?.family], [slow.memory.title, 100, 'boards']);
  assert.equal(fast.accelerator?.conditions, { link: 'short', mode: 'low' });
  assert.equal(Object.keys(fast.accelerator?.facts ?? {}), ['clockMegahertz', 'width']);
  assert.equal(
    [slow, fast].map(({ accelerator }) => accelerator?.parameters['multipliesPerCycle'].value),
    [300, 400],
  );
  const missing = await expectError('ADC3402', () =>
    readGivenAccelerators(accelerators(board('slow'), { id: 'fast', title: 'fast', like: 'none' })),
  );
  assert.match(missing.message, /no accelerator none comes before fast/);
});

family('a row of a board under other software is fitted with the family of that software', async () => {
  const file = join(temporaryFolder(), 'accelerators.json');
  const generation = (release: string): object => ({
    parameters: { launchCycles: free(2000, 10, 1_000_000) },
    software: { releases: [release], source: 'test' },
  });
  const boards = [
    board('old', { family: 'first' }),
    { id: 'old-second', title: 'old-second', like: 'old', family: 'second' },
    board('new', { family: 'second' }),
  ];
  writeFileSync(
    file,
    JSON.stringify({
      families: { first: generation('Release 1'), second: generation('Release 2') },
      accelerators: boards,
    }),
  );
  const chip = framework(file);
  const data = await measured(chip, {
    old: { launchCycles: 40_000, multipliesPerCycle: 500 },
    new: { launchCycles: 9000, multipliesPerCycle: 800 },
    'old-second': { launchCycles: 9000, multipliesPerCycle: 500 },
  });
  // The same board, and its rows say under which release they were measured.
  const [head, ...rows] = readFileSync(data, 'utf8').trim().split('\n');
  writeFileSync(
    data,
    [
      `${head},release`,
      ...rows.map(row =>
        row.startsWith('old-second') ? `${row.replace('old-second', 'old')},release 2 beta` : `${row},`,
      ),
      '',
    ].join('\n'),
  );
  for (const [platform, launch, measuredOn] of [
    ['old', 40_000, ['old']],
    ['new', 9000, ['old', 'new']],
  ] as const) {
    const { parameters, metrics } = await calibrate(chip, platform, data);
    assert.ok(
      Math.abs(parameters['launchCycles'].value / launch - 1) < 0.03,
      `${platform}: launch ${parameters['launchCycles'].value}`,
    );
    assert.equal(metrics[0].platforms.map(({ platform: id }) => id).sort(), [...measuredOn].sort());
  }
});

family('a data file says which family is missing, and which parameter is given twice', async () => {
  const missing = await expectError('ADC3402', () =>
    readGivenAccelerators(accelerators(board('slow', { family: 'nobody' }))),
  );
  assert.match(missing.message, /no family nobody is defined/);
  const twice = await expectError('ADC3402', () =>
    readGivenAccelerators(accelerators(board('slow', { parameters: { launchCycles: free(1, 1, 2) } }))),
  );
  assert.match(twice.message, /launchCycles: given by the family and by slow/);
});

family.run();
