import type { NetlistWriter, ToolRunner } from '@autodnnchip/core';
import type { YosysLimits } from './chip-synthesizer.js';
import { bundleSources, topModuleOf } from './synthesize-bundle.js';
import { writeNetlist } from './write-netlist.js';

/** The netlist service. */
export function createNetlistWriter(runner: ToolRunner, limits: YosysLimits = {}): NetlistWriter {
  return {
    async write({ bundle, ...request }) {
      return await writeNetlist(
        { ...limits, ...request, top: topModuleOf(bundle), sources: await bundleSources(bundle) },
        runner,
      );
    },
  };
}
