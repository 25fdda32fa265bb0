import { fileURLToPath } from 'node:url';
import {
  AcceleratorPredictor,
  createAutoDNNchip,
  type AcceleratorConditions,
  type AcceleratorPrediction,
  type Network,
} from '@autodnnchip/core';
import { dpu } from '@autodnnchip/platform-dpu';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import {
  dpuArrayWork,
  dpuDepthwisePasses,
  dpuPlaces,
  dpuUnits,
  givenAccelerators,
  networkWork,
  dpuPortWords,
  dpuSideCycles,
  type Facts,
  type LayerWork,
} from '@autodnnchip/plugin-given-accelerators';
import { graphPredictor } from '@autodnnchip/plugin-graph-predictor';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const dpus = suite('DPUCZDX8G');

const chip = createAutoDNNchip({ plugins: [dpu(), graphPredictor(), givenAccelerators()] });
const network = (path: string): Promise<Network> =>
  readOnnxNetwork(fileURLToPath(new URL(`../measured/networks/${path}`, import.meta.url)), { weights: false });

function factsOf(platform: string): Facts {
  const { accelerator } = chip.definitions.platforms.get(platform);
  return Object.fromEntries(Object.entries(accelerator?.facts ?? {}).map(([name, { value }]) => [name, value]));
}

async function predict(
  path: string,
  platform: string,
  conditions: AcceleratorConditions = {},
): Promise<AcceleratorPrediction> {
  return chip
    .get(AcceleratorPredictor)
    .prepare(await network(path), chip.definitions.platforms.get(platform))
    .predict({}, conditions);
}

const seconds = ({ layers }: AcceleratorPrediction, layer: string): number =>
  layers.get(layer)?.['latency'] ?? Number.NaN;

async function layersOf(path: string): Promise<(name: string) => LayerWork> {
  const { layers } = networkWork(await network(path));
  return name => {
    const found = layers.find(layer => layer.name === name);
    if (found === undefined) throw new Error(`no layer ${name}`);
    return found;
  };
}

dpus('the array takes a step per tap, strip of rows and groups of channels', async () => {
  const [fcn, alexnet] = [
    await layersOf('dpu-profile/fcn8_vgg16_224.onnx'),
    await layersOf('dpu-profile/alexnet_bn_nolrn_227.onnx'),
  ];
  const facts = factsOf('dpu-b4096-zcu102');
  const inner = dpuArrayWork(fcn('block1_conv2_convolution'), facts);
  assert.is(inner.cycles, 224 * (224 / 8) * 9 * (64 / 16) * (64 / 16));
  assert.is(inner.weightBytes, 9 * 64 * 64);
  // 3 x 3 values of a kernel row lie side by side as channels; 11 x 3 would be more than the 32 that the hardware
  // takes.
  assert.is(dpuArrayWork(fcn('block1_conv1_convolution'), facts).cycles, 224 * 28 * 3 * 4);
  assert.is(dpuArrayWork(alexnet('conv1'), facts).cycles, 55 * 7 * 121 * 6);
  // Two outputs still take the steps of a whole group, but only the weights of two are loaded.
  assert.equal(dpuArrayWork(alexnet('fc8'), facts), {
    groups: 1,
    strips: 1,
    groupDepth: 256,
    cycles: 256,
    weightBytes: 4096 * 2,
  });
});

dpus('the smaller core takes as many steps as its channels ask for', async () => {
  const layer = (await layersOf('dpu-profile/fcn8_vgg16_224.onnx'))('block1_conv2_convolution');
  assert.is(dpuArrayWork(layer, factsOf('dpu-b1600-ultra96')).cycles, 224 * 28 * 9 * 7 * 7);
});

dpus('engines beside the array are a few pixels wide', async () => {
  const resnet = await layersOf('dpu/cf_resnet18.onnx');
  const facts = factsOf('dpu-b4096-kv260');
  assert.is(dpuSideCycles(resnet('pool1'), facts), 56 * (56 / 4) * 9 * (64 / 16));
  assert.is(dpuSideCycles(resnet('res2a'), facts), 56 * 56 * (64 / 16));
});

