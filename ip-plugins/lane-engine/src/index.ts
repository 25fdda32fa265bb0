import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { definePlugin } from '@autodnnchip/core';

const rtlFolder = fileURLToPath(new URL('../rtl', import.meta.url));

export const laneEngine = definePlugin(() => ({
  name: '@autodnnchip/ip-lane-engine',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.defineIps.tap('lane-engine', (ips) => ips.add({
      id: 'lane-engine', title: 'Lane engine', class: 'compute', operators: [], parameters: [],
      resources: (p, platform) => {
        const products = (p['channelBlock'] ?? 1) * (p['laneBlocks'] ?? 1) * (p['laneMultiply'] ?? 1);
        const lanes = (p['channelBlock'] ?? 1) / (p['laneRequantizeDivider'] ?? 1);
        return { multipliers: products, dsp: products + (platform.family === 'ecp5' ? 6 : 3) * lanes, lut: 1200 + 100 * (p['channelBlock'] ?? 1) * (p['laneBlocks'] ?? 1) + 500 * lanes, ff: 1200 + 110 * (p['channelBlock'] ?? 1) * (p['laneBlocks'] ?? 1) + 750 * lanes, bram: 0 };
      },
      rtl: () => readdirSync(rtlFolder).filter((name) => name.endsWith('.sv')).sort().map((name) => ({ path: `rtl/${name}`, content: readFileSync(join(rtlFolder, name), 'utf8') })),
    }));
  },
}));
