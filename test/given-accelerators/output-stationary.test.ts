import { fileURLToPath } from 'node:url';
import { AcceleratorPredictor, createAutoDNNchip } from '@autodnnchip/core';
import { shidiannao } from '@autodnnchip/platform-shidiannao';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import { arrayWork, givenAccelerators, type LayerWork } from '@autodnnchip/plugin-given-accelerators';
import { graphPredictor } from '@autodnnchip/plugin-graph-predictor';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const outputStationary = suite('output-stationary array');

const facts = { arrayRows: 8, arrayColumns: 8 };

function layer(changes: Partial<LayerWork>): LayerWork {
  return {
    name: 'layer',
    operator: 'Conv',
    kind: 'convolution',
    groups: 1,
    inputChannels: 1,
    outputChannels: 6,
    inputRows: 32,
    inputColumns: 32,
    outputRows: 28,
    outputColumns: 28,
    kernelRows: 5,
    kernelColumns: 5,
    strideRows: 1,
    strideColumns: 1,
    dilationRows: 1,
    dilationColumns: 1,
    multiplyAccumulates: 6 * 28 * 28 * 25,
    inputElements: 1024,
    outputElements: 6 * 28 * 28,
    weightElements: 156,
    producers: [-1],
    inputMapElements: [1024],
    ...changes,
  };
}

outputStationary('a tile of 8 x 8 outputs takes a cycle per weight', () => {
  assert.is(arrayWork(layer({}), facts).cycles, 6 * 16 * 25);
  assert.is(arrayWork(layer({ inputChannels: 3 }), facts).cycles, 3 * 6 * 16 * 25);
  assert.is(
    arrayWork(
      layer({
        kind: 'pool',
        outputRows: 14,
        outputColumns: 14,
        kernelRows: 2,
        kernelColumns: 2,
        strideRows: 2,
        strideColumns: 2,
        outputElements: 6 * 14 * 14,
      }),
      facts,
    ).cycles,
    6 * 4 * 4,
  );
});

outputStationary('a layer with one output per map is computed as a classifier', () => {
  const full = layer({
    inputChannels: 16,
    outputChannels: 120,
    inputRows: 5,
    inputColumns: 5,
    outputRows: 1,
    outputColumns: 1,
    outputElements: 120,
  });
  assert.is(arrayWork(full, facts).cycles, 2 * 16 * 25);
  assert.is(
    arrayWork(layer({ kind: 'fullyConnected', inputElements: 400, outputElements: 120 }), facts).cycles,
    2 * 400,
  );
});

outputStationary('a tile reads every input under its windows once', () => {
  for (const [stride, kernel, dilation] of [
    [1, 5, 1],
    [2, 3, 1],
    [4, 11, 1],
    [3, 2, 1],
    [1, 3, 2],
    [2, 3, 2],
    [3, 2, 5],
  ]) {
    const outputs = 20;
    const shape = layer({
      outputRows: outputs,
      outputColumns: outputs,
      kernelRows: kernel,
      kernelColumns: kernel,
      strideRows: stride,
      strideColumns: stride,
      dilationRows: dilation,
      dilationColumns: dilation,
      outputChannels: 1,
      outputElements: outputs * outputs,
    });
    let read = 0;
    for (let row = 0; row < outputs; row += 8) {
      for (let column = 0; column < outputs; column += 8) {
        const seen = new Set<number>();
        for (let y = row; y < Math.min(outputs, row + 8); y += 1) {
          for (let x = column; x < Math.min(outputs, column + 8); x += 1) {
            for (let tap = 0; tap < kernel * kernel; tap += 1)
              seen.add(
                (y * stride + dilation * Math.floor(tap / kernel)) * 1000 + x * stride + dilation * (tap % kernel),
              );
          }
        }
        read += seen.size;
      }
    }
    const { cycles, bufferWords } = arrayWork(shape, facts);
    assert.is(bufferWords, read + cycles + outputs * outputs);
  }
});

outputStationary('power and area are the published totals, and what the buffers cannot hold is said', async () => {
  const network = await readOnnxNetwork(
    fileURLToPath(new URL('../measured/networks/net/mobilenet_v1_224.onnx', import.meta.url)),
    { weights: false },
  );
  const chip = createAutoDNNchip({ plugins: [shidiannao(), graphPredictor(), givenAccelerators()] });
  const platform = chip.definitions.platforms.get('shidiannao');
  const { prediction } = chip.get(AcceleratorPredictor).prepare(network, platform).predict({});
  assert.ok(Math.abs(prediction.powerMilliwatts - 320.1) < 0.01);
  const { facts: figures = {} } = platform.accelerator ?? {};
  const areas = Object.entries(figures)
    .filter(([name]) => name.endsWith('SquareMillimetres') && name !== 'areaSquareMillimetres')
    .map(([, { value }]) => value);
  assert.ok(Math.abs(areas.reduce((sum, value) => sum + value, 0) - figures['areaSquareMillimetres'].value) < 1e-9);
  assert.is(prediction.resources.areaSquareMillimetres, 4.86);
  assert.equal(
    prediction.notCosted.map(({ name }) => name),
    ['weights', 'feature maps'],
  );
});

outputStationary.run();