dpus('pixels that are not whole words lie across words', () => {
  assert.is(dpuPortWords({ pixels: 100, channels: 64 }, 16), 400);
  assert.is(dpuPortWords({ pixels: 100, channels: 12 }, 16), 150);
  assert.is(dpuPortWords({ pixels: 100, channels: 2 }, 16), 100);
});

dpus('layers that the compiler joins are one unit, each layer in one only', async () => {
  for (const path of [
    'dpu/cf_inceptionv1.onnx',
    'dpu/tf_mobilenetv1.onnx',
    'dpu/tf_resnet50.onnx',
    'dpu-profile/fcn8_vgg16_224.onnx',
  ]) {
    const work = networkWork(await network(path), dpuPlaces);
    const units = dpuUnits(work, factsOf('dpu-b4096-kv260'));
    const members = units.flatMap(({ before, convolution, behind }) => [
      ...before,
      ...(convolution === undefined ? [] : [convolution]),
      ...behind,
    ]);
    const own = work.layers.filter(({ kind, elsewhere }) => kind !== 'concat' && elsewhere === undefined);
    assert.equal(members.map(({ name }) => name).sort(), own.map(({ name }) => name).sort());
  }
  const { layers } = await predict('dpu-profile/fcn8_vgg16_224.onnx', 'dpu-b4096-zcu102');
  assert.is(layers.get('block1_pool')?.['latency'], 0);
  assert.is(layers.get('add_layer_add')?.['latency'], 0);
  assert.ok((layers.get('add_layer_add_1')?.['latency'] ?? 0) > 0);
});

dpus('a layer takes at least the time of its array, and little more where nothing else limits it', async () => {
  const path = 'dpu-profile/fcn8_vgg16_224.onnx';
  const [prediction, layer] = [await predict(path, 'dpu-b4096-zcu102'), await layersOf(path)];
  const facts = factsOf('dpu-b4096-zcu102');
  for (const name of [
    'block1_conv2_convolution',
    'block2_conv2_convolution',
    'block3_conv2_convolution',
    'block4_conv2_convolution',
    'block5_conv2_convolution',
  ]) {
    const array = dpuArrayWork(layer(name), facts).cycles / 281e6;
    assert.ok(seconds(prediction, name) > array && seconds(prediction, name) < 1.06 * array, name);
  }
});

dpus('fully connected layers take the time of their weights at the rate that memory delivers', async () => {
  for (const memoryBytesPerSecond of [2e9, 4e9, 6e9]) {
    const prediction = await predict('dpu-profile/alexnet_bn_nolrn_227.onnx', 'dpu-b4096-zcu102', {
      memoryBytesPerSecond,
    });
    const expected = (4096 * 4096) / memoryBytesPerSecond;
    assert.ok(seconds(prediction, 'fc7') > expected && seconds(prediction, 'fc7') < 1.06 * expected);
  }
});

dpus('the board with the slower memory is bound by it', async () => {
  const prediction = await predict('net/alexnet_224.onnx', 'dpu-b1600-ultra96');
  const [largest] = networkWork(await network('net/alexnet_224.onnx')).layers.filter(
    ({ kind }) => kind === 'fullyConnected',
  );
  assert.ok(seconds(prediction, largest.name) > largest.weightElements / (0.75 * 4.267e9));
});

dpus(
  'the start of a layer is that of the generation of software: the same layers, each later by the same time',
  async () => {
    const startOf = (platform: string): number =>
      chip.definitions.platforms.get(platform).accelerator?.parameters['dispatchMicroseconds'].value ?? Number.NaN;
    assert.is(startOf('dpu-b1600-ultra96'), startOf('dpu-b4096-zcu102'));
    assert.is(startOf('dpu-b1600-ultra96-vart'), startOf('dpu-b4096-kv260'));
    assert.is(startOf('dpu-b4096-zcu102-vart'), startOf('dpu-b4096-kv260'));
    assert.ok(startOf('dpu-b4096-zcu102') > 10 && startOf('dpu-b4096-kv260') < 2);
    for (const board of ['dpu-b1600-ultra96', 'dpu-b4096-zcu102']) {
      for (const path of ['dpu/cf_resnet18.onnx', 'dpu/tf_mobilenetv1.onnx']) {
        const [older, newer] = [await predict(path, board), await predict(path, `${board}-vart`)];
        const units = dpuUnits(networkWork(await network(path), dpuPlaces), factsOf(board)).length;
        const perUnit = (1e6 * (older.prediction.latencySeconds - newer.prediction.latencySeconds)) / units;
        assert.ok(
          Math.abs(perUnit - (startOf('dpu-b4096-zcu102') - startOf('dpu-b4096-kv260'))) < 0.1,
          `${board} ${path}: ${perUnit} us`,
        );
      }
    }
  },
);

