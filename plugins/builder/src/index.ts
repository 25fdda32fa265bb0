import { ChipBuilder, ChipPredictor, definePlugin, Definitions, Hooks, Log, NetworkExecutor } from '@autodnnchip/core';

import { createChipBuilder } from './chip-builder.js';
import { createChipPredictor } from './chip-predictor.js';

export { createChipBuilder } from './chip-builder.js';
export { createChipPredictor } from './chip-predictor.js';
export { splitForHost, type HostSplit } from './host-split.js';

/** Provides the search for designs and the predictions of networks and bundles. */
export const builder = definePlugin(() => ({
  name: '@autodnnchip/plugin-builder',
  apiVersion: 1,
  apply(chip) {
    chip.bind(ChipBuilder, [Definitions, Hooks, Log, NetworkExecutor], createChipBuilder);
    chip.bind(ChipPredictor, [Definitions, Hooks, NetworkExecutor, Log], createChipPredictor);
  },
}));
