import { createAutoDNNchip, highestClockMegahertz, pathDelay } from '@autodnnchip/core';
import type { EngineDefinition } from '@autodnnchip/core/engine';
import { convAdderTree } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngine } from '@autodnnchip/ip-lane-engine';
import { ecp585f } from '@autodnnchip/platform-ecp5-85f';
import { ultra96 } from '@autodnnchip/platform-ultra96';
import { asic65nm } from '@autodnnchip/platform-asic-65nm';
import { accelShared } from '@autodnnchip/plugin-accel-shared';
import * as assert from 'uvu/assert';
import { chipPoints, enginePoints } from '../../bench/fmax/points.js';
import { measuredFmax, predictedFmax, readFmaxSweep } from '../../bench/fmax/rows.js';
import { withHighestClock } from '../../plugins/accel-shared/src/cost/fmax.js';
import { accelSharedResources } from '../../plugins/accel-shared/src/cost/resources.js';
import { chipEngines, withEngines } from '../support/chip-engines.js';
import { suite } from '../support/suite.js';

const clocks = suite('predicted clocks');

const { rows } = readFmaxSweep();
const { platforms, templates } = createAutoDNNchip({
  plugins: [convAdderTree(), laneEngine(), accelShared(), ecp585f(), ultra96(), asic65nm()],
}).definitions;
const chips = rows.filter(({ configuration }) => configuration !== undefined);

clocks('within 15 % of nextpnr on every configuration that the fit has not seen, ten of them at least', () => {
  const heldOut = rows.filter(({ purpose }) => purpose === 'heldOut');
  assert.ok(heldOut.length >= 10, `${heldOut.length} rows`);
  for (const row of heldOut) {
    const error = predictedFmax(row) / measuredFmax(row) - 1;
    assert.ok(Math.abs(error) <= 0.15, `${row.key}: ${(100 * error).toFixed(1)} %`);
  }
});

clocks('every row is one of the points, with the purpose that it has there', () => {
  const points = new Map<string, string>([
    ...enginePoints.map(
      ({ name, purpose, ip, parameters }) => [`${name} ecp5`, JSON.stringify({ purpose, ip, parameters })] as const,
    ),
    ...chipPoints.map(
      ({ name, purpose, configuration }) => [`${name} ecp5`, JSON.stringify({ purpose, configuration })] as const,
    ),
  ]);
  for (const { key, purpose, ip, parameters, configuration } of rows) {
    assert.is(
      JSON.stringify(configuration === undefined ? { purpose, ip, parameters } : { purpose, configuration }),
      points.get(key),
      key,
    );
  }
});

clocks('the chip is as fast as its slowest engine, which the blocks show', () => {
  const platform = platforms.get('ecp5-85f');
  for (const { configuration } of chips) {
    assert.ok(configuration !== undefined);
    const resources = templates.get('accel-shared').resources({ ...configuration }, platform);
    const chip = withEngines(configuration);
    const fine = withHighestClock(accelSharedResources(chip, platform), chip, platform);
    const engines = fine.blocks.flatMap(({ resources: { fmaxMegahertz } }) => fmaxMegahertz ?? []);
    assert.is(engines.length, 2);
    assert.is(resources.fmaxMegahertz, Math.min(...engines));
  }
});

clocks('no clock where no open tool places', () => {
  const configuration = { ...chips[0].configuration };
  for (const id of ['ultra96', 'asic-65nm'])
    assert.is(templates.get('accel-shared').resources(configuration, platforms.get(id)).fmaxMegahertz, undefined);
  assert.is(pathDelay({ title: 'path', product: [8, 8] }, 'xcup'), undefined);
  assert.is(highestClockMegahertz([{ title: 'path', product: [8, 8] }], 'ice40', 1000), undefined);
});

clocks('a chip with an engine that says nothing about its paths has no clock', () => {
  const mute = chipEngines.map((engine): EngineDefinition => {
    const { paths: _, ...rest } = engine;
    return engine.id === 'lane-engine' ? rest : engine;
  });
  const chip = {
    total: { multipliers: 1, lut: 5000 },
    blocks: [{ id: 'convEngine', resources: { multipliers: 1 } }],
    clocked: { multipliers: 1 },
    memories: [],
  };
  const configuration = chips[0].configuration;
  assert.ok(configuration !== undefined);
  const platform = platforms.get('ecp5-85f');
  assert.is(withHighestClock(chip, { ...configuration, engines: mute }, platform).total.fmaxMegahertz, undefined);
  const both = withHighestClock(chip, withEngines(configuration), platform);
  assert.ok((both.total.fmaxMegahertz ?? 0) <= (both.blocks[0].resources.fmaxMegahertz ?? 0));
});

clocks('a wider product and a larger chip are slower; a product of several blocks has their sum behind it', () => {
  const clock = (product: readonly [number, number], luts = 5000): number =>
    highestClockMegahertz([{ title: 'path', product }], 'ecp5', luts) ?? NaN;
  assert.is(clock([8, 8]), clock([18, 18]));
  assert.ok(clock([18, 18]) > clock([19, 8]));
  assert.ok(clock([19, 8]) > clock([25, 17]));
  assert.ok(clock([25, 17]) > clock([25, 17], 20_000));
  assert.is(
    highestClockMegahertz(
      [
        { title: 'path', product: [8, 8] },
        { title: 'slow', product: [25, 17] },
      ],
      'ecp5',
      5000,
    ),
    clock([25, 17]),
  );
  // As nextpnr reports it for the path from significand5 to low_product6.
  assert.is(pathDelay({ title: 'path', product: [25, 17] }, 'ecp5')?.logicNanoseconds.toFixed(2), '6.01');
});

clocks.run();
