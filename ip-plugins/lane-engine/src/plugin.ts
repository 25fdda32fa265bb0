import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { definePlugin, type BundleFile } from '@autodnnchip/core';
import { defineEngine, type EngineDefinition, type EngineValues } from '@autodnnchip/core/engine';

import { laneSizes } from './lane-sizes.js';
import { createLaneEngine } from './lane-engine.js';
import type { LaneEngineValues } from './lane-values.js';
import { laneEngineResources } from './engine-resources.js';
import { laneParameters, laneValuesFault } from './parameters.js';
import { laneEnginePaths } from './paths.js';

const rtlFolder = fileURLToPath(new URL('../rtl', import.meta.url));

function readRtl(): BundleFile[] {
  return readdirSync(rtlFolder)
    .filter(name => name.endsWith('.sv'))
    .sort()
    .map(name => ({ path: `rtl/${name}`, content: readFileSync(join(rtlFolder, name), 'utf8') }));
}

/** The engine, for chassis of the kind `accel-shared`. */
export const laneEngineDefinition: EngineDefinition = defineEngine({
  id: 'lane-engine',
  title: 'Lane engine: depthwise convolution, pooling, element-wise',
  engineApiVersion: 1,
  chassis: ['accel-shared@1'],
  parameters: laneParameters,
  check: laneValuesFault,
  sizes: laneSizes,
  create: values => createLaneEngine(values as EngineValues & LaneEngineValues),
  resources: laneEngineResources,
  paths: () => laneEnginePaths,
  rtl: readRtl,
});

/** Defines the engine `lane-engine`. */
export const laneEngine = definePlugin(() => ({
  name: '@autodnnchip/ip-lane-engine',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.defineEngines.tap('lane-engine', engines => engines.add(laneEngineDefinition));
  },
}));
