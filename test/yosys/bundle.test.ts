import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ChipSynthesizer,
  createAutoDNNchip,
  definePlugin,
  type AutoDNNchip,
  type Bundle,
  type Plugin,
} from '@autodnnchip/core';
import { ecp585f } from '@autodnnchip/platform-ecp5-85f';
import { yosys } from '@autodnnchip/plugin-yosys';
import * as assert from 'uvu/assert';
import { folderChecksums } from '../support/bundle-checksums.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { smallChip } from './rtl.js';

const bundles = suite('synthesis of bundles');

function bundle(
  fields: Readonly<Record<string, unknown>> = {
    top: 'small_chip',
    rtlFiles: ['rtl/small_pkg.sv', 'rtl/small_chip.sv'],
  },
): Bundle {
  const directory = temporaryFolder();
  mkdirSync(join(directory, 'rtl'));
  for (const { path, text } of smallChip) writeFileSync(join(directory, path), text);
  return {
    directory,
    checksums: folderChecksums(directory),
    manifest: {
      schemaVersion: 1,
      kind: 'autodnnchip-bundle',
      template: 'none',
      platform: 'ecp5-85f',
      configuration: {},
      network: { name: 'small', source: 'small.onnx' },
      ...fields,
    },
  };
}

function framework(...plugins: readonly Plugin[]): AutoDNNchip {
  return createAutoDNNchip({ plugins: [ecp585f(), yosys(), ...plugins] });
}

bundles.needs('yosys')('the family of the platform is the target', async () => {
  const response = await framework().get(ChipSynthesizer).synthesize({ bundle: bundle() });
  assert.is(response.target, 'ecp5');
  assert.is(response.tool, 'yosys');
  assert.is(response.resources.dsp, 1);
  assert.is(response.resources.bram, 2);
  assert.is(response.cells['DP16KD'], 2);
  assert.is(response.predicted, undefined);
});

bundles('another synthesiser may take the request first', async () => {
  const vendor = definePlugin(() => ({
    name: 'vendor',
    apiVersion: 1,
    apply: chip =>
      chip.hooks.synthesize.tapPromise('vendor', ({ target }) =>
        Promise.resolve(
          target !== 'ecp5'
            ? undefined
            : {
                target,
                tool: 'vendor',
                version: '1',
                resources: { multipliers: 7 },
                cells: {},
                wallSeconds: 0,
              },
        ),
      ),
  }));
  const response = await framework(vendor()).get(ChipSynthesizer).synthesize({ bundle: bundle() });
  assert.is(response.tool, 'vendor');
});

bundles('a bundle without top module, without RTL or of an unknown platform is refused', async () => {
  const synthesizer = framework().get(ChipSynthesizer);
  await expectError('ADC6005', () => synthesizer.synthesize({ bundle: bundle({}) }));
  await expectError('ADC6005', () =>
    synthesizer.synthesize({ bundle: bundle({ top: 'small_chip', rtlFiles: ['rtl/missing.sv'] }) }),
  );
  await expectError('ADC4012', () =>
    synthesizer.synthesize({ bundle: bundle({ top: 'small_chip', platform: 'mars' }) }),
  );
});

bundles.run();