dpus(
  'a depthwise layer is joined with the convolution behind it, before it, or none, as the release does; each layer once',
  async () => {
    const path = 'dpu/tf_mobilenetv1.onnx';
    const work = networkWork(await network(path), dpuPlaces);
    const depthwise = work.layers.filter(({ kind }) => kind === 'depthwise').length;
    for (const [depthwiseJoin, before, behind] of [
      [0, 0, 0],
      [1, depthwise, 0],
      [2, 0, depthwise],
    ]) {
      const units = dpuUnits(work, { ...factsOf('dpu-b4096-kv260'), depthwiseJoin });
      const joined = units.filter(({ convolution }) => convolution !== undefined);
      const count = (side: 'before' | 'behind'): number =>
        joined.filter(unit => unit[side].some(({ kind }) => kind === 'depthwise')).length;
      assert.equal([count('before'), count('behind')], [before, behind], `${depthwiseJoin}`);
      const members = units.flatMap(unit => [
        ...unit.before,
        ...(unit.convolution === undefined ? [] : [unit.convolution]),
        ...unit.behind,
      ]);
      assert.is(new Set(members).size, members.length);
      assert.is(members.filter(({ kind }) => kind === 'depthwise').length, depthwise);
    }
    const [behind, before, none] = await Promise.all(
      [1, 2, 0].map(
        async depthwiseJoin =>
          (await predict(path, 'dpu-b4096-kv260', { facts: { depthwiseJoin } })).prediction.latencyCycles,
      ),
    );
    assert.ok(none > behind && none > before && before !== behind);
  },
);

dpus('a pass of the depthwise engine starts once for each strip of its rows and group of channels', async () => {
  const layer = await layersOf('net/mobilenet_v1_224.onnx');
  const { layers } = networkWork(await network('net/mobilenet_v1_224.onnx'));
  const first = layers.find(({ kind }) => kind === 'depthwise');
  assert.is(dpuDepthwisePasses(layer(first?.name ?? ''), factsOf('dpu-b4096-kv260')), (112 / 4) * (32 / 16));
  assert.is(dpuDepthwisePasses(layer(first?.name ?? ''), factsOf('dpu-b1600-ultra96')), (112 / 4) * 4);
  const prepared = chip
    .get(AcceleratorPredictor)
    .prepare(await network('net/mobilenet_v1_224.onnx'), chip.definitions.platforms.get('dpu-b4096-kv260'));
  const cycles = (depthwisePassCycles: number): number =>
    prepared.predict({ depthwisePassCycles }, { facts: { depthwiseJoin: 0 } }).prediction.latencyCycles;
  const passes = layers.reduce((sum, one) => sum + dpuDepthwisePasses(one, factsOf('dpu-b4096-kv260')), 0);
  const added = cycles(100) - cycles(0);
  assert.ok(added > 0 && added <= 100 * passes, `${added} of ${100 * passes}`);
});

dpus('inputs of a batch come one after another', async () => {
  const [one, four] = [
    await predict('dpu/cf_resnet18.onnx', 'dpu-b4096-kv260'),
    await predict('dpu/cf_resnet18.onnx', 'dpu-b4096-kv260', { batch: 4 }),
  ];
  const ratio = four.prediction.latencySeconds / one.prediction.latencySeconds;
  assert.ok(ratio > 3.5 && ratio <= 4);
});

dpus.run();
