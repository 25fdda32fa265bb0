import { createAutoDNNchip, definePlugin } from '@autodnnchip/core';
import { defineEngine, type EngineDefinition } from '@autodnnchip/core/engine';
import { convAdderTreeDefinition } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngineDefinition } from '@autodnnchip/ip-lane-engine';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const test = suite('definitions of engines');

const changed = (changes: Readonly<Record<string, unknown>>): EngineDefinition => ({ ...laneEngineDefinition, id: 'mine', ...changes });

test('a missing or wrong field names itself and the engine', async () => {
  for (const field of ['title', 'engineApiVersion', 'chassis', 'parameters', 'create', 'resources', 'rtl']) {
    const { message } = await expectError('ADC2011', () => defineEngine(changed({ [field]: undefined })));
    assert.match(message, new RegExp(`engine mine .*${field} is missing`));
  }
  assert.match((await expectError('ADC2011', () => defineEngine(changed({ id: '' })))).message, /without an id/);
  assert.match((await expectError('ADC2011', () => defineEngine(changed({ create: 3 })))).message, /create is no function/);
  assert.match((await expectError('ADC2011', () => defineEngine(changed({ engineApiVersion: 7 })))).message, /interface 7; this is version 1/);
});

test('parameters have names that RTL and options take, bounds, and values within them', async () => {
  const [first] = laneEngineDefinition.parameters;
  const withParameter = (changes: object): EngineDefinition => changed({ parameters: [{ ...first, ...changes }] });
  assert.match((await expectError('ADC2011', () => defineEngine(withParameter({ name: 'a.b' })))).message, /named "a.b"/);
  assert.match((await expectError('ADC2011', () => defineEngine(withParameter({ minimum: 9, maximum: 2 })))).message, /bounds of its parameter laneBlocks/);
  assert.match((await expectError('ADC2011', () => defineEngine(withParameter({ candidates: [99] })))).message, /out of bounds/);
  assert.match((await expectError('ADC2011', () => defineEngine(changed({ parameters: [first, first] })))).message, /laneBlocks is there twice/);
});

test('an engine is found by its identifier, which can be taken once', async () => {
  const plugin = definePlugin(() => ({
    name: 'mine', apiVersion: 1, apply: ({ hooks }) => hooks.defineEngines.tap('mine', (engines) => {
      engines.add(convAdderTreeDefinition);
      engines.add(convAdderTreeDefinition);
    }),
  }));
  await expectError('ADC2007', () => createAutoDNNchip({ plugins: [plugin()] }));
});

test.run();
