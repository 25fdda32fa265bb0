import type { MemoryModel } from '@autodnnchip/core';

import type { Draw } from './draw.js';

/** Any memory, fast ones more often than slow ones. */
export function drawMemory(draw: Draw): MemoryModel {
  return {
    readLatencyCycles: draw.pick([1, 2, 7, 23, 61, 200]),
    writeLatencyCycles: draw.pick([1, 3, 19, 47, 170]),
    beatIntervalCycles: draw.pick([1, 1, 1, 2, 3, 9]),
    burstGapCycles: draw.pick([0, 0, 1, 3, 6, 25]),
    // From less than the narrowest bus takes one way to more than the widest takes both ways.
    sharedBytesPerKilocycle: draw.pick([0, 1777, 2666, 3999, 5333, 7919, 10667, 21333, 47001]),
  };
}
