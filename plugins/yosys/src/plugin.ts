import { ChipSynthesizer, definePlugin, Definitions, Hooks, NetlistWriter, ToolRunner } from '@autodnnchip/core';
import { createChipSynthesizer, type YosysLimits } from './chip-synthesizer.js';
import { createNetlistWriter } from './netlist-writer.js';

/**
 * Provides synthesis for xcup, ecp5, ice40 and asic, and netlists for place and route, with Yosys, installed or
 * embedded.
 */
export const yosys = definePlugin((limits: YosysLimits = {}) => ({
  name: '@autodnnchip/plugin-yosys',
  apiVersion: 1,
  apply(chip) {
    chip.bind(ChipSynthesizer, [Definitions, Hooks, ToolRunner], (definitions, hooks, runner) =>
      createChipSynthesizer(definitions, hooks, runner, limits),
    );
    chip.bind(NetlistWriter, [ToolRunner], runner => createNetlistWriter(runner, limits));
  },
}));
