import type { Log } from '@autodnnchip/core';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import * as assert from 'uvu/assert';
import { parseDocument } from '../cli/documents.js';
import { run, type CommandOutcome } from '../cli/run.js';
import { writeModel } from '../frontend-onnx/onnx-writer.js';
import { suite } from '../support/suite.js';

const test = suite('what given accelerators have no figure of', { timeLimitSeconds: 120 });
const silent: Log = {
  warn: () => undefined,
  info: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
};
const softmax = writeModel({
  inputs: [{ name: 'x', shape: [1, 8] }],
  outputs: [{ name: 'y', shape: [1, 8] }],
  nodes: [{ operator: 'Softmax', name: 'alone', inputs: ['x'], outputs: ['y'] }],
  initializers: [],
});
const lenet = 'test/models/onnx-graph/lenet-full-ts13.onnx';

async function cli(...argv: string[]): Promise<CommandOutcome> {
  return await run(argv, { plugins: defaultPlugins(silent) });
}

interface Figures {
  readonly latencyCycles: number | null;
  readonly energyPicojoules: number | null;
  readonly layers: readonly { readonly energyPicojoules: number | null }[];
  readonly notCosted: readonly { readonly name: string }[];
}

test('nothing of the network is costed: no latency, throughput, energy or power, in JSON, in text and in explain', async () => {
  for (const platform of ['eyeriss', 'shidiannao', 'dpu-b1600-ultra96']) {
    const { exitCode, output, messages } = await cli('predict', softmax, '--platform', platform, '--json');
    assert.is(exitCode, 0, messages);
    const document = parseDocument('predict', output);
    for (const name of [
      'latencyCycles',
      'latencySeconds',
      'throughputPerSecond',
      'energyPicojoules',
      'powerMilliwatts',
    ])
      assert.is(document[name], null, `${platform}: ${name}`);
    assert.ok((document as unknown as Figures).notCosted.some(({ name }) => name === 'alone'));
    const { output: text } = await cli('predict', softmax, '--platform', platform);
    assert.match(text, /^latency.* not known: nothing of this network is costed$/m);
    assert.match(text, /^throughput +not known: nothing of this network is costed$/m);
    assert.match(text, /^energy +not costed/m);
    const explained = await cli('explain', 'throughputPerSecond', softmax, '--platform', platform);
    assert.is(explained.exitCode, 2);
    assert.match(explained.messages, /ADC3501.*no throughputPerSecond: nothing of this network is costed/s);
  }
});

test('an accelerator of which no power is published gives time, and null for every energy', async () => {
  const document = parseDocument(
    'predict',
    (await cli('predict', lenet, '--platform', 'dpu-b1600-ultra96', '--json')).output,
  ) as unknown as Figures;
  assert.ok((document.latencyCycles ?? 0) > 0);
  assert.is(document.energyPicojoules, null);
  assert.ok(document.layers.length > 0 && document.layers.every(({ energyPicojoules }) => energyPicojoules === null));
  const explained = await cli('explain', 'layers[0].energyPicojoules', lenet, '--platform', 'dpu-b1600-ultra96');
  assert.match(explained.messages, /ADC3501.*no power of .* is published/s);
});

test('throughput is plain: prefixes are for units of measure', async () => {
  const { output } = await cli('predict', lenet, '--platform', 'edge-tpu-usb');
  assert.match(output, /^throughput +[\d,.]+ inferences\/s$/m);
});

test.run();
