// time-limit-seconds: 900
import { createProcessToolRunner, type ResourceEstimate } from '@autodnnchip/core';
import { convEngineCoefficients } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngineCoefficients } from '@autodnnchip/ip-lane-engine';
import { asic65nmPlatform } from '@autodnnchip/platform-asic-65nm';
import { ecp585fPlatform } from '@autodnnchip/platform-ecp5-85f';
import { ultra96Platform } from '@autodnnchip/platform-ultra96';
import { synthesizeSources } from '@autodnnchip/plugin-yosys';
import * as assert from 'uvu/assert';

import { fitCoefficients } from '../../bench/synthesis/coefficient-fit.js';
import { chassisCoefficients } from '../../plugins/accel-shared/src/cost/chassis-coefficients.js';
import { accelSharedResources } from '../../plugins/accel-shared/src/cost/resources.js';
import { withEngines, type ChipNumbers } from '../support/chip-engines.js';
import { suite } from '../support/suite.js';
import { chipSources } from './chip-sources.js';
import { readSynthesisSweep, type FittedFamily, type SynthesisCounts } from './synthesis-rows.js';

const resources = suite('resources of accel_shared against Yosys', { timeLimitSeconds: 600 });

const sweep = readSynthesisSweep();
const platforms = { xcup: ultra96Platform(), ecp5: ecp585fPlatform() } as const;
const families = ['xcup', 'ecp5'] as const;

/** Largest error of LUTs and flip-flops, as part of the count. */
const tolerance = 0.1;
const fewestUnseenChips = 10;

function predict(configuration: ChipNumbers, family: FittedFamily, layerCount: number): ResourceEstimate {
  return accelSharedResources(withEngines(configuration), platforms[family], layerCount).total;
}

function assertClose(name: string, predicted: ResourceEstimate, counted: SynthesisCounts): void {
  assert.is(predicted.dsp, counted.dsp, `${name}: DSP`);
  assert.is(predicted.bram, counted.bram, `${name}: BRAM`);
  for (const resource of ['lut', 'ff'] as const) {
    const error = (predicted[resource] ?? 0) / counted[resource] - 1;
    assert.ok(
      Math.abs(error) <= tolerance,
      `${name}: ${resource} ${predicted[resource]} instead of ${counted[resource]}, ${(100 * error).toFixed(1)} %`,
    );
  }
}

for (const family of families) {
  resources(`chips on ${family} that the fit has not seen: DSP and BRAM equal, LUT and FF within 10 %`, () => {
    const unseen = sweep.chips.filter(({ purpose, target }) => purpose === 'check' && target === family);
    assert.ok(unseen.length >= fewestUnseenChips, `${unseen.length} chips`);
    for (const { key, configuration, counts } of unseen)
      assertClose(key, predict(configuration, family, sweep.layerCount), counts);
  });

  resources(`chips on ${family} that the fit has seen`, () => {
    for (const { key, configuration, counts } of sweep.chips.filter(
      ({ purpose, target }) => purpose === 'fit' && target === family,
    )) {
      assertClose(key, predict(configuration, family, sweep.layerCount), counts);
    }
  });

  resources(`coefficients for ${family} are those that the fit gives`, () => {
    assert.equal(
      {
        conv: convEngineCoefficients[family],
        lane: laneEngineCoefficients[family],
        chassis: chassisCoefficients[family],
      },
      fitCoefficients(sweep, family),
    );
  });
}

resources('blocks add up to the chip', () => {
  const [{ configuration }] = sweep.chips;
  for (const platform of [platforms.xcup, platforms.ecp5, asic65nmPlatform()]) {
    const { total, blocks } = accelSharedResources(withEngines(configuration), platform);
    for (const name of ['lut', 'ff', 'dsp', 'bram', 'multipliers', 'areaSquareMillimetres'] as const) {
      const sum = blocks.reduce((all, block) => all + (block.resources[name] ?? 0), 0);
      assert.ok(Math.abs(sum - (total[name] ?? 0)) < 1e-6, `${platform.id} ${name}: ${sum} ${total[name]}`);
    }
  }
});

resources('a chip that records few layers has a smaller memory for them', () => {
  const [{ configuration }] = sweep.chips;
  const bram = (layerCount: number): number => predict(configuration, 'xcup', layerCount).bram ?? 0;
  assert.ok(bram(10) < bram(20));
  assert.is(bram(20), bram(128));
});

/** The smallest engines, and sizes that no row of the sweep has. */
const liveChip: ChipNumbers = {
  channelBlock: 4,
  outputParallelism: 4,
  busBytes: 4,
  laneBlocks: 1,
  laneMultiply: 0,
  convRequantizeDivider: 4,
  laneRequantizeDivider: 4,
  activationDepth: 530,
  weightDepth: 140,
  convParameterDepth: 50,
  partialSumDepth: 19,
  convOutputDepth: 270,
  laneInputDepth: 310,
  laneWeightDepth: 20,
  laneParameterDepth: 30,
  laneOutputDepth: 90,
  burstBeats: 16,
  outstandingReads: 3,
  queueDepth: 2,
  programBlock: 9,
};

resources.needs('yosys')('a chip synthesised now', async () => {
  const layerCount = 12;
  const { totals } = await synthesizeSources(
    { sources: chipSources(withEngines(liveChip), layerCount), top: 'accel_top', target: 'xcup', tool: 'native' },
    createProcessToolRunner(),
  );
  assert.ok(totals !== undefined);
  assertClose('live chip', predict(liveChip, 'xcup', layerCount), totals);
});

resources.run();
