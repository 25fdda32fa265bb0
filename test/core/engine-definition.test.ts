import { createAutoDNNchip, definePlugin, type Configuration } from '@autodnnchip/core';
import { defineEngine, type EngineDefinition } from '@autodnnchip/core/engine';
import { convAdderTree, convAdderTreeDefinition } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngine, laneEngineDefinition } from '@autodnnchip/ip-lane-engine';
import { ultra96 } from '@autodnnchip/platform-ultra96';
import { accelShared } from '@autodnnchip/plugin-accel-shared';
import * as assert from 'uvu/assert';
import { scaled, sketchNetwork } from '../network-passes/network-under-test.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const test = suite('definitions of engines');

const changed = (changes: Readonly<Record<string, unknown>>): EngineDefinition => ({
  ...laneEngineDefinition,
  id: 'mine',
  ...changes,
});

test('a missing or wrong field names itself and the engine', async () => {
  for (const field of ['title', 'engineApiVersion', 'chassis', 'parameters', 'create', 'resources', 'rtl']) {
    const { message } = await expectError('ADC2011', () => defineEngine(changed({ [field]: undefined })));
    assert.match(message, new RegExp(`engine mine .*${field} is missing`));
  }
  assert.match((await expectError('ADC2011', () => defineEngine(changed({ id: '' })))).message, /without an id/);
  assert.match(
    (await expectError('ADC2011', () => defineEngine(changed({ create: 3 })))).message,
    /create is no function/,
  );
  assert.match(
    (await expectError('ADC2011', () => defineEngine(changed({ engineApiVersion: 7 })))).message,
    /interface 7; this is version 1/,
  );
});

test('parameters have names that RTL and options take, bounds, and values within them', async () => {
  const [first] = laneEngineDefinition.parameters;
  const withParameter = (changes: object): EngineDefinition => changed({ parameters: [{ ...first, ...changes }] });
  assert.match(
    (await expectError('ADC2011', () => defineEngine(withParameter({ name: 'a.b' })))).message,
    /named "a.b"/,
  );
  assert.match(
    (await expectError('ADC2011', () => defineEngine(withParameter({ minimum: 9, maximum: 2 })))).message,
    /bounds of its parameter laneBlocks/,
  );
  assert.match(
    (await expectError('ADC2011', () => defineEngine(withParameter({ candidates: [99] })))).message,
    /out of bounds/,
  );
  assert.match(
    (await expectError('ADC2011', () => defineEngine(changed({ parameters: [first, first] })))).message,
    /laneBlocks is there twice/,
  );
});

test('an engine is found by its identifier, which can be taken once', async () => {
  const plugin = definePlugin(() => ({
    name: 'mine',
    apiVersion: 1,
    apply: ({ hooks }) =>
      hooks.defineEngines.tap('mine', engines => {
        engines.add(convAdderTreeDefinition);
        engines.add(convAdderTreeDefinition);
      }),
  }));
  await expectError('ADC2007', () => createAutoDNNchip({ plugins: [plugin()] }));
});

test('a parameter is named by its engine and its name, and by the name alone where that is enough', async () => {
  const { templates, platforms } = createAutoDNNchip({
    plugins: [convAdderTree(), laneEngine(), accelShared(), ultra96()],
  }).definitions;
  const template = templates.get('accel-shared');
  const network = sketchNetwork({ x: { shape: [1, 8, 4, 4], type: 'int8', quantization: scaled(1) } }, []);
  const configure = (name: string, value: number): Configuration =>
    template.configure({ [name]: value }, network, platforms.get('ultra96'));
  assert.equal(configure('conv-adder-tree.outputParallelism', 48), configure('outputParallelism', 48));
  assert.is(configure('lane-engine.laneBlocks', 4)['laneBlocks'], 4);
  assert.match(
    (await expectError('ADC3003', () => configure('lane-engine.outputParallelism', 48))).message,
    /lane-engine.outputParallelism does not exist/,
  );
  assert.match(
    (await expectError('ADC3003', () => configure('outputParallelism', 20))).message,
    /multiple of channelBlock/,
  );
});

test.run();
