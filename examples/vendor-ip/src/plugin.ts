import { readFileSync } from 'node:fs';

import { definePlugin, type BundleFile } from '@autodnnchip/core';
import { defineEngine, type EngineDefinition } from '@autodnnchip/core/engine';

import { poolEngine } from './pool-engine.js';
import { poolResources } from './pool-resources.js';
import { poolSizes } from './pool-sizes.js';
import { poolParameters, type PoolValues } from './pool-values.js';

/** In compilation order: the vendor's block, then the wrapper. */
const rtlFiles = ['stream_pool_max.v', 'stream_pool_core.v', 'stream_pool.sv'];

function readRtl(): BundleFile[] {
  return rtlFiles.map(name => ({
    path: `rtl/${name}`,
    content: readFileSync(new URL(`../rtl/${name}`, import.meta.url), 'utf8'),
  }));
}

/** The engine, for chassis of the kind `accel-shared`. */
export const streamPoolDefinition: EngineDefinition = defineEngine({
  id: 'stream-pool',
  title: 'Streaming maximum pool',
  engineApiVersion: 1,
  chassis: ['accel-shared@1'],
  parameters: poolParameters,
  sizes: poolSizes,
  create: values => poolEngine(values as PoolValues),
  resources: (values, platform) => poolResources(values as PoolValues, platform),
  rtl: readRtl,
});

/** The plugin: `autodnnchip build model.onnx --plugin vendor-stream-pool`. */
export const plugin = definePlugin(() => ({
  name: 'vendor-stream-pool',
  apiVersion: 1,
  version: '1.0.0',
  apply(chip) {
    chip.hooks.defineEngines.tap('stream-pool', engines => engines.add(streamPoolDefinition));
  },
}));
