import type { AccelSharedConfiguration } from '@autodnnchip/plugin-accel-shared';
import type { SourceFile } from '@autodnnchip/plugin-yosys';

import { rtlFiles } from '../../plugins/accel-shared/src/emit/rtl-files.js';

/** SystemVerilog of a chip for a network of `layerCount` layers; the top module is `accel_top`. */
export function chipSources(configuration: AccelSharedConfiguration, layerCount: number): SourceFile[] {
  return rtlFiles(configuration, layerCount).map(({ path, content }) => ({ path, text: content.toString() }));
}
