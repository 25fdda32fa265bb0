import {
  ArtifactStore,
  ChipSimulator,
  definePlugin,
  Definitions,
  Hooks,
  Log,
  NetworkExecutor,
  ToolRunner,
} from '@autodnnchip/core';

import { addTestbench } from './bundle-testbench.js';
import { createChipSimulator } from './chip-simulator.js';
import { createRtlSimulator, RtlSimulator } from './rtl-simulator.js';

/** Simulates bundles with Verilator, CXXRTL or Icarus, and gives every bundle a test bench of its own. */
export const simulation = definePlugin(() => ({
  name: '@autodnnchip/sim',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.emitRtl.tapPromise('testbench', addTestbench);
    chip.bind(RtlSimulator, [ToolRunner, ArtifactStore], createRtlSimulator);
    chip.bind(ChipSimulator, [Definitions, Hooks, RtlSimulator, Log, NetworkExecutor], createChipSimulator);
  },
}));
