import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { definePlugin, type BundleFile } from '@autodnnchip/core';
import { defineEngine, type EngineDefinition, type EngineValues } from '@autodnnchip/core/engine';

import { convSizes } from './conv-sizes.js';
import { convEngine } from './conv-engine.js';
import type { ConvEngineValues } from './conv-values.js';
import { convEngineResources } from './engine-resources.js';
import { convParameters, convValuesFault } from './parameters.js';
import { convEnginePaths } from './paths.js';

const rtlFolder = fileURLToPath(new URL('../rtl', import.meta.url));

function readRtl(): BundleFile[] {
  return readdirSync(rtlFolder)
    .filter(name => name.endsWith('.sv'))
    .sort()
    .map(name => ({ path: `rtl/${name}`, content: readFileSync(join(rtlFolder, name), 'utf8') }));
}

/** The engine, for chassis of the kind `accel-shared`. */
export const convAdderTreeDefinition: EngineDefinition = defineEngine({
  id: 'conv-adder-tree',
  title: 'Adder-tree convolution engine',
  engineApiVersion: 1,
  chassis: ['accel-shared@1'],
  parameters: convParameters,
  check: convValuesFault,
  sizes: convSizes,
  create: values => convEngine(values as EngineValues & ConvEngineValues),
  resources: convEngineResources,
  paths: () => convEnginePaths,
  rtl: readRtl,
});

/** Defines the engine `conv-adder-tree`. */
export const convAdderTree = definePlugin(() => ({
  name: '@autodnnchip/ip-conv-adder-tree',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.defineEngines.tap('conv-adder-tree', engines => engines.add(convAdderTreeDefinition));
  },
}));
