import { fileURLToPath } from 'node:url';
import { AcceleratorPredictor, createAutoDNNchip } from '@autodnnchip/core';
import { jetson } from '@autodnnchip/platform-jetson';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import { givenAccelerators, gpuKernels, networkWork, type GpuKernel } from '@autodnnchip/plugin-given-accelerators';
import { graphPredictor } from '@autodnnchip/plugin-graph-predictor';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const gpu = suite('embedded GPU');

const chip = createAutoDNNchip({ plugins: [jetson(), graphPredictor(), givenAccelerators()] });
const read = async (name: string) =>
  await readOnnxNetwork(fileURLToPath(new URL(`../measured/networks/net/${name}.onnx`, import.meta.url)), {
    weights: false,
  });
const kernelsOf = async (name: string): Promise<readonly GpuKernel[]> => gpuKernels(networkWork(await read(name)));
const launches = (kernels: readonly GpuKernel[]): number => kernels.reduce((sum, kernel) => sum + kernel.launches, 0);
const prepare = async (name: string, platform: string) =>
  chip.get(AcceleratorPredictor).prepare(await read(name), chip.definitions.platforms.get(platform));
const milliseconds = async (
  name: string,
  platform: string,
  parameters: Readonly<Record<string, number>> = {},
): Promise<number> => (await prepare(name, platform)).predict(parameters).prediction.latencySeconds * 1e3;

gpu('sums are merged into the convolution before them', async () => {
  const kernels = await kernelsOf('resnet18_224');
  const sums = kernels.filter(({ layer }) => layer.kind === 'elementwise');
  assert.is(sums.length, 8);
  assert.ok(sums.every(kernel => kernel.launches === 0));
  const fused = kernels.reduce((elements, { fusedElements }) => elements + fusedElements, 0);
  assert.is(
    fused,
    sums.reduce((elements, { layer }) => elements + layer.outputElements, 0),
  );
  assert.is(launches(kernels), 20 + 1 + 1 + 1);
});

gpu('concatenated maps are written in place, and copied where an earlier concatenation has them', async () => {
  const concatenations = (kernels: readonly GpuKernel[]): number =>
    launches(kernels.filter(({ layer }) => layer.operator === 'Concat'));
  assert.is(concatenations(await kernelsOf('squeezenet1_0_224')), 0);
  // A dense block of n layers has n + 1 maps and n concatenations, of 2 to n + 1 maps; every map is in place once.
  const copies = [6, 12, 24, 16].reduce((sum, size) => sum + (size * (size + 3)) / 2 - (size + 1), 0);
  assert.is(concatenations(await kernelsOf('densenet121_224')), copies);
});

gpu('launches hide behind long kernels and decide where kernels are short', async () => {
  const value =
    chip.definitions.platforms.get('jetson-agx-xavier').accelerator?.parameters['launchKilocycles'].value ?? 0;
  const growth = async (name: string): Promise<number> =>
    (await milliseconds(name, 'jetson-agx-xavier', { launchKilocycles: 1.5 * value })) -
    (await milliseconds(name, 'jetson-agx-xavier'));
  const launch = ((value * 1e3) / 2265e6) * 1e3;
  const short = launches(await kernelsOf('shufflenet_v2_x0_5_224'));
  assert.ok((await growth('shufflenet_v2_x0_5_224')) > 0.4 * short * launch);
  assert.ok((await growth('vgg16_224')) < 2 * launch);
});

gpu('maps that fit into the level 2 cache do not reach the memory; weights always do', async () => {
  const { prediction } = (await prepare('resnet18_224', 'jetson-tx2')).predict({});
  const [first, last] = [
    prediction.layers.find(({ name }) => name.includes('conv1')),
    prediction.layers.findLast(({ operator }) => operator === 'Conv'),
  ];
  assert.is(first?.writtenBytes, 2 * 64 * 112 * 112);
  assert.is(last?.writtenBytes, 0);
  assert.is(last?.readBytes, 2 * (512 * 512 * 9 + 512));
});

