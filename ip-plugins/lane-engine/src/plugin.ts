import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { definePlugin, type BundleFile } from '@autodnnchip/core';

import { laneEngineResources } from './engine-resources.js';
import { parameterDescriptions } from './parameters.js';
import { laneEnginePaths } from './paths.js';

const rtlFolder = fileURLToPath(new URL('../rtl', import.meta.url));

function readRtl(): BundleFile[] {
  return readdirSync(rtlFolder).filter((name) => name.endsWith('.sv')).sort().map((name) => ({ path: `rtl/${name}`, content: readFileSync(join(rtlFolder, name), 'utf8') }));
}

/** Defines the hardware block `lane-engine`. */
export const laneEngine = definePlugin(() => ({
  name: '@autodnnchip/ip-lane-engine',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.defineIps.tap('lane-engine', (ips) => ips.add({
      id: 'lane-engine',
      title: 'Lane engine: depthwise convolution, pooling, element-wise',
      class: 'compute',
      operators: ['conv', 'maxPool', 'averagePool', 'globalAveragePool', 'binary', 'unary', 'requantize', 'concat', 'spaceToDepth'],
      parameters: parameterDescriptions,
      resources: laneEngineResources,
      paths: () => laneEnginePaths,
      rtl: readRtl,
    }));
  },
}));
