import { definePlugin, type PluginInput } from '@autodnnchip/core';
import { defineEngine, type Bid, type EngineDefinition } from '@autodnnchip/core/engine';
import { convAdderTree } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngine } from '@autodnnchip/ip-lane-engine';
import { ultra96 } from '@autodnnchip/platform-ultra96';
import { accelShared } from '@autodnnchip/plugin-accel-shared';
import { builder } from '@autodnnchip/plugin-builder';
import { referenceExecutor } from '@autodnnchip/plugin-executor-reference';
import * as assert from 'uvu/assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plugin as streamPool, streamPoolDefinition } from '../../examples/vendor-ip/src/index.js';
import { run } from '../cli/run.js';
import { scaled, sketchNetwork } from '../network-passes/network-under-test.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite("layers that a vendor's engine gets");

const slowness = 10;

/** Three pools of 5 x 5 at stride 1 one after another, as in networks that look for objects; then one of 2 x 2. */
const network = sketchNetwork(
  {
    x: { shape: [1, 64, 20, 20], type: 'int8', quantization: scaled(0.05) },
    a: { shape: [1, 64, 20, 20], type: 'int8', quantization: scaled(0.05) },
    b: { shape: [1, 64, 20, 20], type: 'int8', quantization: scaled(0.05) },
    c: { shape: [1, 64, 20, 20], type: 'int8', quantization: scaled(0.05) },
    y: { shape: [1, 64, 10, 10], type: 'int8', quantization: scaled(0.05) },
  },
  [...['xa', 'ab', 'bc'].map(names => pool(names[0], names[1], 5, 1, 2)), pool('c', 'y', 2, 2, 0)],
);

function pool(input: string, output: string, window: number, stride: number, padding: number) {
  return {
    kind: 'maxPool',
    inputs: [input],
    outputs: [output],
    attributes: {
      kernel: [window, window],
      stride: [stride, stride],
      dilation: [1, 1],
      padding: [padding, padding, padding, padding],
    },
  } as const;
}

const sketches = definePlugin(() => ({
  name: 'sketches',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.loadNetwork.tapPromise('sketches', async ({ path }) =>
      path.endsWith('.sketch') ? await Promise.resolve(network) : undefined,
    );
  },
}));

/** The same engine, whose positions pass one in ten cycles. */
const slowDefinition: EngineDefinition = defineEngine({
  ...streamPoolDefinition,
  create(values) {
    const engine = streamPoolDefinition.create(values);
    const slower = (bid: Bid): Bid => ('refused' in bid ? bid : { ...bid, cycles: slowness * bid.cycles });
    return {
      ...engine,
      bid: work => slower(engine.bid(work)),
      bound(work) {
        const bound = engine.bound(work);
        return { ...bound, computeCycles: slowness * bound.computeCycles };
      },
      timing(task) {
        const { stages, slots } = engine.timing(task);
        return { stages: stages.map(stage => ({ ...stage, cycles: slowness * stage.cycles })), slots };
      },
      computeCycles: task => slowness * engine.computeCycles(task),
    };
  },
});

const slowPool = definePlugin(() => ({
  name: 'slow-pool',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.defineEngines.tap('slow-pool', engines => engines.add(slowDefinition));
  },
}));

interface PredictedLayer {
  readonly engine: string;
  readonly declined: readonly string[];
}

interface PredictedChip {
  readonly configuration: Readonly<Record<string, number>>;
  readonly latencyCycles: number;
  readonly layers: readonly PredictedLayer[];
}

async function predict(engine: PluginInput | undefined, ...options: readonly string[]): Promise<PredictedChip> {
  const path = join(temporaryFolder(), 'pools.sketch');
  writeFileSync(path, 'pools');
  const plugins = [sketches(), referenceExecutor(), convAdderTree(), laneEngine(), accelShared(), builder(), ultra96()];
  const { exitCode, output, messages } = await run(['predict', path, '--platform', 'ultra96', '--json', ...options], {
    plugins: engine === undefined ? plugins : [...plugins, engine],
  });
  assert.is(exitCode, 0, messages);
  return JSON.parse(output) as PredictedChip;
}

test('its engine is put on the chip, and gets the layers that it runs in fewer cycles, without being asked for', async () => {
  const without = await predict(undefined);
  const chip = await predict(streamPool());
  assert.is.not(chip.configuration['stream-pool'], 0);
  assert.ok(chip.latencyCycles < without.latencyCycles, `${chip.latencyCycles} and ${without.latencyCycles} cycles`);
  assert.equal(
    chip.layers.slice(0, 3).map(({ engine }) => engine),
    ['pool', 'pool', 'pool'],
  );
  for (const { declined } of chip.layers.slice(0, 3))
    assert.ok(
      declined.some(reason => /^lane.*: \d+\.\d x the cycles/.test(reason)),
      declined.join('; '),
    );
});

test('where the lane engine is on the chip too, each layer goes to the lower bid', async () => {
  const { layers } = await predict(streamPool(), '--set', 'poolWindow=5', '--set', 'laneBlocks=4');
  assert.equal(
    layers.map(({ engine }) => engine),
    ['pool', 'pool', 'pool', 'lane'],
  );
  assert.ok(
    layers[3].declined.some(reason => /^pool: \d\.\d x the cycles/.test(reason)),
    layers[3].declined.join('; '),
  );
});

test('one that is ten times slower never wins, put on the chip or not', async () => {
  const without = await predict(undefined);
  const left = await predict(slowPool());
  assert.is(left.configuration['stream-pool'], 0);
  assert.is(left.latencyCycles, without.latencyCycles);
  const present = await predict(slowPool(), '--set', 'poolWindow=5', '--set', 'laneBlocks=2');
  // One that is not there answers with the size that it proposes first, whose window may be too small.
  expectLane(left.layers, /^pool \(not on the chip\): (\d+\.\d x the cycles|refused, its window)/);
  expectLane(present.layers, /^pool: \d+\.\d x the cycles/);
});

function expectLane(layers: readonly PredictedLayer[], reason: RegExp): void {
  for (const { engine, declined } of layers) {
    assert.is(engine, 'lane');
    assert.ok(
      declined.some(line => reason.test(line)),
      declined.join('; '),
    );
  }
}

test.run();
