import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { definePlugin, type BundleFile } from '@autodnnchip/core';

import { convEngineResources } from './engine-resources.js';
import { parameterDescriptions } from './parameters.js';
import { convEnginePaths } from './paths.js';

const rtlFolder = fileURLToPath(new URL('../rtl', import.meta.url));

function readRtl(): BundleFile[] {
  return readdirSync(rtlFolder).filter((name) => name.endsWith('.sv')).sort().map((name) => ({ path: `rtl/${name}`, content: readFileSync(join(rtlFolder, name), 'utf8') }));
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
      parameters: parameterDescriptions,
      resources: convEngineResources,
      paths: () => convEnginePaths,
      rtl: readRtl,
    }));
  },
}));
