import { fileURLToPath } from 'node:url';
import {
  AcceleratorPredictor,
  createAutoDNNchip,
  type AcceleratorConditions,
  type AcceleratorPrediction,
} from '@autodnnchip/core';
import { edgeTpu } from '@autodnnchip/platform-edge-tpu';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import { givenAccelerators } from '@autodnnchip/plugin-given-accelerators';
import { graphPredictor } from '@autodnnchip/plugin-graph-predictor';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const edge = suite('Edge TPU');

const chip = createAutoDNNchip({ plugins: [edgeTpu(), graphPredictor(), givenAccelerators()] });

async function predict(
  name: string,
  platform: string,
  parameters: Readonly<Record<string, number>> = {},
  conditions: AcceleratorConditions = {},
): Promise<AcceleratorPrediction> {
  const network = await readOnnxNetwork(fileURLToPath(new URL(`../measured/networks/${name}.onnx`, import.meta.url)), {
    weights: false,
  });
  return chip
    .get(AcceleratorPredictor)
    .prepare(network, chip.definitions.platforms.get(platform))
    .predict(parameters, conditions);
}

const streamedBytes = ({ prediction }: AcceleratorPrediction): number =>
  prediction.layers.reduce((sum, { readBytes }) => sum + readBytes, 0);
const mebibyte = 1024 * 1024;

edge('weights that fit are never streamed; of others, what does not fit beside the feature maps', async () => {
  for (const name of ['mobilenet_v1_224', 'inception_v1_224', 'efficientnet_edgetpu_s_224', 'squeezenet1_0_224'])
    assert.is(streamedBytes(await predict(`net/${name}`, 'edge-tpu-usb')), 0, name);
  const streamed = streamedBytes(await predict('net/vgg16_224', 'edge-tpu-usb'));
  assert.ok(streamed > 138_357_544 - 8 * mebibyte && streamed < 138_357_544);
});

edge('streamed and kept weights are those of the compiler, within 4 %', async () => {
  // Reports of the compiler: streamed MiB, and what was kept where that is a condition of the run.
  for (const [name, kept, streamed] of [
    ['cifar/resnet50', 0, 15.26],
    ['edgetpu/ladder_conv7x7_c32_128_200', 5.01, 7.05],
    ['edgetpu/ladder_conv7x7_c32_128_300', 5.01, 11.85],
    ['edgetpu/dense_u100_l500', 0.9927, 5.35],
    ['edgetpu/dense_u400_l100', 3.46, 13.64],
  ] as const) {
    const bytes = streamedBytes(await predict(name, 'edge-tpu-usb', {}, { facts: { weightCacheMegabytes: kept } }));
    assert.ok(Math.abs(bytes / mebibyte / streamed - 1) < 0.04, `${name}: ${bytes / mebibyte}`);
  }
});

edge('streaming overlaps with computing', async () => {
  const slow = await predict('net/vgg16_224', 'edge-tpu-usb', { linkMegabytesPerSecond: 200 });
  const fast = await predict('net/vgg16_224', 'edge-tpu-usb', { linkMegabytesPerSecond: 400 });
  const half = streamedBytes(slow) / 400e6;
  // Twice the rate saves half of the time on the link, and a little for instructions and the input: nothing of it was
  // hidden work.
  const saved = slow.prediction.latencySeconds - fast.prediction.latencySeconds;
  assert.ok(saved > 0.98 * half && saved < 1.02 * half);
  assert.ok(fast.prediction.latencySeconds < streamedBytes(fast) / 400e6 + 0.012);
});

edge('boards differ by their link and their host only', async () => {
  const same = {
    linkMegabytesPerSecond: 400,
    operatorMicroseconds: 5,
    startMilliseconds: 0.3,
    outputMegabytesPerSecond: 50,
    inputCopyMegabytesPerSecond: 1000,
    instructionKilobytes: 2,
  };
  const [usb, board] = [
    await predict('net/densenet121_224', 'edge-tpu-usb', same),
    await predict('net/densenet121_224', 'edge-tpu-devboard', same),
  ];
  assert.is(usb.prediction.latencyCycles, board.prediction.latencyCycles);
});

edge('cycles of the array: every tile of weights is loaded, then all positions pass', async () => {
  const { prediction } = await predict('net/mobilenet_v1_224', 'edge-tpu-usb');
  const cycles = new Map(prediction.layers.map(({ name, latencyCycles }) => [name, latencyCycles]));
  // 512 -> 512, 14 x 14 positions: 8 x 8 tiles; 1024 -> 1024, 7 x 7: 16 x 16 tiles; depthwise 512, 14 x 14: 8 lanes'
  // worth of 9 taps.
  assert.is(cycles.get('/f/f.14/f.14.0/Conv'), 64 * (196 + 256));
  assert.is(cycles.get('/f/f.26/f.26.0/Conv'), 256 * (49 + 256));
  assert.is(cycles.get('/f/f.13/f.13.0/Conv'), 8 * 9 * (196 + 64));
  // 3 -> 32, 3 x 3: all nine taps fit into the rows.
  assert.is(cycles.get('/f/f.0/f.0.0/Conv'), 112 * 112 + 256);
});

edge('what scales with the clock is the work of the array: half the clock costs its cycles once more', async () => {
  const [fast, slow] = [
    await predict('net/inception_v1_224', 'edge-tpu-usb'),
    await predict('net/inception_v1_224', 'edge-tpu-usb-250mhz'),
  ];
  const work = fast.prediction.latencyCycles - fast.prediction.layers[0].latencyCycles;
  assert.is(fast.prediction.layers[0].name, 'start');
  assert.ok(Math.abs((slow.prediction.latencySeconds - fast.prediction.latencySeconds) * 500e6 - work) < 100);
});

edge('inputs and outputs take the paths of the link, at rates of their own', async () => {
  const milliseconds = async (name: string): Promise<number> =>
    1e3 * (await predict(`edgetpu/${name}`, 'edge-tpu-usb-jetson-nano')).prediction.latencySeconds;
  const parameters = chip.definitions.platforms.get('edge-tpu-usb-jetson-nano').accelerator?.parameters ?? {};
  // Copied by the host, then sent.
  const perByte = 1 / parameters['linkMegabytesPerSecond'].value + 1 / parameters['inputCopyMegabytesPerSecond'].value;
  assert.ok(
    Math.abs(
      ((await milliseconds('in_stride_256x256')) - (await milliseconds('in_stride_256x128'))) / perByte -
        (256 * 128 * 3) / 1e3,
    ) < 2,
  );
  // Three channels come back as four.
  assert.ok(
    Math.abs(
      ((await milliseconds('out_pad_256x256')) - (await milliseconds('out_pad_256x128'))) * 31 - (256 * 128 * 4) / 1e3,
    ) < 5,
  );
});

edge.run();
