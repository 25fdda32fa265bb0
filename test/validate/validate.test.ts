import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAutoDNNchip } from '@autodnnchip/core';
import { dpu } from '@autodnnchip/platform-dpu';
import { edgeTpu } from '@autodnnchip/platform-edge-tpu';
import { eyeriss } from '@autodnnchip/platform-eyeriss';
import { jetson } from '@autodnnchip/platform-jetson';
import { onnxFrontEnd } from '@autodnnchip/plugin-frontend-onnx';
import { graphPredictor } from '@autodnnchip/plugin-graph-predictor';
import { givenAccelerators } from '@autodnnchip/plugin-given-accelerators';
import { leastSquares, readMeasurements, validation } from '@autodnnchip/plugin-validate';

const data = fileURLToPath(new URL('../measured/silicon.csv', import.meta.url));
const extra = fileURLToPath(new URL('../measured/silicon-extra.csv', import.meta.url));

interface Row {
  readonly data: string;
  readonly line: number;
  readonly network: string;
  readonly platform: string;
  readonly layer: string;
  readonly metric: string;
  readonly tier: string;
  readonly errorPercent: number;
  readonly measured: number;
  readonly predicted: number;
}

async function command(
  id: string,
  named: Record<string, string>,
  options: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const chip = createAutoDNNchip({
    plugins: [
      onnxFrontEnd(),
      eyeriss(),
      dpu(),
      edgeTpu(),
      jetson(),
      graphPredictor(),
      givenAccelerators(),
      validation(),
    ],
  });
  const { document } = await chip.definitions.commands
    .get(id)
    .run({ arguments: named, options, signal: new AbortController().signal, get: chip.get });
  return { ...document };
}

test('every row of the data is either compared or listed as not costed', async () => {
  const { rows, notCosted } = (await command('validate', {}, { data })) as {
    rows: readonly Row[];
    notCosted: readonly { reason: string }[];
  };
  assert.is(rows.length + notCosted.length, 200);
  assert.ok(rows.every(({ predicted }) => Number.isFinite(predicted) && predicted > 0));
  assert.ok(notCosted.every(({ reason }) => reason !== ''));
  const worst = (platform: string, metric: string): number =>
    Math.max(
      ...rows
        .filter(row => row.platform === platform && row.metric === metric && row.tier === 'A')
        .map(({ errorPercent }) => Math.abs(errorPercent)),
    );
  assert.ok(worst('eyeriss', 'processing_latency') < 5);
  assert.ok(worst('eyeriss', 'power') < 10);
  assert.ok(worst('dpu-b4096-kv260', 'latency') < 10);
  const layers = rows.filter(
    ({ platform, metric, tier, measured }) =>
      platform === 'dpu-b4096-zcu102' && metric === 'latency' && tier === 'A' && measured > 0.1,
  );
  assert.is(layers.length, 32);
  assert.ok(layers.every(({ errorPercent }) => Math.abs(errorPercent) < 6));
  // The notes of two runs of one network state different rates of memory.
  const [slow, fast] = layers.filter(({ layer }) => layer === 'fc7');
  assert.ok(slow.predicted / fast.predicted > 1.3 && slow.predicted / fast.predicted < 1.4);
});

/** Mean and maximum of the errors of latency, %, of the tiers given, rows that the data keeps out of fits left out. */
const bars: Readonly<Record<string, readonly [number, number, string]>> = {
  'edge-tpu-usb': [8, 20, 'AB'],
  'edge-tpu-usb-250mhz': [8, 20, 'AB'],
  'edge-tpu-usb-pi4': [8, 20, 'AB'],
  'edge-tpu-usb2': [8, 20, 'AB'],
  'edge-tpu-devboard': [10, 20, 'AB'],
  'jetson-nano': [5, 12, 'AB'],
  'jetson-tx2': [6, 15, 'A'],
  'jetson-tx2-fp32': [6, 15, 'A'],
  'jetson-tx2-maxn': [6, 15, 'A'],
  'jetson-tx2-maxp': [6, 15, 'A'],
  'jetson-tx2-maxq': [6, 15, 'A'],
  'jetson-tx2-maxn-fp32': [6, 15, 'A'],
  'jetson-tx2-maxp-fp32': [6, 15, 'A'],
  'jetson-tx2-maxq-fp32': [6, 15, 'A'],
};

