import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileURLToPath } from 'node:url';
import { createAutoDNNchip } from '@autodnnchip/core';
import { dpu } from '@autodnnchip/platform-dpu';
import { edgeTpu } from '@autodnnchip/platform-edge-tpu';
import { eyeriss } from '@autodnnchip/platform-eyeriss';
import { jetson } from '@autodnnchip/platform-jetson';
import { onnxFrontEnd } from '@autodnnchip/plugin-frontend-onnx';
import { graphPredictor } from '@autodnnchip/plugin-graph-predictor';
import { givenAccelerators } from '@autodnnchip/plugin-given-accelerators';
import { minimise, validation } from '@autodnnchip/plugin-validate';

const data = fileURLToPath(new URL('../measured/silicon.csv', import.meta.url));

interface Row { readonly platform: string; readonly layer: string; readonly metric: string; readonly tier: string; readonly errorPercent: number; readonly measured: number; readonly predicted: number }

async function command(id: string, named: Record<string, string>, options: Record<string, unknown>): Promise<Record<string, unknown>> {
  const chip = createAutoDNNchip({ plugins: [onnxFrontEnd(), eyeriss(), dpu(), edgeTpu(), jetson(), graphPredictor(), givenAccelerators(), validation()] });
  const { document } = await chip.definitions.commands.get(id).run({ arguments: named, options, signal: new AbortController().signal, get: chip.get });
  return { ...document };
}

test('every row of the data is either compared or listed as not costed', async () => {
  const { rows, notCosted } = await command('validate', {}, { data }) as { rows: readonly Row[]; notCosted: readonly { reason: string }[] };
  assert.is(rows.length + notCosted.length, 200);
  assert.ok(rows.every(({ predicted }) => Number.isFinite(predicted) && predicted > 0));
  assert.ok(notCosted.every(({ reason }) => reason !== ''));
  const worst = (platform: string, metric: string): number => Math.max(...rows.filter((row) => row.platform === platform && row.metric === metric && row.tier === 'A').map(({ errorPercent }) => Math.abs(errorPercent)));
  assert.ok(worst('eyeriss', 'processing_latency') < 5);
  assert.ok(worst('eyeriss', 'power') < 10);
  assert.ok(worst('dpu-b4096-kv260', 'latency') < 10);
  const layers = rows.filter(({ platform, metric, tier, measured }) => platform === 'dpu-b4096-zcu102' && metric === 'latency' && tier === 'A' && measured > 0.1);
  assert.is(layers.length, 32);
  assert.ok(layers.every(({ errorPercent }) => Math.abs(errorPercent) < 6));
  // The notes of two runs of one network state different rates of memory.
  const [slow, fast] = layers.filter(({ layer }) => layer === 'fc7');
  assert.ok(slow.predicted / fast.predicted > 1.3 && slow.predicted / fast.predicted < 1.4);
  for (const platform of ['jetson-tx2', 'jetson-nano', 'edge-tpu-usb', 'edge-tpu-devboard']) assert.ok(worst(platform, 'latency') < 10, platform);
});

test('calibration reports the error on networks left out', async () => {
  const { metrics } = await command('calibrate', { platform: 'jetson-tx2' }, { data }) as {
    metrics: readonly { heldOut: { maximumAbsoluteErrorPercent: number }; rows: readonly { network: string; fittedOn: boolean }[] }[];
  };
  assert.ok(metrics[0].heldOut.maximumAbsoluteErrorPercent < 10);
  // Another graph ran than the file: predicted, not fitted on.
  assert.equal(metrics[0].rows.filter(({ fittedOn }) => !fittedOn).map(({ network }) => network), ['mobilenet_v1_0p5_160']);
});

test('too few rows are refused', async () => {
  try {
    await command('calibrate', { platform: 'edge-tpu-usb' }, { data, tier: 'A' });
    assert.unreachable();
  } catch (error) {
    assert.is((error as { code: string }).code, 'ADC3405');
  }
});

test('the search finds a minimum inside the bounds', () => {
  const found = minimise([{ name: 'a', minimum: 0.1, maximum: 10 }, { name: 'b', minimum: 0, maximum: 1 }], ({ a, b }) => (a - 2) ** 2 + (b - 0.3) ** 2);
  assert.ok(Math.abs(found['a'] - 2) < 0.02 && Math.abs(found['b'] - 0.3) < 0.01);
});

test.run();
