import * as assert from 'uvu/assert';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import { run } from '../cli/run.js';
import { floats, writeModel } from '../frontend-onnx/onnx-writer.js';
import { suite } from '../support/suite.js';

const test = suite('figures of large networks');
const silent = { warn: () => undefined, info: () => undefined, detail: () => undefined, progress: () => undefined };

/** A convolution with one filter over a square map. */
async function predictConvolution(extent: number, kernel: number): Promise<Awaited<ReturnType<typeof run>>> {
  const output = extent - kernel + 1;
  const model = writeModel({
    inputs: [{ name: 'x', type: 'float', shape: [1, 1, extent, extent] }],
    outputs: [{ name: 'y', type: 'float', shape: [1, 1, output, output] }],
    initializers: [floats('w', [1, 1, kernel, kernel])],
    nodes: [{ operator: 'Conv', name: 'large', inputs: ['x', 'w'], outputs: ['y'] }],
  });
  return await run(['predict', model, '--platform', 'edge-tpu-usb', '--json'], { plugins: defaultPlugins(silent) });
}

test('more multiply-accumulates than are counted exactly are refused with their layer, one step below they are shown', async () => {
  const shown = await predictConvolution(2 ** 20, 64);
  assert.is(shown.exitCode, 0, shown.messages);
  const [layer] = (
    JSON.parse(shown.output) as { layers: { name: string; multiplyAccumulates: number }[] }
  ).layers.filter(({ name }) => name === 'large');
  assert.is(BigInt(layer.multiplyAccumulates), (2n ** 20n - 63n) ** 2n * 4096n);
  const refused = await predictConvolution(2 ** 20, 128);
  assert.is(refused.exitCode, 1);
  assert.match(refused.messages, /ADC3503[^]*multiplyAccumulates of layer large/);
});

test.run();
