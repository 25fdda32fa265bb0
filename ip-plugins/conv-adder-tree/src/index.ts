import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { definePlugin } from '@autodnnchip/core';

const rtlFolder = fileURLToPath(new URL('../rtl', import.meta.url));

export const convAdderTree = definePlugin(() => ({
  name: '@autodnnchip/ip-conv-adder-tree',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.defineIps.tap('conv-adder-tree', (ips) => ips.add({
      id: 'conv-adder-tree', title: 'Adder-tree convolution engine', class: 'compute', operators: [], parameters: [],
      resources: (p, platform) => {
        const products = (p['channelBlock'] ?? 1) * (p['outputParallelism'] ?? 1);
        const lanes = (p['channelBlock'] ?? 1) / (p['convRequantizeDivider'] ?? 1);
        return { multipliers: products, dsp: products + (platform.family === 'ecp5' ? 4 : 2) * lanes, lut: 1200 + 18 * products + 60 * (p['outputParallelism'] ?? 1) + 300 * lanes, ff: 1200 + 42 * products + 120 * (p['outputParallelism'] ?? 1) + 400 * lanes, bram: 0 };
      },
      rtl: () => readdirSync(rtlFolder).filter((name) => name.endsWith('.sv')).sort().map((name) => ({ path: `rtl/${name}`, content: readFileSync(join(rtlFolder, name), 'utf8') })),
    }));
  },
}));
