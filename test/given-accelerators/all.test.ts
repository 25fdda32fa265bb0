import { fileURLToPath } from 'node:url';
import {
  AcceleratorPredictor,
  createAutoDNNchip,
  formatChipGraph,
  parseChipGraph,
  resolveChipGraph,
} from '@autodnnchip/core';
import { dpu } from '@autodnnchip/platform-dpu';
import { edgeTpu } from '@autodnnchip/platform-edge-tpu';
import { eyeriss } from '@autodnnchip/platform-eyeriss';
import { jetson } from '@autodnnchip/platform-jetson';
import { shidiannao } from '@autodnnchip/platform-shidiannao';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import { givenAccelerators } from '@autodnnchip/plugin-given-accelerators';
import { graphPredictor, predictFine } from '@autodnnchip/plugin-graph-predictor';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const all = suite('all given accelerators', { timeLimitSeconds: 120 });

const chip = createAutoDNNchip({
  plugins: [dpu(), edgeTpu(), eyeriss(), jetson(), shidiannao(), graphPredictor(), givenAccelerators()],
});
const files = [
  'net/vgg16_224',
  'net/mobilenet_v1_224',
  'net/shufflenet_v2_x1_5_224',
  'net/slim_resnet_v1_50_299',
  'dpu/cf_inceptionv3',
  'dpu/cf_cityscapes',
  'dpu-profile/fcn8_vgg16_224',
];

for (const platform of chip.definitions.platforms.list()) {
  all(
    `${platform.id}: layers add up, no layer uses more multipliers than there are, and the graph says the same after it was written and read`,
    async () => {
      for (const file of files) {
        const network = await readOnnxNetwork(
          fileURLToPath(new URL(`../measured/networks/${file}.onnx`, import.meta.url)),
          { weights: false },
        );
        const prepared = chip.get(AcceleratorPredictor).prepare(network, platform);
        const { prediction } = prepared.predict({});
        assert.is(
          prediction.layers.reduce((sum, { latencyCycles }) => sum + latencyCycles, 0),
          prediction.latencyCycles,
          file,
        );
        assert.ok(prediction.latencyCycles > 0, file);
        for (const { name, utilization } of prediction.layers)
          assert.ok(utilization >= 0 && utilization <= 1 + 1e-9, `${file} ${name}: ${utilization}`);
        const written = predictFine(
          resolveChipGraph(parseChipGraph(JSON.parse(formatChipGraph(prepared.graph({}))))),
        ).prediction;
        assert.is(written.latencyCycles, prediction.latencyCycles, file);
        if (prediction.energyPicojoules > 0)
          assert.ok(
            Math.abs(written.energyPicojoules / (prediction.batch * prediction.energyPicojoules) - 1) < 1e-9,
            file,
          );
      }
    },
  );
}

all.run();
