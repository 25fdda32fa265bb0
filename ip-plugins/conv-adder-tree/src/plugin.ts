import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ChipError, definePlugin, type BundleFile } from '@autodnnchip/core';

import { convEnginePaths } from './paths.js';
import { convEngineResources, type ConvEngineParameters } from './resources.js';

const rtlFolder = fileURLToPath(new URL('../rtl', import.meta.url));

const parameters = [
  { name: 'channelBlock', description: 'input channels multiplied per cycle' },
  { name: 'outputParallelism', description: 'output channels computed per cycle' },
  { name: 'convRequantizeDivider', description: 'channelBlock / this channels are requantised per cycle' },
] as const satisfies readonly { readonly name: keyof ConvEngineParameters; readonly description: string }[];

function readRtl(): BundleFile[] {
  return readdirSync(rtlFolder).filter((name) => name.endsWith('.sv')).sort().map((name) => ({ path: `rtl/${name}`, content: readFileSync(join(rtlFolder, name), 'utf8') }));
}

/** The instance's parameters, each there. */
function checked(values: Readonly<Record<string, number>>): ConvEngineParameters {
  for (const { name } of parameters) {
    if (!(name in values)) throw new ChipError('ADC3003', `Parameter ${name} of conv-adder-tree is missing.`, { location: { node: 'conv-adder-tree' }, hint: 'Give it a value.' });
  }
  return values as unknown as ConvEngineParameters;
}

/** Defines the hardware block `conv-adder-tree`. */
export const convAdderTree = definePlugin(() => ({
  name: '@autodnnchip/ip-conv-adder-tree',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.defineIps.tap('conv-adder-tree', (ips) => ips.add({
      id: 'conv-adder-tree',
      title: 'Adder-tree convolution engine',
      class: 'compute',
      operators: ['conv', 'fullyConnected'],
      parameters,
      resources: (values, platform) => convEngineResources(checked(values), platform),
      paths: () => convEnginePaths,
      rtl: readRtl,
    }));
  },
}));