test('rows of later boards, clocks and links stay within the bars of their kind', async () => {
  const { rows, notCosted } = (await command('validate', {}, { data: [data, extra] })) as {
    rows: readonly Row[];
    notCosted: readonly { platform: string; reason: string }[];
  };
  assert.equal(
    notCosted.filter(({ platform }) => /^(edge-tpu|jetson)/.test(platform)),
    [],
  );
  const fitting = new Set(
    [data, extra]
      .flatMap(readMeasurements)
      .filter(({ fits }) => fits)
      .map(({ data: file, line }) => `${basename(file)} ${line}`),
  );
  for (const [platform, [mean, maximum, tiers]] of Object.entries(bars)) {
    const errors = rows
      .filter(
        row =>
          row.platform === platform &&
          row.metric === 'latency' &&
          tiers.includes(row.tier) &&
          fitting.has(`${row.data} ${row.line}`),
      )
      .map(({ errorPercent }) => Math.abs(errorPercent));
    assert.ok(errors.reduce((sum, error) => sum + error, 0) / errors.length < mean, platform);
    assert.ok(Math.max(...errors) < maximum, `${platform}: ${Math.max(...errors)}`);
  }
  // Ladders of one operator: convolutions of 10 to 300 layers and inputs on two links, outputs, dense layers on two
  // links.
  const ladders = rows.filter(({ network }) => /^(conv ladder|input |output |dense )/.test(network));
  assert.is(ladders.length, 69);
  const beyond = ladders
    .filter(({ errorPercent }) => Math.abs(errorPercent) >= 10)
    .map(({ platform, network }) => `${platform} ${network}`);
  // Mostly instructions, whose size in these rows of tier B is not known.
  assert.equal(
    beyond.filter(row => row !== 'edge-tpu-usb dense 100 x 100' && row !== 'edge-tpu-usb dense 150 x 100'),
    [],
  );
});

test('calibration reports the error on networks left out', async () => {
  const { metrics } = (await command('calibrate', { platform: 'jetson-tx2' }, { data: [data, extra] })) as {
    metrics: readonly {
      heldOut: { meanAbsoluteErrorPercent: number; maximumAbsoluteErrorPercent: number };
      rows: readonly { network: string; fittedOn: boolean }[];
    }[];
  };
  assert.ok(metrics[0].heldOut.meanAbsoluteErrorPercent < 6 && metrics[0].heldOut.maximumAbsoluteErrorPercent < 15);
  // Another graph ran than the file: predicted, not fitted on.
  assert.equal(
    metrics[0].rows.filter(({ fittedOn }) => !fittedOn).map(({ network }) => network),
    ['mobilenet_v1_0p5_160', 'mobilenet_v1_0p5_160'],
  );
});

test('the error of boards fitted alone on networks left out is within the bars', async () => {
  for (const [platform, tier, mean, maximum] of [
    ['jetson-nano', 'A', 5, 12],
    ['edge-tpu-devboard', 'AB', 10, 20],
  ] as const) {
    const { metrics } = (await command('calibrate', { platform }, { data: [data, extra], tier })) as {
      metrics: readonly {
        heldOut: { meanAbsoluteErrorPercent: number };
        rows: readonly { platform: string; network: string; fittedOn: boolean; heldOutErrorPercent: number }[];
      }[];
    };
    assert.ok(metrics[0].heldOut.meanAbsoluteErrorPercent < mean, platform);
    const own = metrics[0].rows.filter(row => row.platform === platform && row.fittedOn);
    assert.ok(own.length >= 7);
    const beyond = own
      .filter(({ heldOutErrorPercent }) => Math.abs(heldOutErrorPercent) >= maximum)
      .map(({ network }) => network);
    // 27 % slower than the row of the network that differs from it in the classes of its last layer only: one model
    // cannot give both.
    assert.equal(
      beyond.filter(network => network !== 'NAS-Bench-201 2 cifar100'),
      [],
      platform,
    );
  }
});

test('too few rows are refused', async () => {
  try {
    await command('calibrate', { platform: 'edge-tpu-usb' }, { data, tier: 'A' });
    assert.unreachable();
  } catch (error) {
    assert.is((error as { code: string }).code, 'ADC3405');
  }
});

test('the search finds a minimum inside the bounds, and one at a bound', () => {
  const bounds = [
    { name: 'a', minimum: 0.1, maximum: 10 },
    { name: 'b', minimum: 0, maximum: 1 },
  ];
  const { values } = leastSquares(bounds, ({ a, b }) => [a - 2, b - 0.3, a * b - 0.6], { a: 9, b: 0.9 });
  assert.ok(Math.abs(values['a'] - 2) < 0.002 && Math.abs(values['b'] - 0.3) < 0.001);
  const atBound = leastSquares(bounds, ({ a, b }) => [a - 2, b + 0.5], { a: 9, b: 0.9 }).values;
  assert.ok(Math.abs(atBound['a'] - 2) < 0.002 && atBound['b'] === 0);
});

test.run();
