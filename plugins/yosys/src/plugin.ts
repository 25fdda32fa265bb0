import { ChipSynthesizer, definePlugin, Definitions, Hooks, ToolRunner } from '@autodnnchip/core';
import { createChipSynthesizer, type YosysLimits } from './chip-synthesizer.js';

/** Provides synthesis for xcup, ecp5, ice40 and asic with Yosys, installed or embedded. */
export const yosys = definePlugin((limits: YosysLimits = {}) => ({
  name: '@autodnnchip/plugin-yosys',
  apiVersion: 1,
  apply(chip) {
    chip.bind(ChipSynthesizer, [Definitions, Hooks, ToolRunner],
      (definitions, hooks, runner) => createChipSynthesizer(definitions, hooks, runner, limits));
  },
}));
