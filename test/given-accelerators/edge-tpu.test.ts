import { fileURLToPath } from 'node:url';
import { AcceleratorPredictor, createAutoDNNchip, type AcceleratorPrediction } from '@autodnnchip/core';
import { edgeTpu } from '@autodnnchip/platform-edge-tpu';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import { givenAccelerators } from '@autodnnchip/plugin-given-accelerators';
import { graphPredictor } from '@autodnnchip/plugin-graph-predictor';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const edge = suite('Edge TPU');

const chip = createAutoDNNchip({ plugins: [edgeTpu(), graphPredictor(), givenAccelerators()] });

async function predict(name: string, platform: string, parameters: Readonly<Record<string, number>> = {}): Promise<AcceleratorPrediction> {
  const network = await readOnnxNetwork(fileURLToPath(new URL(`../measured/networks/net/${name}.onnx`, import.meta.url)), { weights: false });
  return chip.get(AcceleratorPredictor).prepare(network, chip.definitions.platforms.get(platform)).predict(parameters);
}

const streamedBytes = ({ prediction }: AcceleratorPrediction): number => prediction.layers.reduce((sum, { readBytes }) => sum + readBytes, 0);

edge('weights that fit are never streamed; of others, what does not fit beside the feature maps', async () => {
  for (const name of ['mobilenet_v1_224', 'inception_v1_224', 'efficientnet_edgetpu_s_224', 'squeezenet1_0_224']) assert.is(streamedBytes(await predict(name, 'edge-tpu-usb')), 0, name);
  const streamed = streamedBytes(await predict('vgg16_224', 'edge-tpu-usb'));
  assert.ok(streamed > 138_357_544 - 8 * 1024 * 1024 && streamed < 138_357_544);
});

edge('streaming overlaps with computing', async () => {
  const slow = await predict('vgg16_224', 'edge-tpu-usb', { linkMegabytesPerSecond: 200 });
  const seconds = streamedBytes(slow) / 200e6;
  assert.ok(slow.prediction.latencySeconds > seconds);
  // Alone the array needs 7.9 ms: 15.47 billion multiply-accumulates, 4096 a cycle of 480 MHz.
  assert.ok(slow.prediction.latencySeconds < seconds + 7.9e-3);
});

edge('boards differ by their link and their host only', async () => {
  const same = { linkMegabytesPerSecond: 400, dispatchMicroseconds: 20, startMilliseconds: 0.3 };
  const [usb, board] = [await predict('densenet121_224', 'edge-tpu-usb', same), await predict('densenet121_224', 'edge-tpu-devboard', same)];
  assert.is(usb.prediction.latencyCycles, board.prediction.latencyCycles);
});

edge('cycles of the array: a tile of weights stays for all pixels, or for the rows that load the next', async () => {
  const { prediction } = await predict('mobilenet_v1_224', 'edge-tpu-usb', { dispatchMicroseconds: 1 });
  const cycles = new Map(prediction.layers.map(({ name, latencyCycles }) => [name, latencyCycles - 480]));
  // 512 -> 512, 14 x 14 pixels: 8 x 8 tiles; 1024 -> 1024, 7 x 7: 16 x 16 tiles of 64 rows; depthwise 512, 14 x 14: 8 columns' worth of 9 taps.
  assert.is(cycles.get('/f/f.14/f.14.0/Conv'), 64 * 196);
  assert.is(cycles.get('/f/f.26/f.26.0/Conv'), 256 * 64);
  assert.is(cycles.get('/f/f.13/f.13.0/Conv'), 8 * 9 * 196);
  // 3 -> 32, 3 x 3: all nine taps fit into the rows.
  assert.is(cycles.get('/f/f.0/f.0.0/Conv'), 112 * 112);
});

edge.run();
