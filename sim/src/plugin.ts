import { ArtifactStore, ChipSimulator, definePlugin, Definitions, Hooks, Log, ToolRunner } from '@autodnnchip/core';

import { createChipSimulator } from './chip-simulator.js';
import { createRtlSimulator, RtlSimulator } from './rtl-simulator.js';

/** Simulates bundles with Verilator, CXXRTL or Icarus. */
export const simulation = definePlugin(() => ({
  name: '@autodnnchip/sim',
  apiVersion: 1,
  apply(chip) {
    chip.bind(RtlSimulator, [ToolRunner, ArtifactStore], createRtlSimulator);
    chip.bind(ChipSimulator, [Definitions, Hooks, RtlSimulator, Log], createChipSimulator);
  },
}));
