import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileURLToPath } from 'node:url';
import { AcceleratorPredictor, createAutoDNNchip } from '@autodnnchip/core';
import { dpu } from '@autodnnchip/platform-dpu';
import { eyeriss } from '@autodnnchip/platform-eyeriss';
import { shidiannao } from '@autodnnchip/platform-shidiannao';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import { graphPredictor } from '@autodnnchip/plugin-graph-predictor';
import { givenAccelerators, networkWork } from '@autodnnchip/plugin-given-accelerators';

const network = (path: string) =>
  readOnnxNetwork(fileURLToPath(new URL(`../measured/networks/${path}`, import.meta.url)), { weights: false });
const chip = createAutoDNNchip({ plugins: [eyeriss(), shidiannao(), dpu(), graphPredictor(), givenAccelerators()] });
const predict = async (path: string, platform: string) =>
  chip
    .get(AcceleratorPredictor)
    .prepare(await network(path), chip.definitions.platforms.get(platform))
    .predict({});

test('layers keep the multiply-accumulates of the network', async () => {
  const { layers, fates } = networkWork(await network('net/vgg16_224.onnx'));
  assert.is(
    layers.reduce((sum, layer) => sum + layer.multiplyAccumulates, 0),
    15470264320,
  );
  assert.ok(layers.every(({ elsewhere }) => elsewhere === undefined));
  assert.is([...fates.values()].filter(({ fate }) => fate === 'costed').length, layers.length);
});

test('the published mapping gives the published number of active elements', async () => {
  const { layers, prediction } = await predict('eyeriss/alexnet_conv.onnx', 'eyeriss');
  assert.equal(
    ['CONV1', 'CONV2', 'CONV3', 'CONV4', 'CONV5'].map(name => layers.get(name)?.['active_pes']),
    [154, 135, 156, 156, 156],
  );
  assert.ok(prediction.notCosted.length > 0);
});

test('cycles of the layers add up to the latency', async () => {
  for (const platform of ['dpu-b4096-kv260', 'dpu-b1600-ultra96', 'shidiannao']) {
    const { prediction } = await predict('net/mobilenet_v1_224.onnx', platform);
    assert.is(
      prediction.layers.reduce((sum, { latencyCycles }) => sum + latencyCycles, 0),
      prediction.latencyCycles,
    );
  }
});

test.run();
