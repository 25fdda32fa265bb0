import { createAutoDNNchip, highestClockMegahertz, pathLogic, type IpDefinition } from '@autodnnchip/core';
import { convAdderTree } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngine } from '@autodnnchip/ip-lane-engine';
import { ecp585f } from '@autodnnchip/platform-ecp5-85f';
import { ultra96 } from '@autodnnchip/platform-ultra96';
import { asic65nm } from '@autodnnchip/platform-asic-65nm';
import { accelShared } from '@autodnnchip/plugin-accel-shared';
import * as assert from 'uvu/assert';
import { drawChips, drawEngines, drawSeed } from '../../bench/fmax/points.js';
import { measuredFmax, predictedFmax, readFmaxSweep } from '../../bench/fmax/rows.js';
import { withHighestClock } from '../../plugins/accel-shared/src/cost/fmax.js';
import { suite } from '../support/suite.js';

const clocks = suite('predicted clocks');

const { rows } = readFmaxSweep();
const { platforms, templates, ips } = createAutoDNNchip({ plugins: [convAdderTree(), laneEngine(), accelShared(), ecp585f(), ultra96(), asic65nm()] }).definitions;
const chips = rows.filter(({ configuration }) => configuration !== undefined);

clocks('within 15 % of nextpnr on every configuration that the fit has not seen, ten at least', () => {
  const heldOut = rows.filter(({ purpose }) => purpose === 'heldOut');
  assert.ok(heldOut.length >= 10, `${heldOut.length} rows`);
  for (const row of heldOut) {
    const error = predictedFmax(row) / measuredFmax(row) - 1;
    assert.ok(Math.abs(error) <= 0.15, `${row.key}: ${(100 * error).toFixed(1)} %`);
  }
});

clocks('the rows that the fit has not seen are those that the seed draws', () => {
  const drawn = [
    ...drawEngines(drawSeed, 10).map(({ ip, parameters }) => ({ ip, parameters })),
    ...drawChips(drawSeed, 10).map(({ configuration }) => ({ configuration })),
  ].map((content) => JSON.stringify(content));
  for (const { key, purpose, ip, parameters, configuration } of rows) {
    if (purpose !== 'heldOut' || key.startsWith('ecp5-85f-like')) continue;
    assert.ok(drawn.includes(JSON.stringify(configuration === undefined ? { ip, parameters } : { configuration })), key);
  }
});

clocks('the chip is as fast as its slowest engine, which the blocks show', () => {
  const platform = platforms.get('ecp5-85f');
  for (const { configuration } of chips) {
    const resources = templates.get('accel-shared').resources({ ...configuration }, platform);
    assert.ok((resources.fmaxMegahertz ?? 0) > 20);
  }
});

clocks('no clock where no open tool places', () => {
  const configuration = { ...chips[0].configuration };
  for (const id of ['ultra96', 'asic-65nm']) assert.is(templates.get('accel-shared').resources(configuration, platforms.get(id)).fmaxMegahertz, undefined);
  assert.is(pathLogic({ title: 'sum', sumBits: 8 }, 'xcup'), undefined);
  assert.is(highestClockMegahertz([{ title: 'sum', sumBits: 8 }], 'xcup', 1000), undefined);
});

clocks('a chip with an engine that says nothing about its paths has no clock', () => {
  const mute = (id: string): IpDefinition => {
    const { paths: _, ...ip } = ips.get(id);
    return id === 'lane-engine' ? ip : ips.get(id);
  };
  const chip = { total: { multipliers: 1, lut: 5000 }, blocks: [{ id: 'convEngine', resources: { multipliers: 1 } }], clocked: { multipliers: 1 } };
  const configuration = chips[0].configuration;
  assert.ok(configuration !== undefined);
  const platform = platforms.get('ecp5-85f');
  assert.is(withHighestClock(chip, configuration, platform, mute).total.fmaxMegahertz, undefined);
  const both = withHighestClock(chip, configuration, platform, (id) => ips.get(id));
  assert.ok((both.total.fmaxMegahertz ?? 0) <= (both.blocks[0].resources.fmaxMegahertz ?? 0));
});

clocks('more logic, wider operands and larger chips are slower', () => {
  const clock = (path: Omit<Parameters<typeof pathLogic>[0], 'title'>, luts = 5000): number => highestClockMegahertz([{ title: 'path', ...path }], 'ecp5', luts) ?? NaN;
  assert.ok(clock({ lutLevels: 1 }) > clock({ lutLevels: 2 }));
  assert.ok(clock({ sumBits: 16 }) > clock({ sumBits: 32 }));
  assert.ok(clock({ sumBits: 32 }) > clock({ sumBits: 32, lutLevels: 1 }));
  assert.ok(clock({ product: [8, 8] }) > clock({ product: [25, 17] }));
  assert.ok(clock({ product: [25, 17] }) > clock({ product: [25, 17] }, 20_000));
  assert.ok(clock({ product: [25, 17] }) > clock({ product: [25, 17], sumBits: 32 }));
});

clocks.run();
