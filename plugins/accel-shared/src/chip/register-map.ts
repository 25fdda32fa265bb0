import { recordsAddress, registerSpaceBytes, type ChipRegisters } from '@autodnnchip/core';

import { recordLength } from '../timing/layer-record.js';
import type { Chip } from './chip.js';

/** Counters of a chip are those of a layer's record, without its cycle stamp; records lie a power of two apart. */
export function registerMap(chip: Chip): ChipRegisters {
  const words = recordLength(chip);
  return { liveCounters: words - 1, recordWords: 2 ** Math.ceil(Math.log2(words)) };
}

/** Layers whose records fit into the register space. */
export function mostRecordedLayers(chip: Chip): number {
  return Math.floor((registerSpaceBytes - recordsAddress) / (4 * registerMap(chip).recordWords));
}
