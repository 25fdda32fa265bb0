import { createAutoDNNchip, type IpLookup } from '@autodnnchip/core';
import { convAdderTree } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngine } from '@autodnnchip/ip-lane-engine';
import type { AccelSharedConfiguration } from '@autodnnchip/plugin-accel-shared';
import type { SourceFile } from '@autodnnchip/plugin-yosys';

import { rtlFiles } from '../../plugins/accel-shared/src/emit/rtl-files.js';

const { ips } = createAutoDNNchip({ plugins: [convAdderTree(), laneEngine()] }).definitions;

/** The hardware blocks of accel-shared. */
export const engineLookup: IpLookup = (id) => ips.get(id);

/** SystemVerilog of a chip for a network of `layerCount` layers; the top module is `accel_top`. */
export function chipSources(configuration: AccelSharedConfiguration, layerCount: number): SourceFile[] {
  return rtlFiles(configuration, layerCount, engineLookup).map(({ path, content }) => ({ path, text: content.toString() }));
}