gpu('a batch shares weights and calls', async () => {
  const one = (await prepare('alexnet_224', 'jetson-nano')).predict({}, { batch: 1 }).prediction;
  const eight = (await prepare('alexnet_224', 'jetson-nano')).predict({}, { batch: 8 }).prediction;
  assert.ok(eight.throughputPerSecond > 1.5 * one.throughputPerSecond);
  assert.ok(eight.latencySeconds > one.latencySeconds);
});

gpu('a release without ReLU6 runs two kernels for each, over the whole map; no other has a kernel for it', async () => {
  const clips = async (platform: string): Promise<number> =>
    (await prepare('mobilenet_v1_0p5_160', platform))
      .predict({})
      .prediction.layers.filter(({ operator }) => operator === 'Clip').length;
  assert.is(await clips('jetson-tx2'), 27);
  assert.is(await clips('jetson-tx2-maxp'), 0);
  const [rewritten, merged] = [
    await milliseconds('mobilenet_v1_0p5_160', 'jetson-tx2'),
    await milliseconds('mobilenet_v1_0p5_160', 'jetson-tx2-maxp'),
  ];
  assert.ok(rewritten > 1.5 * merged);
});

gpu('copies of inputs and outputs are in the time where the measurement holds them', async () => {
  const prepared = await prepare('vgg16_224', 'jetson-tx2');
  const [usual, without] = [{}, { copiesIncluded: 0 }].map(
    facts => prepared.predict({}, { facts }).prediction.latencySeconds,
  );
  const rate =
    chip.definitions.platforms.get('jetson-tx2').accelerator?.parameters['copyGigabytesPerSecond'].value ?? 0;
  assert.ok(Math.abs(usual - without - (4 * (3 * 224 * 224 + 1000)) / (rate * 1e9)) < 1e-6);
});

gpu("power modes scale what is the clock's: work of the GPU by its own, launches by that of the CPU", async () => {
  const time = async (name: string, batch: number, platform: string): Promise<number> => {
    const network = await readOnnxNetwork(
      fileURLToPath(new URL(`../measured/networks/quti/${name}.onnx`, import.meta.url)),
      { weights: false },
    );
    return chip
      .get(AcceleratorPredictor)
      .prepare(network, chip.definitions.platforms.get(platform))
      .predict({}, { batch }).prediction.latencySeconds;
  };
  const ratio = async (name: string, batch: number): Promise<number> =>
    (await time(name, batch, 'jetson-tx2-maxq')) / (await time(name, batch, 'jetson-tx2-maxn'));
  assert.ok(Math.abs((await ratio('cnv_100', 128)) - 1300.5 / 854.25) < 0.02);
  assert.ok(Math.abs((await ratio('cnv_12p5', 1)) - 2000 / 1200) < 0.12);
  // A type of half the size is no faster where launches decide, and nearly twice as fast where arithmetic does.
  assert.ok((await time('cnv_12p5', 1, 'jetson-tx2-maxn')) > (await time('cnv_12p5', 1, 'jetson-tx2-maxn-fp32')));
  assert.ok(
    (await time('cnv_100', 128, 'jetson-tx2-maxn-fp32')) > 1.7 * (await time('cnv_100', 128, 'jetson-tx2-maxn')),
  );
});

gpu('a dense layer of few inputs goes by its weights, one of many by a whole block of rows', async () => {
  const network = await readOnnxNetwork(
    fileURLToPath(new URL('../measured/networks/quti/mlp_100.onnx', import.meta.url)),
    { weights: false },
  );
  const prepared = chip.get(AcceleratorPredictor).prepare(network, chip.definitions.platforms.get('jetson-tx2-maxp'));
  const cycles = [1, 4, 8, 32, 128].map(batch => prepared.predict({}, { batch }).prediction.latencyCycles);
  assert.ok(cycles[1] < 1.05 * cycles[0]);
  assert.ok(cycles[2] > 1.5 * cycles[1]);
  assert.ok(cycles[3] < 1.05 * cycles[2]);
  assert.ok(cycles[4] > 1.5 * cycles[3]);
});

gpu.run();
