// time-limit-seconds: 240
import * as assert from 'uvu/assert';
import { defaultPlugins } from '@autodnnchip/plugin-cli';
import { chainKinds, encodeChain } from '../frontend-onnx/chains.js';
import { writeModel } from '../frontend-onnx/onnx-writer.js';
import { suite } from '../support/suite.js';
import { run } from './run.js';

/** Long enough for a stack to overflow, and for a search through all nodes at each of them to run out of time. */
const length = 4000;

const test = suite('long chains', { timeLimitSeconds: 200 });
const silent = { warn: () => undefined, info: () => undefined, detail: () => undefined, progress: () => undefined };

for (const kind of chainKinds) {
  test(`a network of ${length} nodes (${kind}) is predicted, and refused for a chip that keeps fewer records`, async () => {
    const model = writeModel(encodeChain(kind, length), `${kind}.onnx`);
    const predicted = await run(['predict', model, '--platform', 'jetson-nano', '--json'], {
      plugins: defaultPlugins(silent),
    });
    assert.is(predicted.exitCode, 0, predicted.messages);
    const built = await run(['predict', model, '--platform', 'ultra96'], { plugins: defaultPlugins(silent) });
    assert.is(built.exitCode, 1, built.messages);
    assert.match(built.messages, 'ADC3001');
  });
}

for (const kind of ['conv', 'named'] as const) {
  test(`a network of ${length} convolutions (${kind}) is mapped on an array`, async () => {
    const { exitCode, output, messages } = await run(
      ['predict', writeModel(encodeChain(kind, length), `${kind}.onnx`), '--platform', 'eyeriss', '--json'],
      { plugins: defaultPlugins(silent) },
    );
    assert.is(exitCode, 0, messages);
    const layers = (JSON.parse(output) as { layers: { latencyCycles: number }[] }).layers.map(
      ({ latencyCycles }) => latencyCycles,
    );
    assert.is(layers.length, length);
    assert.is(new Set(layers.slice(1, -1)).size, 1, 'equal layers take equal time');
  });
}

test.run();
