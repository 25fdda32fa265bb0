import { createAutoDNNchip, type Platform } from '@autodnnchip/core';
import { convAdderTree } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngine } from '@autodnnchip/ip-lane-engine';
import { ultra96 } from '@autodnnchip/platform-ultra96';
import { accelShared } from '@autodnnchip/plugin-accel-shared';
import * as assert from 'uvu/assert';
import { surroundedNetwork, tinyChip } from '../host-fallback/host-networks.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const ports = suite('memory ports of platforms');
const chip = createAutoDNNchip({ plugins: [convAdderTree(), laneEngine(), accelShared(), ultra96()] });
const template = chip.definitions.templates.get('accel-shared');
const platform: Platform = chip.definitions.platforms.get('ultra96');
const whole = surroundedNetwork();
const network = {
  ...whole,
  operators: whole.operators.filter(({ kind }) => kind === 'conv'),
  inputs: ['q'],
  outputs: ['y'],
};
const withPort = (busBytes: number): Platform => ({ ...platform, memory: { ...platform.memory, busBytes } });

ports('a bus wider than the memory port is refused, wherever the configuration comes from', async () => {
  const wide = { channelBlock: 32, outputParallelism: 32, busBytes: 32 };
  const error = await expectError('ADC3003', () => template.configure(wide, network, platform));
  assert.match(error.message, /busBytes is 32.*ultra96 takes a bus of 16 bytes at most/);
  assert.match(error.hint ?? '', /busBytes=16/);
  const configuration = template.configure(wide, network, withPort(32));
  await expectError('ADC3003', () => template.map(network, configuration, platform));
  await expectError('ADC3003', () => template.predictCoarse(network, configuration, platform));
});

ports('the search and the default take no wider bus than the port, and none where the port is too narrow', async () => {
  for (const busBytes of [4, 8, 16, 32]) {
    for (const candidate of template.enumerate(network, withPort(busBytes)))
      assert.ok(candidate['busBytes'] <= busBytes);
    assert.ok(template.configure({}, network, withPort(busBytes))['busBytes'] <= busBytes);
  }
  assert.equal([...template.enumerate(network, withPort(2))], []);
  await expectError('ADC3003', () => template.configure(tinyChip, network, withPort(2)));
});

ports.run();
