import { resolve } from 'node:path';
import { multiplyAccumulatesOf, type Log } from '@autodnnchip/core';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import { readOnnxNetwork } from '@autodnnchip/plugin-frontend-onnx';
import * as assert from 'uvu/assert';
import { parseDocument } from '../cli/documents.js';
import { run } from '../cli/run.js';
import { suite } from '../support/suite.js';

const counts = suite('accel_shared: multiply-accumulates', { timeLimitSeconds: 120 });
const silent: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};

for (const name of [
  'lenet-qop_s8s8_pc',
  'lenet-qdq_s8s8_pc',
  'mlperf_resnet8-qop_s8s8_pc',
  'mlperf_dscnn-qop_s8s8_pc',
  'resnet18-qdq_s8s8_pc',
]) {
  counts(
    `${name}: both modes and a given accelerator have those of the file's operators, none lost and none twice`,
    async () => {
      const file = resolve(`test/models/onnx-quant/${name}.onnx`);
      const { operators, tensors } = await readOnnxNetwork(file, { weights: false });
      const expected = operators.reduce((sum, operator) => sum + (multiplyAccumulatesOf(operator, tensors) ?? NaN), 0);
      assert.ok(expected > 0);
      for (const options of [
        ['ultra96', '--mode', 'fine'],
        ['ultra96', '--mode', 'coarse'],
        ['eyeriss'],
        ['jetson-nano'],
      ]) {
        const { output, messages } = await run(['predict', file, '--json', '--platform', ...options], {
          plugins: defaultPlugins(silent),
        });
        assert.ok(output !== '', messages);
        const layers = parseDocument('predict', output)['layers'] as readonly {
          readonly multiplyAccumulates: number;
        }[];
        assert.is(
          layers.reduce((sum, { multiplyAccumulates }) => sum + multiplyAccumulates, 0),
          expected,
          options.join(' '),
        );
      }
    },
  );
}

counts.run();
