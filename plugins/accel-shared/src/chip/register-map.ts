import type { ChipRegisters } from '@autodnnchip/core';

import { recordNames } from '../timing/layer-record.js';
import type { Chip } from './chip.js';

/** Bytes of the register space behind the AXI4-Lite port. */
const registerSpaceBytes = 0x10000;

/** Byte addresses of the live counters, and of the record of layer 0. */
export const countersAddress = 0x20;
export const recordsAddress = 0x1000;

/** Counters of a chip are those of a layer's record, without its cycle stamp; records lie a power of two apart. */
export function registerMap(chip: Chip): ChipRegisters {
  const words = recordNames(chip).length;
  return { liveCounters: words - 1, recordWords: 2 ** Math.ceil(Math.log2(words)) };
}

/** Layers whose records fit into the register space. */
export function mostRecordedLayers(chip: Chip): number {
  return Math.floor((registerSpaceBytes - recordsAddress) / (4 * registerMap(chip).recordWords));
}
