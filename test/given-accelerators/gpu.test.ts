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
const read = async (name: string) => await readOnnxNetwork(fileURLToPath(new URL(`../measured/networks/net/${name}.onnx`, import.meta.url)), { weights: false });
const kernelsOf = async (name: string): Promise<readonly GpuKernel[]> => gpuKernels(networkWork(await read(name)));
const launches = (kernels: readonly GpuKernel[]): number => kernels.reduce((sum, kernel) => sum + kernel.launches, 0);
const prepare = async (name: string, platform: string) => chip.get(AcceleratorPredictor).prepare(await read(name), chip.definitions.platforms.get(platform));
const milliseconds = async (name: string, platform: string, parameters: Readonly<Record<string, number>> = {}): Promise<number> =>
  (await prepare(name, platform)).predict(parameters).prediction.latencySeconds * 1e3;

gpu('sums are merged into the convolution before them', async () => {
  const kernels = await kernelsOf('resnet18_224');
  const sums = kernels.filter(({ layer }) => layer.kind === 'elementwise');
  assert.is(sums.length, 8);
  assert.ok(sums.every((kernel) => kernel.launches === 0));
  const fused = kernels.reduce((elements, { fusedElements }) => elements + fusedElements, 0);
  assert.is(fused, sums.reduce((elements, { layer }) => elements + layer.outputElements, 0));
  assert.is(launches(kernels), 20 + 1 + 1 + 1);
});

gpu('concatenated maps are written in place, and copied where an earlier concatenation has them', async () => {
  const concatenations = (kernels: readonly GpuKernel[]): number => launches(kernels.filter(({ layer }) => layer.operator === 'Concat'));
  assert.is(concatenations(await kernelsOf('squeezenet1_0_224')), 0);
  // A dense block of n layers has n + 1 maps and n concatenations, of 2 to n + 1 maps; every map is in place once.
  const copies = [6, 12, 24, 16].reduce((sum, size) => sum + size * (size + 3) / 2 - (size + 1), 0);
  assert.is(concatenations(await kernelsOf('densenet121_224')), copies);
});

gpu('launches hide behind long kernels and decide where kernels are short', async () => {
  const value = chip.definitions.platforms.get('jetson-agx-xavier').accelerator?.parameters['launchKilocycles'].value ?? 0;
  const growth = async (name: string): Promise<number> =>
    await milliseconds(name, 'jetson-agx-xavier', { launchKilocycles: 1.5 * value }) - await milliseconds(name, 'jetson-agx-xavier');
  const launch = value * 1e3 / 2265e6 * 1e3;
  const short = launches(await kernelsOf('shufflenet_v2_x0_5_224'));
  assert.ok(await growth('shufflenet_v2_x0_5_224') > 0.4 * short * launch);
  assert.ok(await growth('vgg16_224') < 2 * launch);
});

gpu('maps that fit into the level 2 cache do not reach the memory; weights always do', async () => {
  const { prediction } = (await prepare('resnet18_224', 'jetson-tx2')).predict({});
  const [first, last] = [prediction.layers.find(({ name }) => name.includes('conv1')), prediction.layers.findLast(({ operator }) => operator === 'Conv')];
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

gpu('without depthwise kernels, a depthwise layer costs as a dense one of a channel', async () => {
  const depthwise = new Set(networkWork(await read('mobilenet_v1_0p5_160')).layers.filter(({ kind }) => kind === 'depthwise').map(({ name }) => name));
  const share = async (platform: string): Promise<number> => {
    const { layers, latencyCycles } = (await prepare('mobilenet_v1_0p5_160', platform)).predict({}).prediction;
    return layers.filter(({ name }) => depthwise.has(name)).reduce((sum, layer) => sum + layer.latencyCycles, 0) / latencyCycles;
  };
  assert.ok(await share('jetson-tx2') > 1.3 * await share('jetson-agx-xavier'));
});

gpu.run();
