import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ChipError, definePlugin, type BundleFile } from '@autodnnchip/core';

import { laneEnginePaths } from './paths.js';
import { laneEngineResources, type LaneEngineParameters } from './resources.js';

const rtlFolder = fileURLToPath(new URL('../rtl', import.meta.url));

const parameters = [
  { name: 'channelBlock', description: 'channels of a block' },
  { name: 'laneBlocks', description: 'channel blocks side by side' },
  { name: 'laneMultiply', description: '1 with multipliers for depthwise convolution' },
  { name: 'laneRequantizeDivider', description: 'channelBlock / this channels are requantised per cycle' },
] as const satisfies readonly { readonly name: keyof LaneEngineParameters; readonly description: string }[];

function readRtl(): BundleFile[] {
  return readdirSync(rtlFolder).filter((name) => name.endsWith('.sv')).sort().map((name) => ({ path: `rtl/${name}`, content: readFileSync(join(rtlFolder, name), 'utf8') }));
}

/** The instance's parameters, each there. */
function checked(values: Readonly<Record<string, number>>): LaneEngineParameters {
  for (const { name } of parameters) {
    if (!(name in values)) throw new ChipError('ADC3003', `Parameter ${name} of lane-engine is missing.`, { location: { node: 'lane-engine' }, hint: 'Give it a value.' });
  }
  return values as unknown as LaneEngineParameters;
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
      parameters,
      resources: (values, platform) => laneEngineResources(checked(values), platform),
      paths: () => laneEnginePaths,
      rtl: readRtl,
    }));
  },
}));
