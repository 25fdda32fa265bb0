import { ChipPlacer, definePlugin, Definitions, NetlistWriter, ToolRunner } from '@autodnnchip/core';
import { createChipPlacer, type NextpnrLimits } from './chip-placer.js';

/** Provides place and route for ecp5 and ice40 with nextpnr, native or the WebAssembly build of PyPI. */
export const nextpnr = definePlugin((limits: NextpnrLimits = {}) => ({
  name: '@autodnnchip/plugin-nextpnr',
  apiVersion: 1,
  apply(chip) {
    chip.bind(ChipPlacer, [Definitions, NetlistWriter, ToolRunner], (definitions, netlists, runner) =>
      createChipPlacer(definitions, netlists, runner, limits),
    );
  },
}));
